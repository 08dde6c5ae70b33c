/** The learner of family {@code din}. */
@NullMarked
package io.freshet.learning.din;

import org.jspecify.annotations.NullMarked;
