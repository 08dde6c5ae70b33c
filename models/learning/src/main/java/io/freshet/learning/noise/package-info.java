/** The gradient-noise family's learning side; the noise itself is every learner's option. */
@NullMarked
package io.freshet.learning.noise;

import org.jspecify.annotations.NullMarked;
