/**
 * References: simple baselines that predict and then train on the very same sequence as the
 * learners, so that a learner's figures have something honest to stand beside. The registry {@link
 * io.freshet.learning.reference.References} lists them, one line each; contract tests over it find
 * a new one by themselves.
 */
@NullMarked
package io.freshet.learning.reference;

import org.jspecify.annotations.NullMarked;
