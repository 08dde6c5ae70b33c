package io.freshet.job.timeline;

/** A user's histories after a change: what scoring looks up. */
public record HistoryChange(String userId, UserHistory history) {}
