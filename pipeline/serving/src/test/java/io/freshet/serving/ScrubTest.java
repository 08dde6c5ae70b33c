package io.freshet.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.modellog.InMemoryModelLog;
import io.freshet.modellog.ScriptedLearner;
import io.freshet.modellog.Version;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import io.freshet.scoring.state.StateDelta;
import io.freshet.scoring.state.Tensor;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScrubTest {

  private static final Duration PERIOD = Duration.ofSeconds(60);
  private static final int SLICES = 100;
  private static final int ROWS = 5_000;

  private final InMemoryModelLog log = new InMemoryModelLog("din", () -> Instant.EPOCH);
  private final ScriptedLearner learner = new ScriptedLearner(log.open()).claim();
  private final Random random = new Random(3);
  private final Reading reading =
      new Reading(
          log, Reading.options(Isolation.SPECULATIVE).withScrubPeriod(PERIOD), new UniformModel());

  /** How memory goes bad in rows and tensors that no version touches. */
  enum Damage {
    BIT_OF_A_ROW(
        state -> {
          RowTable table = state.table("rows");
          int row = table.find(4_000);
          flip(table.values(row), table.valueOffset(row) + 1);
        }),
    BIT_OF_A_TENSOR(state -> flip(state.tensor("weights").data(), 4)),
    TWO_ROWS_SWAPPED(
        state -> {
          RowTable table = state.table("rows");
          int one = table.find(10);
          int other = table.find(4_990);
          for (int i = 0; i < table.width(); i++) {
            float[] left = table.values(one);
            float[] right = table.values(other);
            float kept = left[table.valueOffset(one) + i];
            left[table.valueOffset(one) + i] = right[table.valueOffset(other) + i];
            right[table.valueOffset(other) + i] = kept;
          }
        }),
    ROW_DROPPED(state -> state.table("rows").remove(2_500)),
    ROW_TOO_MANY(state -> state.table("rows").findOrInsert(123_456));

    private final Consumer<ModelState> change;

    Damage(Consumer<ModelState> change) {
      this.change = change;
    }
  }

  @BeforeEach
  void publishAModel() {
    long[] ids = new long[ROWS];
    Arrays.setAll(ids, i -> i);
    learner.publish(
        new StateDelta(
            List.of(tensor("weights", 2, 3), tensor("bias", 1)), List.of(rows(ids, new long[0]))),
        1);
    learner.anchor();
    reading.toTheEnd();
  }

  @ParameterizedTest
  @CsvSource({
    "BIT_OF_A_ROW, true",
    "BIT_OF_A_ROW, false",
    "BIT_OF_A_TENSOR, true",
    "BIT_OF_A_TENSOR, false",
    "TWO_ROWS_SWAPPED, true",
    "TWO_ROWS_SWAPPED, false",
    "ROW_DROPPED, true",
    "ROW_DROPPED, false",
    "ROW_TOO_MANY, true",
    "ROW_TOO_MANY, false"
  })
  void damageInUntouchedMemoryIsFoundAndHealedWithinThePeriod(Damage damage, boolean served) {
    Side first = active();
    publishARow();
    assertThat(active()).isNotSameAs(first);
    pass(random.nextInt(SLICES));
    ModelState bad = (served ? active() : first).memory().state();
    damage.change.accept(bad);

    pass(SLICES);

    assertThat(reading.counts().findings()).isPositive();
    assertThat(reading.heals).isEqualTo(1);
    assertThat(reading.reasons()).contains("memory must have changed");
    assertThat(active().memory().state()).isNotSameAs(bad);
    assertThat(reading.matches()).isTrue();
    publishARow();
    publishARow();
    assertThat(reading.matches()).isTrue();
    assertThat(reading.gaps).as("nothing bad is left on either side").isEqualTo(1);
  }

  @Test
  void whenBothSidesAreDamagedAnAnchorHeals() {
    Side first = active();
    publishARow();
    Damage.BIT_OF_A_ROW.change.accept(active().memory().state());
    Damage.ROW_DROPPED.change.accept(first.memory().state());

    pass(SLICES);
    reading.toTheEnd();

    assertThat(reading.matches()).isTrue();
    assertThat(reading.way()).isEqualTo(Swap.Way.REBUILT);
    assertThat(reading.version()).isEqualTo(new Version(1, 2));
    assertThat(reading.heals).isEqualTo(1);
  }

  @Test
  void healthyMemoryIsNeverSuspectedWhileVersionsStream() {
    ScriptedLearner writer = learner;
    for (int i = 0; i < 600; i++) {
      ScriptedLearner.Saved checkpoint = writer.save();
      writer.publish(randomDelta(), i);
      if (i % 50 == 49) {
        pass(1);
        writer = ScriptedLearner.resume(log.open(), checkpoint).claim();
      }
      pass(1);
    }

    assertThat(reading.counts().scrubs()).isGreaterThan(5);
    assertThat(reading.counts().findings()).isZero();
    assertThat(reading.swaps).extracting(Swap::way).contains(Swap.Way.UNDONE);
    assertThat(reading.gaps).isZero();
    assertThat(reading.matches()).isTrue();
  }

  @Test
  void aPeriodOfZeroLooksAtNothing() {
    Reading never =
        new Reading(
                log,
                Reading.options(Isolation.SPECULATIVE).withScrubPeriod(Duration.ZERO),
                new UniformModel())
            .toTheEnd();
    never.nanos.addAndGet(10 * PERIOD.toNanos());
    never.toTheEnd();

    assertThat(never.counts().scrubs()).isZero();
  }

  /** Lets so many hundredths of the period pass. */
  private void pass(int slices) {
    for (int i = 0; i < slices; i++) {
      reading.nanos.addAndGet(PERIOD.toNanos() / SLICES + 1);
      reading.toTheEnd();
    }
  }

  private void publishARow() {
    learner.publish(new StateDelta(List.of(), List.of(rows(new long[] {77}, new long[0]))), 2);
    reading.toTheEnd();
  }

  private StateDelta randomDelta() {
    long[] ids = random.longs(40, 0, 2 * ROWS).distinct().sorted().toArray();
    long[] gone = random.longs(40, 0, 2 * ROWS).distinct().sorted().toArray();
    return new StateDelta(
        random.nextBoolean() ? List.of(tensor("weights", 2, 3)) : List.of(),
        List.of(rows(new long[0], gone), rows(ids, new long[0])));
  }

  private StateDelta.Rows rows(long[] ids, long[] gone) {
    float[] values = new float[2 * ids.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return new StateDelta.Rows("rows", 2, ids, values, gone);
  }

  private Tensor tensor(String name, int... shape) {
    Tensor tensor = Tensor.zeros(name, shape);
    for (int i = 0; i < tensor.data().length; i++) {
      tensor.data()[i] = random.nextFloat();
    }
    return tensor;
  }

  private Side active() {
    return Objects.requireNonNull(reading.pair.active());
  }

  private static void flip(float[] data, int at) {
    data[at] = Float.intBitsToFloat(Float.floatToRawIntBits(data[at]) ^ 1);
  }
}
