package io.freshet.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureEncoder;
import io.freshet.scoring.feature.HistoryEntry;
import io.freshet.scoring.feature.Instance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CandidateEncoderTest {

  @Test
  void candidatesSideBySideEncodeAsEachOfThemAlone() {
    Random random = new Random(1);
    FeatureEncoder encoder = new FeatureEncoder(DeclaredModels.din());
    List<Instance> instances = new ArrayList<>();
    for (int length : new int[] {18, 0, 80, 1}) {
      Map<String, List<HistoryEntry>> histories = DeclaredModels.histories(random, length);
      instances.addAll(DeclaredModels.candidates(random, 3, histories));
    }
    instances.addAll(DeclaredModels.candidates(random, 2, Map.of()));
    EncodedExample[] together = new CandidateEncoder(encoder).encode(instances);

    for (int i = 0; i < together.length; i++) {
      assertThat(together[i])
          .as("candidate %d", i)
          .usingRecursiveComparison()
          .isEqualTo(encoder.encode(instances.get(i)));
    }
  }
}
