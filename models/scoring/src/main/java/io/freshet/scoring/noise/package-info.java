/** The gradient-noise family's scoring side. */
@NullMarked
package io.freshet.scoring.noise;

import org.jspecify.annotations.NullMarked;
