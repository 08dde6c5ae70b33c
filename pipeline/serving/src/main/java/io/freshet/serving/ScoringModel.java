package io.freshet.serving;

import io.freshet.scoring.ScorerFamilies;
import io.freshet.scoring.ScorerFamily;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureEncoder;
import io.freshet.scoring.feature.Instance;
import io.freshet.scoring.settings.InvalidSettings;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettingsJson;
import io.freshet.scoring.state.ModelState;
import java.util.List;

/** What one model's settings make of instances and states. Safe for any number of threads. */
interface ScoringModel {

  ModelState emptyState();

  /** A scorer over {@code state}, for one thread at a time. */
  io.freshet.scoring.Scorer scorer(ModelState state);

  EncodedExample[] encode(List<Instance> instances);

  /**
   * By the registry of families and the canonical JSON of a manifest.
   *
   * @throws IllegalArgumentException if this release cannot score by such settings
   */
  static ScoringModel of(String settingsJson) {
    ModelSettings settings = read(settingsJson);
    ScorerFamily family = ScorerFamilies.named(settings.family());
    CandidateEncoder encoder = new CandidateEncoder(new FeatureEncoder(settings));
    return new ScoringModel() {
      @Override
      public ModelState emptyState() {
        return family.emptyState(settings);
      }

      @Override
      public io.freshet.scoring.Scorer scorer(ModelState state) {
        return family.scorer(settings, state);
      }

      @Override
      public EncodedExample[] encode(List<Instance> instances) {
        return encoder.encode(instances);
      }
    };
  }

  private static ModelSettings read(String settingsJson) {
    try {
      return ModelSettingsJson.read(settingsJson);
    } catch (InvalidSettings e) {
      throw new IllegalArgumentException(
          "a manifest's settings must be readable: " + e.getMessage(), e);
    }
  }
}
