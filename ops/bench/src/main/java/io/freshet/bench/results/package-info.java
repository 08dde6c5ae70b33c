/** Quality figures for documents, computed from the reports and predictions of finished runs. */
@NullMarked
package io.freshet.bench.results;

import org.jspecify.annotations.NullMarked;
