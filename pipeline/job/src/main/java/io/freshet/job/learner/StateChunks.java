package io.freshet.job.learner;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/** A stream of bytes of any length as a list of arrays, which is what a checkpoint takes. */
final class StateChunks {

  private static final int CHUNK_BYTES = 1 << 20;

  private StateChunks() {}

  /** Collects what is written. */
  static final class Output extends OutputStream {

    private final List<byte[]> full = new ArrayList<>();
    private byte[] current = new byte[CHUNK_BYTES];
    private int used;

    @Override
    public void write(int b) {
      if (used == current.length) {
        full.add(current);
        current = new byte[CHUNK_BYTES];
        used = 0;
      }
      current[used++] = (byte) b;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      int at = offset;
      int rest = length;
      while (rest > 0) {
        if (used == current.length) {
          full.add(current);
          current = new byte[CHUNK_BYTES];
          used = 0;
        }
        int now = Math.min(rest, current.length - used);
        System.arraycopy(bytes, at, current, used, now);
        used += now;
        at += now;
        rest -= now;
      }
    }

    List<byte[]> chunks() {
      List<byte[]> all = new ArrayList<>(full);
      all.add(Arrays.copyOf(current, used));
      return all;
    }
  }

  /** Reads the arrays one after the other. */
  static final class Input extends InputStream {

    private final Iterator<byte[]> chunks;
    private byte[] current = new byte[0];
    private int at;

    Input(Iterable<byte[]> chunks) {
      this.chunks = chunks.iterator();
    }

    private boolean ready() {
      while (at == current.length) {
        if (!chunks.hasNext()) {
          return false;
        }
        current = chunks.next();
        at = 0;
      }
      return true;
    }

    @Override
    public int read() {
      return ready() ? current[at++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      if (length == 0) {
        return 0;
      }
      if (!ready()) {
        return -1;
      }
      int now = Math.min(length, current.length - at);
      System.arraycopy(current, at, bytes, offset, now);
      at += now;
      return now;
    }
  }
}
