package io.freshet.cli.serve;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.scoring.AnytimeScorer.Prefix;
import io.freshet.serving.Scores;

/**
 * Scores, and by which model.
 *
 * @param model the model that a served name stood for, or what was asked for
 * @param timeKnown whether the source's present time is known, and with it staleness
 */
record ScoreAnswer(String model, Scores scores, boolean timeKnown) {

  /**
   * What is said of every answer: how stale the version is, whether it scored, and how much of it.
   */
  ObjectNode facts() {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("model", model);
    json.put("stalenessMs", timeKnown ? Long.valueOf(scores.staleness().toMillis()) : null);
    json.put("isDefault", scores.isDefault());
    Prefix prefix = scores.prefix();
    if (prefix != null) {
      json.put("units", prefix.units());
    }
    return json;
  }
}
