/** The learner of family {@code base}. */
@NullMarked
package io.freshet.learning.base;

import org.jspecify.annotations.NullMarked;
