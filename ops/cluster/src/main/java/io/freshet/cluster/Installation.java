package io.freshet.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Where the jars lie that processes are started from, as this module's build leaves them in {@code
 * target/installation}: Flink's {@code lib/} with DJL in it, Flink's {@code plugins/}, everything
 * else that a command needs, and the job's jar.
 *
 * @param root holds {@code flink}, {@code freshet} and {@code jobs}
 */
public record Installation(Path root) {

  /** The system property that names {@link #root}. */
  public static final String PROPERTY = "freshet.installation";

  private static final List<String> OPENED =
      List.of(
          "java.lang",
          "java.lang.invoke",
          "java.lang.reflect",
          "java.io",
          "java.net",
          "java.nio",
          "sun.nio.ch",
          "java.text",
          "java.time",
          "java.util",
          "java.util.concurrent",
          "java.util.concurrent.atomic",
          "java.util.concurrent.locks");

  /**
   * @throws ClusterFailed if the build has not made it
   */
  public Installation {
    if (!Files.isDirectory(root.resolve("flink/lib"))
        || !Files.isRegularFile(root.resolve("jobs/freshet-job-job.jar"))) {
      throw new ClusterFailed(
          "the jars must lie in %s (made by ./mvnw -pl ops/cluster -am verify), they do not"
              .formatted(root));
    }
  }

  /** The one that the system property names. */
  public static Installation ofThisBuild() {
    String root = System.getProperty(PROPERTY);
    if (root == null) {
      throw new ClusterFailed("the system property %s must be set, it is not".formatted(PROPERTY));
    }
    return new Installation(Path.of(root));
  }

  /** Flink's own class path. */
  String flinkClassPath() {
    return root.resolve("flink/lib") + "/*";
  }

  /** A command's class path. */
  String freshetClassPath() {
    return String.join(":", own(), root.resolve("freshet/lib") + "/*", flinkClassPath());
  }

  /** For {@code FLINK_PLUGINS_DIR}. */
  Path plugins() {
    return root.resolve("flink/plugins");
  }

  /** What a job takes along to a cluster. */
  public List<Path> jobJars() {
    return List.of(root.resolve("jobs/freshet-job-job.jar"), commandLineJar());
  }

  private Path commandLineJar() {
    try (Stream<Path> files = Files.list(root.resolve("freshet/lib"))) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).startsWith("freshet-cli-"))
          .findFirst()
          .orElseThrow(() -> new ClusterFailed("freshet-cli must lie in " + root));
    } catch (IOException e) {
      throw new UncheckedIOException(root + " must be readable", e);
    }
  }

  /** A Java command with the flags that every Freshet process runs under. */
  static List<String> java(String classPath, List<String> flags, String mainClass) {
    List<String> command = new ArrayList<>();
    command.add(
        Path.of(Objects.requireNonNull(System.getProperty("java.home")), "bin/java").toString());
    command.add("--add-modules=jdk.incubator.vector");
    OPENED.forEach(name -> command.add("--add-opens=java.base/" + name + "=ALL-UNNAMED"));
    command.add("-Dai.djl.offline=true");
    command.add("-Dai.djl.pytorch.num_threads=1");
    command.add("-Djava.util.logging.config.file=/dev/null");
    command.add("-XX:+ExitOnOutOfMemoryError");
    command.add("-XX:+UseSerialGC");
    command.addAll(flags);
    command.add("-cp");
    command.add(classPath);
    command.add(mainClass);
    return command;
  }

  private static String own() {
    try {
      return Path.of(Installation.class.getProtectionDomain().getCodeSource().getLocation().toURI())
          .toString();
    } catch (URISyntaxException e) {
      throw new ClusterFailed("this module's own classes must lie in a file", e);
    }
  }
}
