/**
 * From raw values to ids and numbers: the only place that encodes features, shared by training and
 * serving.
 */
@NullMarked
package io.freshet.scoring.feature;

import org.jspecify.annotations.NullMarked;
