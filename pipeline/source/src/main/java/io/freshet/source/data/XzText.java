package io.freshet.source.data;

import io.freshet.source.InvalidSource;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.tukaani.xz.XZFormatException;
import org.tukaani.xz.XZInputStream;

/** Opens a data set's file, which is UTF-8 text compressed with xz. */
final class XzText {

  private XzText() {}

  static BufferedReader open(Path file) throws IOException {
    if (Files.size(file) == 0) {
      throw new InvalidSource(file + " must be a data set compressed with xz, it is empty");
    }
    try {
      return new BufferedReader(
          new InputStreamReader(
              new XZInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16)),
              StandardCharsets.UTF_8),
          1 << 16);
    } catch (XZFormatException e) {
      throw new InvalidSource(file + " must be compressed with xz, it is another format", e);
    }
  }
}
