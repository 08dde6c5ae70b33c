package io.freshet.bench.experiments;

import io.freshet.bench.experiments.RankedList.Quality;
import io.freshet.source.search.Chorus;
import io.freshet.source.search.MedQuad;
import io.freshet.source.search.SciFact;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Late interaction on the search collections, a part of the page at a time. Arguments: the command
 * as people write it, the folder of collections, the page, the part, the collections by name.
 */
public final class ColbertExperiment {

  /** Shares queries out among folds. */
  private static final long FOLDS_SEED = 1;

  private static final int MEDQUAD_QUERIES = 1_000;

  /** The parts of the page. */
  enum Part {
    UNTRAINED,
    UNSEEN,
    RETURNING,
    PROPENSITY,
    DEBIASED,
    PROJECTIONS
  }

  private ColbertExperiment() {}

  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 5) {
      throw new IllegalArgumentException(
          "arguments must be COMMAND DATA PAGE PART COLLECTIONS, got " + List.of(arguments));
    }
    List<Part> parts =
        Arrays.stream(Part.values())
            .filter(part -> arguments[3].equals("all") || arguments[3].equals(name(part)))
            .toList();
    if (parts.isEmpty()) {
      throw new IllegalArgumentException(
          "a part must be all or one of %s in small letters, got \"%s\""
              .formatted(List.of(Part.values()), arguments[3]));
    }
    List<SearchTask> tasks = new ArrayList<>();
    for (String name : arguments[4].split(",")) {
      tasks.add(task(Path.of(arguments[1]), name));
    }
    Path page = Path.of(arguments[2]);
    for (Part part : parts) {
      String text =
          switch (part) {
            case UNTRAINED -> UntrainedPart.text(tasks);
            case UNSEEN -> UnseenPart.text(tasks);
            case RETURNING -> ReturningPart.text(tasks);
            case PROPENSITY -> PropensityPart.text(tasks);
            case DEBIASED -> DebiasPart.text(tasks);
            case PROJECTIONS -> ProjectionPart.text(tasks);
          };
      String command = arguments[0] + " --part " + name(part);
      Page.replace(page, "colbert-" + name(part), text.replace("$COMMAND", command));
    }
  }

  private static String name(Part part) {
    return part.name().toLowerCase(Locale.ROOT);
  }

  private static SearchTask task(Path data, String name) {
    return switch (name) {
      case "chorus" ->
          new SearchTask(
              Chorus.read(data.resolve("chorus-electronics/products.tsv.xz")),
              Quality.NDCG,
              Integer.MAX_VALUE,
              FOLDS_SEED);
      case "scifact" ->
          new SearchTask(
              SciFact.read(data.resolve("scifact/corpus.tsv.xz")),
              Quality.NDCG,
              Integer.MAX_VALUE,
              FOLDS_SEED);
      case "medquad" ->
          new SearchTask(
              MedQuad.read(data.resolve("medquad-liveqa/medquad_qa.tsv.xz")),
              Quality.MRR,
              MEDQUAD_QUERIES,
              FOLDS_SEED);
      default ->
          throw new IllegalArgumentException(
              "a collection must be chorus, scifact or medquad, got \"" + name + "\"");
    };
  }
}
