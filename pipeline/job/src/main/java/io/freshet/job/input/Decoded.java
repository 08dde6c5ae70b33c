package io.freshet.job.input;

import org.jspecify.annotations.Nullable;

/** What the source makes of a Kafka record: exactly one of the two is there. */
public record Decoded(@Nullable InputRecord record, @Nullable DeadLetter deadLetter) {}
