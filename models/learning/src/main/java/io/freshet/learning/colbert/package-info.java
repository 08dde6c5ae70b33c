/**
 * Late interaction, learnt from a stream of queries: the backward of {@code
 * io.freshet.scoring.colbert} by hand, losses over what one query showed, and the document side's
 * generations.
 */
@NullMarked
package io.freshet.learning.colbert;

import org.jspecify.annotations.NullMarked;
