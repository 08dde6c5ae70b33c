/**
 * Late interaction, forwards: texts as vectors of their tokens, matched token by token (Khattab,
 * Zaharia, "ColBERT", arXiv 2004.12832). Words need no pretrained vectors: every word and sub-word
 * has a vector that follows from its hash, to which the learner adds what it has learnt.
 */
@NullMarked
package io.freshet.scoring.colbert;

import org.jspecify.annotations.NullMarked;
