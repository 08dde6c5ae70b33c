/** The base model that the DIN paper compares with: histories pooled by their mean. */
@NullMarked
package io.freshet.scoring.base;

import org.jspecify.annotations.NullMarked;
