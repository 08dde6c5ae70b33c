package io.freshet.cli.run;

import io.freshet.modellog.Version;
import java.util.ArrayDeque;

/** The last few versions of something. Safe for many threads. */
final class RecentVersions {

  private static final int KEPT = 400;

  private final ArrayDeque<Version> versions = new ArrayDeque<>();

  synchronized void add(Version version) {
    versions.addFirst(version);
    if (versions.size() > KEPT) {
      versions.removeLast();
    }
  }

  synchronized boolean contains(Version version) {
    return versions.contains(version);
  }
}
