package io.freshet.faults;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.freshet.cli.report.AtomicFile;
import io.freshet.faults.Injector.Recovery;
import io.freshet.faults.RoughSource.Roughness;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * What is written of a run.
 *
 * @param command that makes the same plan again
 * @param leftOut kinds of faults that this machine does not allow, with the reason; empty for none
 * @param events sent, and how many of them were met by each roughness
 * @param seconds from the first fault to the last recovery
 * @param attempts the newest attempt of each model
 * @param counts what readers counted at last, by model and isolation
 */
record ChaosReport(
    String command,
    int planned,
    List<Recovery> recoveries,
    String leftOut,
    long events,
    Map<Roughness, Long> rough,
    long seconds,
    Map<String, Long> attempts,
    List<ReaderLine> counts,
    Verdict verdict) {

  ChaosReport {
    recoveries = List.copyOf(recoveries);
    counts = List.copyOf(counts);
  }

  private static final List<FaultKind> OF_PROCESSES =
      List.of(
          FaultKind.TASK_MANAGER_KILLED,
          FaultKind.JOB_MANAGER_KILLED,
          FaultKind.BROKER_KILLED,
          FaultKind.BROKER_DISK_FULL,
          FaultKind.LEARNER_PAUSED,
          FaultKind.ALL_KILLED);

  /** Writes it as JSON and as Markdown. */
  void write(Path json, Path markdown) {
    JsonMapper mapper = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    AtomicFile.write(json, out -> out.write(mapper.writeValueAsBytes(this)));
    AtomicFile.write(markdown, out -> out.write(markdown().getBytes(StandardCharsets.UTF_8)));
  }

  /** For people. */
  String markdown() {
    List<String> lines = new ArrayList<>();
    lines.add("# Chaos");
    lines.add("");
    lines.add("`%s`".formatted(command));
    lines.add("");
    lines.add(
        "%d of %d planned faults in %d s, on a cluster of processes: broker, ZooKeeper, job manager, two task managers, readers."
            .formatted(recoveries.size(), planned, seconds));
    if (!leftOut.isEmpty()) {
      lines.add("");
      lines.add("**Left out:** " + leftOut);
    }
    lines.add("");
    lines.add("| | |");
    lines.add("|---|---|");
    row(lines, "examples that each model had to learn", verdict.examples());
    row(lines, "examples lost", verdict.lost());
    row(lines, "examples doubled", verdict.doubled());
    row(
        lines,
        "lines of predictions that differ from the sequential replay",
        verdict.predictionsDiffer());
    row(lines, "versions served, by all readers", verdict.versions());
    row(lines, "versions served unverified", verdict.unverified());
    row(
        lines,
        "versions served with another hash than the sequential replay has",
        verdict.hashesDiffer());
    row(lines, "scores of a mixture of versions", verdict.mixed());
    row(lines, "times that a committed reader went back", verdict.wentBack());
    row(lines, "readers that did not end with everything", verdict.behind());
    lines.add("");
    if (verdict.problems().isEmpty()) {
      lines.add("Nothing is wrong.");
    } else {
      lines.add("## What is wrong");
      lines.add("");
      verdict.problems().forEach(problem -> lines.add("- " + problem));
    }
    lines.add("");
    lines.add("## How long things took");
    lines.add("");
    lines.add(
        "Milliseconds from the end of a fault (a process started again, a connection mended, a record written).");
    lines.add("");
    lines.add(
        "| after | faults | training back p50 | p99 | speculative readers p50 | p99 | committed readers p50 | p99 |");
    lines.add("|---|---|---|---|---|---|---|---|");
    times(lines, "all faults", recoveries);
    times(
        lines,
        "faults of the cluster's processes",
        recoveries.stream().filter(one -> OF_PROCESSES.contains(one.fault().kind())).toList());
    for (FaultKind kind : FaultKind.values()) {
      times(
          lines,
          kind.what(),
          recoveries.stream().filter(one -> one.fault().kind() == kind).toList());
    }
    lines.add("");
    lines.add("## What else there was");
    lines.add("");
    lines.add("- attempts of the learners: " + attempts);
    Map<String, Long> met = new LinkedHashMap<>();
    for (Roughness roughness : Roughness.values()) {
      met.put(
          roughness.name().toLowerCase(Locale.ROOT).replace('_', ' '),
          rough.getOrDefault(roughness, 0L));
    }
    lines.add("- %d events, some of them: %s".formatted(events, met));
    for (ReaderLine line : counts) {
      lines.add(
          "- the %s reader of %s, since its last start: %d foreign and %d unreadable records, %d heals, %d undos"
              .formatted(
                  line.isolation(),
                  line.model(),
                  line.foreign(),
                  line.unreadable(),
                  line.heals(),
                  line.undos()));
    }
    lines.add("");
    return String.join("\n", lines);
  }

  private static void row(List<String> lines, String what, long count) {
    lines.add("| %s | %d |".formatted(what, count));
  }

  private static void times(List<String> lines, String what, List<Recovery> of) {
    if (!of.isEmpty()) {
      lines.add(
          "| %s | %d | %d | %d | %d | %d | %d | %d |"
              .formatted(
                  what,
                  of.size(),
                  share(of, Recovery::trainingMs, 0.5),
                  share(of, Recovery::trainingMs, 0.99),
                  share(of, Recovery::speculativeMs, 0.5),
                  share(of, Recovery::speculativeMs, 0.99),
                  share(of, Recovery::committedMs, 0.5),
                  share(of, Recovery::committedMs, 0.99)));
    }
  }

  /** The smallest value that so large a share of all does not exceed. */
  private static long share(List<Recovery> of, ToLongFunction<Recovery> time, double share) {
    long[] sorted = of.stream().mapToLong(time).sorted().toArray();
    return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
  }
}
