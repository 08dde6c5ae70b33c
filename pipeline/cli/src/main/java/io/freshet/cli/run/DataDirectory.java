package io.freshet.cli.run;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.freshet.cli.CommandFailed;
import io.freshet.cli.WrongUse;
import io.freshet.cli.report.AtomicFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Everything that outlives a demo: Kafka's log, checkpoints, and what was started on it. One
 * process at a time; a directory whose parts do not belong together is refused.
 */
public final class DataDirectory implements AutoCloseable {

  private static final String IDENTITY = "freshet.json";
  private static final String ENDPOINT = "endpoint.json";
  private static final String LOCK = "lock";
  private static final int FORMAT = 1;

  private final Path root;
  private final boolean temporary;
  private final FileChannel channel;
  private final FileLock lock;
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  /**
   * What was started on a directory; it stays the same as long as the directory does.
   *
   * @param source as on the command line
   * @param modelsFile text of the models file, or of the default for the source
   * @param models canonical settings by name
   */
  public record Identity(
      int format, String source, long seed, String modelsFile, Map<String, String> models) {

    public Identity {
      models = Map.copyOf(models);
    }

    public static Identity of(
        String source, long seed, String modelsFile, Map<String, String> models) {
      return new Identity(FORMAT, source, seed, modelsFile, models);
    }
  }

  /** Where a running demo can be found. */
  public record Endpoint(String brokers, String prefix, int page, long pid) {}

  private DataDirectory(Path root, boolean temporary, FileChannel channel, FileLock lock) {
    this.root = root;
    this.temporary = temporary;
    this.channel = channel;
    this.lock = lock;
  }

  /**
   * Takes a directory that is not there yet, empty, or an earlier demo's.
   *
   * @throws WrongUse if it is another process's or someone else's
   */
  public static DataDirectory open(Path directory) {
    Path root = directory.toAbsolutePath().normalize();
    try {
      Files.createDirectories(root);
      if (!Files.exists(root.resolve(IDENTITY))) {
        refuseForeign(root);
      }
      return lock(root, false);
    } catch (IOException e) {
      throw new WrongUse(
          "--data must be a directory to write to, got %s: %s".formatted(root, e), e);
    }
  }

  /** A directory that goes when it is closed. */
  public static DataDirectory temporary() {
    try {
      return lock(Files.createTempDirectory("freshet-"), true);
    } catch (IOException e) {
      throw new CommandFailed("a temporary directory must be writable: " + e, e);
    }
  }

  private static void refuseForeign(Path root) throws IOException {
    try (Stream<Path> files = Files.list(root)) {
      files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> !name.equals(LOCK))
          .findAny()
          .ifPresent(
              name -> {
                throw new WrongUse(
                    "--data must be empty or an earlier demo's, with a %s, got %s with %s"
                        .formatted(IDENTITY, root, name));
              });
    }
  }

  private static DataDirectory lock(Path root, boolean temporary) throws IOException {
    FileChannel channel =
        FileChannel.open(root.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      channel.close();
      throw new WrongUse(
          "--data must be used by one process at a time, %s is in use".formatted(root));
    }
    Files.deleteIfExists(root.resolve(ENDPOINT)); // of one that was killed
    return new DataDirectory(root, temporary, channel, lock);
  }

  public Path root() {
    return root;
  }

  public Path kafka() {
    return root.resolve("kafka");
  }

  public Path checkpoints() {
    return root.resolve("checkpoints");
  }

  public Path savepoints() {
    return root.resolve("savepoints");
  }

  public Path ledger() {
    return root.resolve("fed.json");
  }

  /** An empty directory for files of this run only. */
  public Path scratch() {
    Path scratch = root.resolve("scratch");
    try {
      delete(scratch);
      return Files.createDirectories(scratch);
    } catch (IOException e) {
      throw new CommandFailed("%s must be writable: %s".formatted(scratch, e), e);
    }
  }

  /** What was started here; empty for a new directory. */
  public Optional<Identity> identity() {
    return Optional.ofNullable(identity(root));
  }

  /** What was started in a directory, whoever holds it now; null where nothing was. */
  public static @Nullable Identity identity(Path directory) {
    Path file = directory.resolve(IDENTITY);
    if (!Files.exists(file)) {
      return null;
    }
    try {
      return MAPPER.readValue(Files.readAllBytes(file), Identity.class);
    } catch (JacksonException e) {
      throw new CommandFailed(
          "%s must say what was started there: %s".formatted(file, e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw new CommandFailed("%s must be readable: %s".formatted(file, e), e);
    }
  }

  /**
   * Says that {@code identity} is started here.
   *
   * @throws WrongUse if something else was, naming everything that differs
   */
  public void claim(Identity identity) {
    Optional<Identity> before = identity();
    if (before.isPresent()) {
      List<String> differences = differences(before.get(), identity);
      if (!differences.isEmpty()) {
        throw new WrongUse(
            "%s must be started with what it was first: %s"
                .formatted(root, String.join("; ", differences)));
      }
      return;
    }
    write(IDENTITY, identity);
  }

  private static List<String> differences(Identity before, Identity now) {
    List<String> found = new ArrayList<>();
    if (before.format != now.format) {
      found.add("format %d, got %d".formatted(before.format, now.format));
    }
    if (!before.source.equals(now.source)) {
      found.add("source %s, got %s".formatted(before.source, now.source));
    }
    if (before.seed != now.seed) {
      found.add("seed %d, got %d".formatted(before.seed, now.seed));
    }
    if (!before.models.keySet().equals(now.models.keySet())) {
      found.add("models %s, got %s".formatted(before.models.keySet(), now.models.keySet()));
    } else {
      before.models.forEach(
          (name, settings) -> {
            if (!Objects.equals(settings, now.models.get(name))) {
              found.add("the settings of model %s, got others".formatted(name));
            }
          });
    }
    return found;
  }

  /** Tells other commands where this demo is. */
  public void announce(Endpoint endpoint) {
    write(ENDPOINT, endpoint);
  }

  /** Whether a demo runs on {@code directory}: one that was killed leaves its endpoint behind. */
  public static boolean isRunning(Path directory) {
    if (!Files.exists(directory.resolve(ENDPOINT))) {
      return false;
    }
    try (FileChannel channel =
            FileChannel.open(
                directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock free = channel.tryLock()) {
      return free == null;
    } catch (OverlappingFileLockException e) {
      return true;
    } catch (IOException e) {
      throw new CommandFailed(
          "whether a demo runs on %s must be known, it is not: %s".formatted(directory, e), e);
    }
  }

  /**
   * Where the demo on {@code directory} is.
   *
   * @throws WrongUse if none runs there
   */
  public static Endpoint endpoint(Path directory) {
    Path file = directory.resolve(ENDPOINT);
    if (!isRunning(directory)) {
      throw new WrongUse(
          "a demo must run on --data %s, or --brokers be given; none runs there"
              .formatted(directory));
    }
    try {
      return JsonMapper.builder().build().readValue(Files.readAllBytes(file), Endpoint.class);
    } catch (IOException e) {
      throw new CommandFailed("%s must say where a demo is: %s".formatted(file, e), e);
    }
  }

  private void write(String name, Object value) {
    AtomicFile.write(
        root.resolve(name),
        out ->
            out.write((MAPPER.writeValueAsString(value) + "\n").getBytes(StandardCharsets.UTF_8)));
  }

  /** The newest complete checkpoint or savepoint; null when there is none to go on from. */
  public @Nullable Path newestSnapshot() {
    List<Path> found = new ArrayList<>();
    try {
      for (Path folder : List.of(checkpoints(), savepoints())) {
        if (Files.isDirectory(folder)) {
          try (Stream<Path> files = Files.walk(folder, 4)) {
            files.filter(file -> file.endsWith("_metadata")).forEach(found::add);
          }
        }
      }
    } catch (IOException e) {
      throw new CommandFailed("%s must be readable: %s".formatted(root, e), e);
    }
    return found.stream()
        .max(Comparator.comparing(DataDirectory::modified))
        .map(Path::getParent)
        .orElse(null);
  }

  private static FileTime modified(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      throw new CommandFailed("%s must be readable: %s".formatted(file, e), e);
    }
  }

  /** Removes what jobs before the newest snapshot left; it stays itself. */
  public void removeSnapshotsBut(@Nullable Path kept) {
    try {
      for (Path folder : List.of(checkpoints(), savepoints())) {
        if (!Files.isDirectory(folder)) {
          continue;
        }
        try (Stream<Path> children = Files.list(folder)) {
          for (Path child : children.toList()) {
            if (kept == null || !kept.startsWith(child)) {
              delete(child);
            }
          }
        }
      }
    } catch (IOException e) {
      throw new CommandFailed("%s must be writable: %s".formatted(root, e), e);
    }
  }

  private static void delete(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(root.resolve(ENDPOINT));
      delete(root.resolve("scratch"));
      lock.release();
      channel.close();
      if (temporary) {
        delete(root);
      }
    } catch (IOException e) {
      throw new CommandFailed("%s must be writable: %s".formatted(root, e), e);
    }
  }
}
