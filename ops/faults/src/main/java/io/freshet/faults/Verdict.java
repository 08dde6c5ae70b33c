package io.freshet.faults;

import io.freshet.cli.report.EvaluationStore;
import io.freshet.cli.report.PredictionsFile;
import io.freshet.faults.Oracle.Truth;
import io.freshet.faults.ReaderLine.What;
import io.freshet.learning.reference.References;
import io.freshet.scoring.state.HashValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What a run came to, beside its oracle.
 *
 * @param examples that each model must have learnt
 * @param lost examples that a model should have learnt and did not, over all models and references
 * @param doubled examples that a model learnt more than once
 * @param predictionsDiffer lines of the predictions file that are not the oracle's
 * @param versions that readers served, each reader's counted by itself
 * @param unverified of them: whose memory did not have the manifest's hash
 * @param hashesDiffer of them: whose hash is not that of the oracle at that step
 * @param mixed scores that were not those of the oracle with the version that they name
 * @param wentBack times that a committed reader went back to an older version
 * @param behind models whose readers did not end with all that there was to learn
 * @param problems what is wrong, in words; empty when nothing is
 */
record Verdict(
    long examples,
    long lost,
    long doubled,
    long predictionsDiffer,
    long versions,
    long unverified,
    long hashesDiffer,
    long mixed,
    long wentBack,
    long behind,
    List<String> problems) {

  private static final int SAID = 20;

  Verdict {
    problems = List.copyOf(problems);
  }

  /** The same with one more problem, unless that is empty. */
  Verdict with(String problem) {
    if (problem.isEmpty()) {
      return this;
    }
    List<String> all = new ArrayList<>(List.of("stuck: " + problem.strip()));
    all.addAll(problems);
    return new Verdict(
        examples,
        lost,
        doubled,
        predictionsDiffer,
        versions,
        unverified,
        hashesDiffer,
        mixed,
        wentBack,
        behind,
        all);
  }

  /** Steps at which readers served a version, by model. */
  static Map<String, Set<Long>> served(List<ReaderLine> lines) {
    Map<String, Set<Long>> served = new HashMap<>();
    for (ReaderLine line : lines) {
      if (line.what() == What.SWAP) {
        served.computeIfAbsent(line.model(), model -> new TreeSet<>()).add(line.step());
      }
    }
    return served;
  }

  /**
   * Compares.
   *
   * @param models in the order of predictions files
   * @param said what the job's models said
   * @param should what the oracle's said
   * @param truths what the oracle's models were
   * @param lines what readers said
   * @param work a directory for files
   */
  static Verdict of(
      List<String> models,
      EvaluationStore said,
      EvaluationStore should,
      long examples,
      Map<String, Truth> truths,
      List<ReaderLine> lines,
      Path work) {
    Draft draft = new Draft();
    List<String> all = Stream.concat(models.stream(), References.names().stream()).toList();
    for (String model : all) {
      draft.examples(model, ids(said, model), ids(should, model));
    }
    Path is = work.resolve("predictions.csv");
    Path must = work.resolve("oracle.csv");
    PredictionsFile.write(is, said, all);
    PredictionsFile.write(must, should, all);
    draft.predictions(is, must);
    draft.readers(lines, truths);
    return new Verdict(
        examples,
        draft.lost,
        draft.doubled,
        draft.predictionsDiffer,
        draft.versions,
        draft.unverified,
        draft.hashesDiffer,
        draft.mixed,
        draft.wentBack,
        draft.behind,
        draft.problems);
  }

  private static List<String> ids(EvaluationStore store, String model) {
    List<String> ids = new ArrayList<>();
    store.read(
        model, evaluation -> evaluation.getRows().forEach(row -> ids.add(row.getExampleId())));
    return ids;
  }

  /** A verdict while it is made. */
  private static final class Draft {

    private final List<String> problems = new ArrayList<>();
    private long lost;
    private long doubled;
    private long predictionsDiffer;
    private long versions;
    private long unverified;
    private long hashesDiffer;
    private long mixed;
    private long wentBack;
    private long behind;

    private void say(String problem) {
      if (problems.size() < SAID) {
        problems.add(problem);
      }
    }

    void examples(String model, List<String> is, List<String> must) {
      Set<String> learnt = new HashSet<>(is);
      Set<String> wanted = new HashSet<>(must);
      long missing = wanted.stream().filter(id -> !learnt.contains(id)).count();
      long twice = (long) is.size() - learnt.size();
      long never = learnt.stream().filter(id -> !wanted.contains(id)).count();
      lost += missing;
      doubled += twice;
      if (missing + twice + never > 0) {
        say(
            "%s must learn %d examples once, it lost %d, learnt %d twice and %d that there are not"
                .formatted(model, wanted.size(), missing, twice, never));
      }
    }

    void predictions(Path is, Path must) {
      try {
        List<String> left = Files.readAllLines(is);
        List<String> right = Files.readAllLines(must);
        long length = Math.max(left.size(), right.size());
        for (int i = 0; i < length; i++) {
          String one = i < left.size() ? left.get(i) : "nothing";
          String other = i < right.size() ? right.get(i) : "nothing";
          if (!one.equals(other)) {
            if (predictionsDiffer == 0) {
              say("line %d of the predictions must be %s, it is %s".formatted(i + 1, other, one));
            }
            predictionsDiffer++;
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException("predictions must be readable", e);
      }
    }

    void readers(List<ReaderLine> lines, Map<String, Truth> truths) {
      Map<String, ReaderLine> newest = new TreeMap<>();
      Map<String, Long> steps = new HashMap<>();
      for (ReaderLine line : lines) {
        String reader = line.model() + ", " + line.isolation();
        String version = "%s:%d:%d".formatted(line.model(), line.epoch(), line.number());
        switch (line.what()) {
          case OPENED -> newest.remove(reader);
          case SWAP -> {
            versions++;
            steps.put(version, line.step());
            swapped(line, newest.put(reader, line), truth(truths, line.model()), reader);
          }
          case MIXED -> {
            mixed++;
            say("version %s must score as it did before (%s)".formatted(version, reader));
          }
          case SCORED, REFUSED, COUNTS -> {}
        }
      }
      for (ReaderLine line : lines) {
        String version = "%s:%d:%d".formatted(line.model(), line.epoch(), line.number());
        Long step = steps.get(version);
        if (line.what() == What.SCORED && step != null) {
          Set<String> must = truth(truths, line.model()).bits().getOrDefault(step, Set.of());
          if (!must.contains(String.valueOf(line.text()))) {
            mixed++;
            say("version %s must score %s, it scored %s".formatted(version, must, line.text()));
          }
        }
      }
      newest.forEach((reader, line) -> ended(reader, line, truth(truths, line.model())));
    }

    private static Truth truth(Map<String, Truth> truths, String model) {
      Truth truth = truths.get(model);
      if (truth == null) {
        throw new FaultsFailed("an oracle must know every model, it does not know " + model);
      }
      return truth;
    }

    private void swapped(
        ReaderLine line,
        @org.jspecify.annotations.Nullable ReaderLine before,
        Truth truth,
        String reader) {
      if (!Boolean.TRUE.equals(line.proven())) {
        unverified++;
        say(
            "%s must hold what the manifest of %d:%d says, its memory has another hash"
                .formatted(reader, line.epoch(), line.number()));
      }
      Set<HashValue> must = truth.hashes().getOrDefault(line.step(), Set.of());
      if (must.stream().noneMatch(hash -> hash.hex().equals(line.hash()))) {
        hashesDiffer++;
        say(
            "version %d:%d of %s must have the state hash %s at step %d, it has %s"
                .formatted(line.epoch(), line.number(), reader, must, line.step(), line.hash()));
      }
      boolean back =
          before != null && line.isolation().equals("committed") && line.number() < before.number();
      if (back) {
        wentBack++;
        say(
            "%s must not go back, it went from %d:%d to %d:%d"
                .formatted(
                    reader,
                    before == null ? 0 : before.epoch(),
                    before == null ? 0 : before.number(),
                    line.epoch(),
                    line.number()));
      }
    }

    private void ended(String reader, ReaderLine last, Truth truth) {
      if (last.step() != truth.lastStep() || !truth.lastHash().hex().equals(last.hash())) {
        behind++;
        say(
            "%s must end at step %d with state hash %s, it ended at step %d with %s"
                .formatted(
                    reader, truth.lastStep(), truth.lastHash().hex(), last.step(), last.hash()));
      }
    }
  }
}
