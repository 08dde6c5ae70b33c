package io.freshet.cli.python;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Starts the reader of {@code schemas/python} with an interpreter that has what it wants. */
final class PythonReader {

  private static final Path DIRECTORY = Path.of("../../schemas/python");
  private static final String NEEDS = "numpy, xxhash, confluent_kafka, avro";

  private final String interpreter;

  private PythonReader(String interpreter) {
    this.interpreter = interpreter;
  }

  /** One with an interpreter that has what it wants, null where there is none. */
  static @Nullable PythonReader find() throws InterruptedException {
    for (String candidate : candidates()) {
      if (hasModules(candidate)) {
        return new PythonReader(candidate);
      }
    }
    return null;
  }

  private static List<String> candidates() {
    String given = System.getProperty("freshet.python", "");
    return given.isEmpty() ? List.of("python3", "/usr/bin/python3") : List.of(given);
  }

  /** Why tests of it are skipped where none was found. */
  static String missing() {
    return "NOT TESTED: the Python reader needs a python3 with %s, none of %s has them; see %s/README.md or give -Dfreshet.python=FILE"
        .formatted(NEEDS, candidates(), DIRECTORY);
  }

  private static boolean hasModules(String interpreter) throws InterruptedException {
    try {
      return new ProcessBuilder(interpreter, "-c", "import " + NEEDS)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException noSuchFile) {
      return false;
    }
  }

  /** One run of the interpreter. */
  static final class Run implements AutoCloseable {

    private final Process process;
    private final BufferedReader out;

    private Run(Process process) {
      this.process = process;
      this.out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** The next line of its output; fails where that has ended. */
    String line() throws IOException {
      String line = out.readLine();
      if (line == null) {
        throw new AssertionError("the reader must go on, it ended: " + process);
      }
      return line;
    }

    /** Everything else that it prints until it ends. */
    List<String> rest() throws IOException {
      List<String> lines = new ArrayList<>();
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        lines.add(line);
      }
      return lines;
    }

    int exit() throws InterruptedException {
      return process.waitFor();
    }

    @Override
    public void close() throws InterruptedException {
      process.destroy();
      process.waitFor();
    }
  }

  /** Starts a module; what it says of problems goes to this process's standard error. */
  Run start(String... moduleAndArguments) throws IOException {
    return start(
        builder -> builder.redirectError(ProcessBuilder.Redirect.INHERIT), moduleAndArguments);
  }

  /** As {@link #start}, with standard error among its output. */
  Run startWithErrors(String... moduleAndArguments) throws IOException {
    return start(builder -> builder.redirectErrorStream(true), moduleAndArguments);
  }

  private Run start(Consumer<ProcessBuilder> errors, String... moduleAndArguments)
      throws IOException {
    List<String> command =
        Stream.concat(Stream.of(interpreter, "-m"), Arrays.stream(moduleAndArguments)).toList();
    ProcessBuilder builder = new ProcessBuilder(command).directory(DIRECTORY.toFile());
    builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    errors.accept(builder);
    return new Run(builder.start());
  }
}
