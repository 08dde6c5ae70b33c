package io.freshet.learning.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every reference of the registry promises. */
class ReferenceContractTest {

  private static final ReferenceSettings SETTINGS = settings();
  private static final List<GeneratedStream.Row> ROWS = GeneratedStream.rows(11, 600);

  private static ReferenceSettings settings() {
    FtrlSettings small = new FtrlSettings(0.1, 1, 0.01, 1, 50, 12);
    return ReferenceSettings.of(GeneratedStream.layout()).withFtrl(small);
  }

  static Stream<String> names() {
    return References.names().stream();
  }

  @Test
  void theRegistryHoldsTheFiveReferencesOfTheReport() {
    assertThat(References.names())
        .containsExactly(
            "prior", "popularity", "running-means", "already-clicked", "logistic-regression");
  }

  @ParameterizedTest
  @MethodSource("names")
  void aReferenceIsCalledByItsNameInTheRegistry(String name) {
    assertThat(References.create(name, SETTINGS).name()).isEqualTo(name);
  }

  @ParameterizedTest
  @MethodSource("names")
  void predictingChangesNothing(String name) throws IOException {
    Reference reference = trained(name, 300);
    byte[] before = Playback.saved(reference);
    ReferencePrediction first = reference.predict(ROWS.get(400).example());
    reference.predict(ROWS.get(401).example());
    ReferencePrediction again = reference.predict(ROWS.get(400).example());
    assertThat(again.probability()).isEqualTo(first.probability());
    assertThat(again.frozen()).isEqualTo(first.frozen());
    assertThat(Playback.saved(reference)).isEqualTo(before);
  }

  @ParameterizedTest
  @MethodSource("names")
  void trainingChangesWhatIsPredictedNext(String name) {
    Reference reference = trained(name, 300);
    ReferencePrediction before = reference.predict(ROWS.get(400).example());
    reference.train(before.frozen(), 1, 1, time(1000));
    assertThat(reference.predict(ROWS.get(400).example()).probability())
        .isGreaterThan(before.probability());
  }

  @ParameterizedTest
  @MethodSource("names")
  void trainingReturnsTheProbabilityJustBeforeIt(String name) {
    Reference reference = trained(name, 300);
    ReferencePrediction now = reference.predict(ROWS.get(400).example());
    assertThat(reference.train(now.frozen(), 1, 1, time(1000))).isEqualTo(now.probability());
    assertThat(reference.train(now.frozen(), 1, 1, time(1001))).isGreaterThan(now.probability());
  }

  @ParameterizedTest
  @MethodSource("names")
  void theFrozenFeaturesAreLeftAsTheyWere(String name) {
    Reference reference = trained(name, 300);
    long[] frozen = reference.predict(ROWS.get(400).example()).frozen();
    long[] copy = frozen.clone();
    reference.train(frozen, 1, 1, time(1000));
    assertThat(frozen).isEqualTo(copy);
  }

  @ParameterizedTest
  @MethodSource("names")
  void aResumedReferenceGoesOnBitForBitWhereverItWasStopped(String name) throws IOException {
    Reference unbroken = References.create(name, SETTINGS);
    new Playback().play(unbroken, ROWS);
    for (int stop : new int[] {0, 1, Playback.DELAY + 1, 250, 599}) {
      Playback playback = new Playback();
      Reference first = References.create(name, SETTINGS);
      playback.play(first, ROWS.subList(0, stop));
      byte[] saved = Playback.saved(first);
      Reference second = Playback.resumed(name, SETTINGS, saved);
      assertThat(Playback.saved(second)).as("resumed at %d", stop).isEqualTo(saved);
      playback.play(second, ROWS.subList(stop, ROWS.size()));
      assertThat(Playback.saved(second))
          .as("stopped at %d", stop)
          .isEqualTo(Playback.saved(unbroken));
      assertThat(second.examples()).isEqualTo(unbroken.examples());
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void aLabelOrWeightThatWouldSpoilItIsRefusedAndLearntNothingFrom(String name) throws IOException {
    Reference reference = trained(name, 100);
    long[] frozen = reference.predict(ROWS.get(200).example()).frozen();
    byte[] before = Playback.saved(reference);
    assertThatThrownBy(() -> reference.train(frozen, Float.NaN, 1, time(1000)))
        .hasMessageContaining("label must be from 0 to 1, got NaN");
    assertThatThrownBy(() -> reference.train(frozen, 1, Float.POSITIVE_INFINITY, time(1000)))
        .hasMessageContaining("weight must be >= 0 and finite, got Infinity");
    assertThatThrownBy(() -> reference.train(frozen, 1, -1, time(1000)))
        .hasMessageContaining("weight must be >= 0 and finite, got -1.0");
    assertThat(Playback.saved(reference)).isEqualTo(before);
  }

  @ParameterizedTest
  @MethodSource("names")
  void anotherReferencesStateIsRefused(String name) throws IOException {
    String other = name.equals("prior") ? "popularity" : "prior";
    byte[] saved = Playback.saved(References.create(other, SETTINGS));
    assertThatThrownBy(() -> Playback.resumed(name, SETTINGS, saved))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(name)
        .hasMessageContaining(other);
  }

  @ParameterizedTest
  @MethodSource("names")
  void aTruncatedStateIsRefused(String name) throws IOException {
    byte[] saved = Playback.saved(trained(name, 100));
    byte[] cut = Arrays.copyOf(saved, saved.length - 1);
    assertThatThrownBy(() -> Playback.resumed(name, SETTINGS, cut))
        .isInstanceOf(EOFException.class);
  }

  @Test
  void anUnknownNameIsRefusedWithTheNamesThatThereAre() {
    assertThatThrownBy(() -> References.create("regression", SETTINGS))
        .hasMessageContaining("logistic-regression")
        .hasMessageContaining("got regression");
  }

  private static Reference trained(String name, int rows) {
    Reference reference = References.create(name, SETTINGS);
    new Playback().play(reference, ROWS.subList(0, rows));
    return reference;
  }

  private static long time(int index) {
    return GeneratedStream.START + index * GeneratedStream.GAP_MS;
  }
}
