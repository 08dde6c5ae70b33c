/** What a run has learnt, in files: the report and the predictions, from what the job published. */
@NullMarked
package io.freshet.cli.report;

import org.jspecify.annotations.NullMarked;
