package io.freshet.search;

/**
 * Which word of a document met a word of the query: the one most like it.
 *
 * @param similarity of the two, −1 to 1
 * @param part of the document's match that this makes; the parts add up to the match
 */
public record Match(String queryWord, String documentWord, float similarity, float part) {}
