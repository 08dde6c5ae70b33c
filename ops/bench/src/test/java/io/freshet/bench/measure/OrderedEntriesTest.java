package io.freshet.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.DefaultModels;
import io.freshet.job.Entry;
import io.freshet.job.timeline.TimelineSettings;
import io.freshet.source.Source;
import io.freshet.source.Sources;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OrderedEntriesTest {

  @Test
  void everyExampleIsPredictedBeforeItIsTrainedOnAndTimeNeverRunsBack() {
    Source shop = Sources.open("simulator:items=400", 1);
    List<Entry> entries = new ArrayList<>();
    TimelineSettings settings =
        TimelineSettings.of(
            DefaultModels.read(DefaultModels.text(null, shop.name()), shop.defaults()));

    OrderedEntries.of(shop.from(0), 3_000, settings, entries::add);

    Set<String> predicted = new HashSet<>();
    int trained = 0;
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      assertThat(entry.time()).isGreaterThanOrEqualTo(entries.get(Math.max(0, i - 1)).time());
      if (entry instanceof Entry.Predict) {
        assertThat(predicted.add(entry.exampleId())).isTrue();
      } else {
        assertThat(predicted).contains(entry.exampleId());
        trained++;
      }
    }
    assertThat(predicted).hasSizeGreaterThan(1_500);
    assertThat(trained).isGreaterThan(predicted.size() / 2);
  }
}
