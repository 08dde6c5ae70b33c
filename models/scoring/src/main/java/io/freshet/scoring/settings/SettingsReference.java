package io.freshet.scoring.settings;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the reference page of the models file from the settings themselves. */
public final class SettingsReference {

  private static final String INTRODUCTION =
      """
      # Settings of a models file

      This page is generated from the code (`io.freshet.scoring.settings.SettingsReference`); a test fails when it is not up to date.

      A models file is YAML. Unknown settings are refused, and all problems come in one message. A duration is a number and a
      unit: `100ms 60s 10m 1h 30d`. Names of features and histories differ within a model. YAML's anchors work, so models can share
      their features: `features: &shared [...]`, then `features: *shared`.

      """;

  private SettingsReference() {}

  /** Writes the page to the file that the only argument names. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 1) {
      throw new IllegalArgumentException(
          "one argument must name the file to write, got " + arguments.length);
    }
    Files.writeString(Path.of(arguments[0]), markdown(), StandardCharsets.UTF_8);
  }

  /** The page. */
  static String markdown() {
    StringBuilder page = new StringBuilder(INTRODUCTION);
    Setting.Context context = new Setting.Context(SettingsDefaults.LIVE, "click", false);
    for (SettingsSchema.Group group : SettingsSchema.groups()) {
      page.append("## ").append(group.path()).append("\n\n");
      if (!group.meaning().isEmpty()) {
        page.append(group.meaning()).append("\n\n");
      }
      page.append("| setting | type | default | meaning |\n|---|---|---|---|\n");
      for (Setting<?> setting : group.settings()) {
        page.append("| `%s` | %s | %s | %s |\n".formatted(row(setting, context)));
      }
      page.append('\n');
    }
    return page.toString();
  }

  private static Object[] row(Setting<?> setting, Setting.Context context) {
    return new Object[] {
      setting.key(),
      cell(setting.kind().label()),
      cell(setting.showDefault(context)),
      cell(setting.meaning())
    };
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }
}
