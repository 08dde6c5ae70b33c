package io.freshet.search;

import io.freshet.modellog.VersionFacts;
import io.freshet.scoring.colbert.ColbertScorer;
import io.freshet.scoring.colbert.ColbertScoring;
import io.freshet.scoring.state.ModelState;
import io.freshet.serving.Served;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/**
 * A copy of a version, for as long as its reader has gone on to versions whose documents are not
 * yet read. Safe for any number of threads.
 */
final class KeptVersion {

  private final RankingModel model;
  private final VersionFacts facts;
  private final ModelState state;
  private final DocumentVectors.Side side;
  private final Queue<ColbertScorer> scorers = new ConcurrentLinkedQueue<>();

  private KeptVersion(RankingModel model, VersionFacts facts, ModelState state) {
    this.model = model;
    this.facts = facts;
    this.state = state;
    this.side = with(scorer -> Ranking.sideOf(model, scorer.texts()));
  }

  static KeptVersion of(RankingModel model, Served served) {
    return new KeptVersion(model, served.facts(), served.state().copy());
  }

  RankingModel model() {
    return model;
  }

  VersionFacts facts() {
    return facts;
  }

  DocumentVectors.Side side() {
    return side;
  }

  /** Does something with a scorer of this version, the calling thread's own meanwhile. */
  <T> T with(Function<ColbertScorer, T> work) {
    ColbertScorer free = scorers.poll();
    ColbertScorer scorer =
        free == null ? new ColbertScoring().scorer(model.settings(), state) : free;
    T result = work.apply(scorer);
    scorers.add(scorer);
    return result;
  }
}
