package io.freshet.source.data;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Finds the data sets, which are no part of the repository. */
public final class RealData {

  private RealData() {}

  /** Skips the test, saying so, where the data set is not there. */
  public static Path folder(String name) {
    Path folder = Path.of(System.getProperty("freshet.data", ""), name);
    Assumptions.assumeTrue(
        Files.isDirectory(folder),
        () -> "SKIPPED: no data set at " + folder + "; set -Dfreshet.data");
    return folder;
  }
}
