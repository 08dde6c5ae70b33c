package io.freshet.scoring.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsReferenceTest {

  private static final Path PAGE = Path.of("..", "..", "docs", "SETTINGS.md");

  @Test
  void pageInTheRepositoryIsWhatTheCodeSays(@TempDir Path folder) throws IOException {
    Path written = folder.resolve("SETTINGS.md");
    SettingsReference.main(new String[] {written.toString()});

    assertThat(PAGE)
        .as("write it again with SettingsReference and the argument docs/SETTINGS.md")
        .hasSameTextualContentAs(written);
    assertThat(Files.readString(written)).contains("| `size` | whole number, 1 to 512 | `16` |");
  }
}
