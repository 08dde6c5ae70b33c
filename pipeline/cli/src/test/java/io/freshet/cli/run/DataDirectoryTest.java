package io.freshet.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.cli.WrongUse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {

  @TempDir Path directory;

  private static DataDirectory.Identity identity(
      String source, long seed, Map<String, String> models) {
    return DataDirectory.Identity.of(source, seed, "models: {}", models);
  }

  @Test
  void partsThatDoNotBelongTogetherAreRefusedSayingAllThatDiffers() {
    try (DataDirectory data = DataDirectory.open(directory.resolve("new"))) {
      data.claim(identity("simulator", 1, Map.of("din", "{}", "base", "{}")));
    }
    try (DataDirectory data = DataDirectory.open(directory.resolve("new"))) {
      data.claim(identity("simulator", 1, Map.of("din", "{}", "base", "{}")));
      assertThatThrownBy(
              () -> data.claim(identity("events:x", 2, Map.of("din", "{}", "base", "{\"a\":1}"))))
          .isInstanceOf(WrongUse.class)
          .hasMessageContaining("source simulator, got events:x")
          .hasMessageContaining("seed 1, got 2")
          .hasMessageContaining("the settings of model base");
    }
  }

  @Test
  void aDirectoryWithSomethingElseInItIsLeftAlone() throws Exception {
    Files.writeString(directory.resolve("photo.jpg"), "x");
    assertThatThrownBy(() -> DataDirectory.open(directory))
        .isInstanceOf(WrongUse.class)
        .hasMessageContaining("--data must be empty or an earlier demo's")
        .hasMessageContaining("photo.jpg");
  }

  @Test
  void oneProcessAtATimeUsesADirectory() {
    try (DataDirectory first = DataDirectory.open(directory)) {
      assertThatThrownBy(() -> DataDirectory.open(directory))
          .isInstanceOf(WrongUse.class)
          .hasMessageContaining("one process at a time");
      assertThat(first.root()).isEqualTo(directory);
    }
    try (DataDirectory again = DataDirectory.open(directory)) {
      assertThat(again.identity()).isEmpty();
    }
  }

  @Test
  void theNewestSnapshotIsGoneOnFromAndOlderOnesGo() throws Exception {
    try (DataDirectory data = DataDirectory.open(directory)) {
      assertThat(data.newestSnapshot()).isNull();
      Path old = snapshot(data.checkpoints().resolve("job1/chk-9"), 1_000);
      Path saved = snapshot(data.savepoints().resolve("savepoint-a"), 3_000);
      Path other = snapshot(data.checkpoints().resolve("job2/chk-2"), 2_000);
      assertThat(data.newestSnapshot()).isEqualTo(saved);
      data.removeSnapshotsBut(saved);
      assertThat(saved).exists();
      assertThat(old).doesNotExist();
      assertThat(other).doesNotExist();
    }
  }

  private static Path snapshot(Path folder, long modified) throws Exception {
    Files.createDirectories(folder);
    Path metadata = Files.writeString(folder.resolve("_metadata"), "x");
    Files.setLastModifiedTime(metadata, FileTime.fromMillis(modified));
    return folder;
  }

  @Test
  void aDemoIsFoundOnlyWhereOneRuns() {
    assertThatThrownBy(() -> DataDirectory.endpoint(directory))
        .isInstanceOf(WrongUse.class)
        .hasMessageContaining("a demo must run on --data " + directory);
    try (DataDirectory data = DataDirectory.open(directory)) {
      data.announce(new DataDirectory.Endpoint("127.0.0.1:9", "p.", 8080, 12));
      assertThat(DataDirectory.endpoint(directory).brokers()).isEqualTo("127.0.0.1:9");
    }
    assertThat(directory.resolve("endpoint.json")).doesNotExist();
  }

  @Test
  void aDemoThatWasKilledIsNotTakenForOneThatRuns() throws Exception {
    try (DataDirectory data = DataDirectory.open(directory)) {
      data.claim(identity("simulator", 1, Map.of("din", "{}")));
    }
    Path left = directory.resolve("endpoint.json");
    Files.writeString(left, "{\"brokers\":\"127.0.0.1:9\",\"prefix\":\"\",\"page\":1,\"pid\":2}");
    assertThat(DataDirectory.isRunning(directory)).isFalse();
    assertThatThrownBy(() -> DataDirectory.endpoint(directory))
        .isInstanceOf(WrongUse.class)
        .hasMessageContaining("none runs there");
    try (DataDirectory data = DataDirectory.open(directory)) {
      assertThat(left).doesNotExist();
      assertThat(DataDirectory.isRunning(data.root())).isFalse();
    }
  }
}
