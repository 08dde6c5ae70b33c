package io.freshet.faults;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A file system of a few MiB of memory, which can be filled to the last byte. */
final class Disk implements AutoCloseable {

  private static final String FILLER = "filler";
  private static final int PIECE_BYTES = 64 << 10;

  private final Path directory;

  private Disk(Path directory) {
    this.directory = directory;
  }

  /**
   * Mounts one; empty where this process may not.
   *
   * @param directory made if it is not there
   */
  static Optional<Disk> mount(Path directory, int mebibytes) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(directory + " must be writable", e);
    }
    String size = "size=%dm".formatted(mebibytes);
    return run(List.of("mount", "-t", "tmpfs", "-o", size, "tmpfs", directory.toString())) == 0
        ? Optional.of(new Disk(directory))
        : Optional.empty();
  }

  /** Leaves no space. */
  void fill() {
    byte[] piece = new byte[PIECE_BYTES];
    try (OutputStream out = Files.newOutputStream(directory.resolve(FILLER))) {
      while (true) {
        out.write(piece);
      }
    } catch (IOException e) {
      if (!isFull()) {
        throw new UncheckedIOException(directory + " must fill up", e);
      }
    }
  }

  private boolean isFull() {
    try {
      return Files.getFileStore(directory).getUsableSpace() < PIECE_BYTES;
    } catch (IOException e) {
      throw new UncheckedIOException(directory + " must be there", e);
    }
  }

  /** Gives the space back. */
  void empty() {
    try {
      Files.deleteIfExists(directory.resolve(FILLER));
    } catch (IOException e) {
      throw new UncheckedIOException(directory + " must be writable", e);
    }
  }

  @Override
  public void close() {
    if (run(List.of("umount", "-l", directory.toString())) != 0) {
      throw new FaultsFailed(directory + " must be unmounted, it was not");
    }
  }

  private static int run(List<String> command) {
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      // There is no such command here.
      return -1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FaultsFailed("interrupted while a disk was mounted", e);
    }
  }
}
