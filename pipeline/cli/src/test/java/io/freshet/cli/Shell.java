package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Runs one command after another in this process, and keeps what the last one said. */
final class Shell {

  private final List<String> always;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  /**
   * @param always what every command is told besides
   */
  Shell(String... always) {
    this.always = List.of(always);
  }

  /** The exit code. */
  int run(String... args) {
    out.reset();
    err.reset();
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(always);
    return Freshet.run(
        new Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false),
        () -> 1_700_000_000_000L,
        all.toArray(String[]::new));
  }

  /** What went to standard output. */
  String said() {
    return out.toString(StandardCharsets.UTF_8);
  }

  List<String> lines() {
    return said().lines().toList();
  }

  /** What went to standard error. */
  String noted() {
    return err.toString(StandardCharsets.UTF_8);
  }

  /** The one line that went to standard error. */
  String error() {
    String text = noted().strip();
    assertThat(text.lines().count()).as(text).isEqualTo(1);
    return text;
  }
}
