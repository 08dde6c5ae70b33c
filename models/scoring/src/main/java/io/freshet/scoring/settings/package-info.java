/**
 * A models file as one checked value: what may be declared, what holds where the file is silent,
 * and what is refused.
 */
@NullMarked
package io.freshet.scoring.settings;

import org.jspecify.annotations.NullMarked;
