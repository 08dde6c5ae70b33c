/**
 * Search collections (documents, queries, judgments) as streams: what a stated ranker shows, and
 * clicks that a stated model simulates from the judgments. Only the judgments are real.
 */
@NullMarked
package io.freshet.source.search;

import org.jspecify.annotations.NullMarked;
