/**
 * What computes: contracts of pure mathematics over arrays of the host, and the engines that
 * implement them. The only package that knows DJL.
 */
@NullMarked
package io.freshet.learning.engine;

import org.jspecify.annotations.NullMarked;
