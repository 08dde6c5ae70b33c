/**
 * What scoring needs of one version, held in memory: dense tensors and tables of rows, the deltas
 * that change them and the hash that proves them.
 */
@NullMarked
package io.freshet.scoring.state;

import org.jspecify.annotations.NullMarked;
