package io.freshet.serving;

import io.freshet.modellog.Version;
import org.jspecify.annotations.Nullable;

/**
 * Something on the log, or in memory, that the reader did not accept. It went on serving what it
 * had.
 *
 * @param version null where no version can be named
 */
public record Refusal(@Nullable Version version, String reason) {}
