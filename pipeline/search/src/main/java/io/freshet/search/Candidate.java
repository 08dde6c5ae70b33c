package io.freshet.search;

/**
 * An item that shares words with a query.
 *
 * @param score of BM25, above 0
 */
public record Candidate(CatalogueItem item, float score) {}
