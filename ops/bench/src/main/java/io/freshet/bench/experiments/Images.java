package io.freshet.bench.experiments;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/**
 * Images with their digits, from gzipped idx files.
 *
 * @param pixels [count][784], 0 to 1
 */
record Images(float[][] pixels, int[] labels) {

  private static final int IMAGES = 0x803;
  private static final int LABELS = 0x801;

  /** The first {@code most} images of {@code PREFIX-images-idx3-ubyte.gz} and their labels. */
  static Images read(Path folder, String prefix, int most) throws IOException {
    try (DataInputStream images = open(folder.resolve(prefix + "-images-idx3-ubyte.gz"), IMAGES);
        DataInputStream labels = open(folder.resolve(prefix + "-labels-idx1-ubyte.gz"), LABELS)) {
      int count = Math.min(most, images.readInt());
      int size = images.readInt() * images.readInt();
      int labelled = labels.readInt();
      if (labelled < count) {
        throw new IOException(
            "there must be a label for each of %d images, got %d".formatted(count, labelled));
      }
      float[][] pixels = new float[count][size];
      int[] digits = new int[count];
      byte[] bytes = new byte[size];
      for (int i = 0; i < count; i++) {
        images.readFully(bytes);
        for (int p = 0; p < size; p++) {
          pixels[i][p] = (bytes[p] & 0xff) / 255f;
        }
        digits[i] = labels.readUnsignedByte();
      }
      return new Images(pixels, digits);
    }
  }

  int count() {
    return labels.length;
  }

  private static DataInputStream open(Path file, int magic) throws IOException {
    DataInputStream in =
        new DataInputStream(
            new BufferedInputStream(new GZIPInputStream(Files.newInputStream(file)), 1 << 16));
    int found = in.readInt();
    if (found != magic) {
      in.close();
      throw new IOException("%s must start with %08x, got %08x".formatted(file, magic, found));
    }
    return in;
  }
}
