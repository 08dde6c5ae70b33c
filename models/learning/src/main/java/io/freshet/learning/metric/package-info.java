/**
 * How good predictions are: exact figures from rows for reports ({@link
 * io.freshet.learning.metric.QualityReport}), paired differences between models, and figures of
 * bounded state that follow a stream ({@link io.freshet.learning.metric.OnlineQuality}). Everything
 * here is a function of its inputs, bit for bit on any machine; what cannot be measured is null or
 * absent, never a made-up number.
 */
@NullMarked
package io.freshet.learning.metric;

import org.jspecify.annotations.NullMarked;
