package io.freshet.learning.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.metric.Adwin.Change;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AdwinTest {

  @Test
  void shrinksWhereThePaperSaysOverTheValuesThemselves() {
    int changes = 0;
    for (int seed = 1; seed <= 8; seed++) {
      Random random = new Random(seed);
      Adwin adwin = new Adwin(0.02, 1);
      SlowAdwin slow = new SlowAdwin(0.02, 1);
      double mean = 0.5;
      for (int i = 0; i < 700; i++) {
        mean = random.nextInt(150) == 0 ? random.nextDouble() : mean;
        double value = 0.7 * mean + 0.3 * random.nextDouble();
        Change change = adwin.add(value);
        int direction = slow.add(value);
        assertThat(change).isEqualTo(Change.values()[direction < 0 ? 2 : direction]);
        assertThat(adwin.width()).isEqualTo(slow.width());
        assertThat(adwin.mean()).isCloseTo(slow.mean(), within(1e-12));
        changes += Math.abs(direction);
      }
    }
    assertThat(changes).isGreaterThan(20);
  }

  @Test
  void staysWholeWhileNothingChanges() {
    Random random = new Random(5);
    Adwin adwin = new Adwin(1e-4, 1);
    for (int i = 0; i < 50_000; i++) {
      assertThat(adwin.add(random.nextDouble())).isEqualTo(Change.NONE);
    }
    assertThat(adwin.width()).isEqualTo(50_000);
    assertThat(adwin.mean()).isCloseTo(0.5, within(0.01));
    assertThat(adwin.variance()).isCloseTo(1.0 / 12, within(0.002));
  }

  @Test
  void findsAStepOfOneStandardDeviationWithinTwoHundredValuesAndForgetsWhatWasBefore() {
    for (int seed = 1; seed <= 20; seed++) {
      Random random = new Random(seed);
      Adwin adwin = new Adwin(1e-3, 1);
      for (int i = 0; i < 1000; i++) {
        assertThat(adwin.add(0.3 + 0.1 * random.nextGaussian())).isEqualTo(Change.NONE);
      }
      int delay = 1;
      while (adwin.add(0.4 + 0.1 * random.nextGaussian()) != Change.UP) {
        delay++;
      }
      assertThat(delay).isLessThan(200);
      for (int i = 0; i < 400; i++) {
        adwin.add(0.4 + 0.1 * random.nextGaussian());
      }
      assertThat(adwin.width()).as("with at most 250 of the 1000").isLessThan(650 + delay);
      assertThat(adwin.mean()).isCloseTo(0.4, within(0.04));
      assertThat(adwin.values()).isEqualTo(1400 + delay);
    }
  }

  @Test
  void tellsAFallFromARise() {
    Adwin adwin = new Adwin(1e-3, 1);
    for (int i = 0; i < 200; i++) {
      adwin.add(0.6 + 0.1 * (i % 2));
    }
    Change change = Change.NONE;
    for (int i = 0; i < 200 && change == Change.NONE; i++) {
      change = adwin.add(0.3 + 0.1 * (i % 2));
    }
    assertThat(change).isEqualTo(Change.DOWN);
  }

  @Test
  void goesOnBitForBitAfterItWasSaved() throws IOException {
    Random random = new Random(3);
    Adwin unbroken = new Adwin(1e-2, 2);
    Adwin resumed = new Adwin(1e-2, 2);
    for (int i = 0; i < 400; i++) {
      double value = random.nextDouble() + (i > 200 ? 0.5 : 0);
      assertThat(resumed.add(value)).isEqualTo(unbroken.add(value));
      if (i % 100 == 0) {
        resumed = Adwin.resume(new DataInputStream(new ByteArrayInputStream(saved(resumed))));
      }
      assertThat(saved(resumed)).isEqualTo(saved(unbroken));
    }
    assertThat(resumed.width()).as("the window shrank").isLessThan(300);
  }

  private static byte[] saved(Adwin adwin) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    adwin.save(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  @Test
  void whatIsNoNumberIsRefused() {
    Adwin adwin = new Adwin(0.5, 1);
    assertThatThrownBy(() -> adwin.add(Double.NaN)).hasMessage("a value must be finite, got NaN");
    assertThat(adwin.width()).isZero();
    assertThatThrownBy(() -> new Adwin(0, 1)).hasMessageContaining("delta must be above 0");
    assertThatThrownBy(() -> new Adwin(0.1, 0)).hasMessageContaining("range must be above 0");
  }
}
