/** The Deep Interest Network: histories pooled by attention to the candidate. */
@NullMarked
package io.freshet.scoring.din;

import org.jspecify.annotations.NullMarked;
