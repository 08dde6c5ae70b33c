/**
 * The model log: versions, claims, manifests and the deltas between them. A model's state is a
 * function of this log, so a reader that follows it holds the same bits as the learner. Kafka keeps
 * the log in production, and memory keeps it in tests.
 */
@NullMarked
package io.freshet.modellog;

import org.jspecify.annotations.NullMarked;
