package io.freshet.learning.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IdRowsTest {

  @Test
  void thereAreNeverMoreRowsThanTheLimit() {
    IdRows rows = new IdRows(64, 1);
    for (int i = 0; i < 10_000; i++) {
      rows.touch(i * 31L, i);
      assertThat(rows.size()).isLessThanOrEqualTo(64);
    }
    assertThat(rows.find(9_999 * 31L)).isNotEqualTo(IdRows.NONE);
  }

  @Test
  void theLongestUntouchedEighthGoesAndTheRestKeepsItsValues() {
    IdRows rows = new IdRows(16, 1);
    for (int i = 0; i < 16; i++) {
      rows.set(rows.touch(i, 100 + i), 0, i * 1.5);
    }
    rows.touch(0, 200);
    rows.touch(99, 201);
    assertThat(rows.size()).isEqualTo(15);
    assertThat(rows.find(1)).isEqualTo(IdRows.NONE);
    assertThat(rows.find(2)).isEqualTo(IdRows.NONE);
    assertThat(rows.get(rows.find(0), 0)).isZero();
    assertThat(rows.lastTime(rows.find(0))).isEqualTo(200);
    for (int i = 3; i < 16; i++) {
      assertThat(rows.get(rows.find(i), 0)).isEqualTo(i * 1.5);
      assertThat(rows.lastTime(rows.find(i))).isEqualTo(100 + i);
    }
  }

  @Test
  void amongRowsOfOneTimeTheSmallestIdsGoWhateverTheOrderTheyCameIn() throws IOException {
    byte[] ascending = null;
    for (int shuffle = 0; shuffle < 5; shuffle++) {
      List<Long> ids = new ArrayList<>();
      for (long id = -8; id < 8; id++) {
        ids.add(id * 1_000_003);
      }
      Collections.shuffle(ids, new Random(shuffle));
      IdRows rows = new IdRows(16, 2);
      for (long id : ids) {
        rows.set(rows.touch(id, 7), 1, id);
      }
      rows.touch(5, 8);
      assertThat(rows.find(-8 * 1_000_003L)).isEqualTo(IdRows.NONE);
      assertThat(rows.find(-7 * 1_000_003L)).isEqualTo(IdRows.NONE);
      assertThat(rows.find(-6 * 1_000_003L)).isNotEqualTo(IdRows.NONE);
      byte[] saved = saved(rows);
      ascending = ascending == null ? saved : ascending;
      assertThat(saved).isEqualTo(ascending);
    }
  }

  @Test
  void aFileOfAnotherWidthOrTooManyRowsIsRefused() throws IOException {
    IdRows rows = new IdRows(16, 2);
    for (int i = 0; i < 12; i++) {
      rows.touch(i, i);
    }
    byte[] saved = saved(rows);
    assertThatThrownBy(() -> IdRows.resume(16, 3, in(saved))).hasMessageContaining("found width 2");
    assertThatThrownBy(() -> IdRows.resume(8, 2, in(saved))).hasMessageContaining("12 rows");
  }

  private static byte[] saved(IdRows rows) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    rows.save(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private static DataInputStream in(byte[] bytes) {
    return new DataInputStream(new ByteArrayInputStream(bytes));
  }
}
