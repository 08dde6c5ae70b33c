package io.freshet.job.learner;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.Entry;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.Instance;
import io.freshet.scoring.feature.PastIds;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EntryFieldsTest {

  private static Entry.Predict shown(@Nullable String query) {
    return new Entry.Predict(
        5,
        6,
        "a1",
        1,
        7,
        new Instance("i1", Map.of("text", "red"), "u1", Map.of(), 3, 5, Map.of(), query),
        PastIds.NONE,
        query == null ? null : "q1",
        0.5,
        null);
  }

  private static Entry sent(Entry entry) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    EntrySerializer.write(entry, new DataOutputStream(bytes));
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
    Entry read = EntrySerializer.read(in);
    assertThat(in.read()).as("a byte that nobody read").isEqualTo(-1);
    return read;
  }

  @Test
  void entryKeepsTheTextOfItsQuery() throws IOException {
    assertThat(sent(shown("kettle"))).isEqualTo(shown("kettle"));
    assertThat(sent(shown(null))).isEqualTo(shown(null));
  }

  @Test
  void encodedExampleKeepsItsTokensInACheckpoint() throws IOException {
    EncodedExample example =
        new EncodedExample(
            new long[] {1, 2},
            new long[][] {{3}},
            new long[0],
            new long[] {4},
            new float[] {0.5f},
            new long[0],
            new long[][][] {{{5, 6}}},
            77,
            new long[][] {{8, 0, 9, 10, 0}, {}});
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ExampleFields.write(example, new DataOutputStream(bytes));

    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));

    assertThat(ExampleFields.read(in)).isEqualTo(example);
    assertThat(in.read()).isEqualTo(-1);
  }

  @Test
  void examplesOfOneQueryHaveOneGroupAndOthersNone() {
    assertThat(Held.of(shown("kettle")).group()).isEqualTo(Held.of(shown("tea")).group());
    assertThat(Held.of(shown("kettle")).group()).isNotZero();
    assertThat(Held.of(shown(null)).group()).isZero();
    assertThat(Held.of(shown("kettle")).propensityOrNaN()).isEqualTo(0.5f);
  }
}
