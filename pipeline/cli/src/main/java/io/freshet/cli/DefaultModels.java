package io.freshet.cli;

import io.freshet.learning.LearnerFamilies;
import io.freshet.learning.LearnerFamily;
import io.freshet.scoring.settings.InvalidSettings;
import io.freshet.scoring.settings.ModelsFile;
import io.freshet.scoring.settings.ModelsFileReader;
import io.freshet.scoring.settings.SettingsDefaults;
import io.freshet.source.Source;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Models files: the one that is given, or the one that suits a source. */
public final class DefaultModels {

  private static final String FOLDER = "models/";
  private static final String ANY_SOURCE = "events";

  private DefaultModels() {}

  /**
   * The text of {@code file}, or of the default for a source.
   *
   * @param file null for the default
   */
  public static String text(@Nullable Path file, String sourceName) {
    if (file == null) {
      String own = resource(sourceName);
      String text = own == null ? resource(ANY_SOURCE) : own;
      if (text == null) {
        throw new IllegalStateException(
            "the class path must hold " + FOLDER + ANY_SOURCE + ".yaml");
      }
      return text;
    }
    try {
      String text = Files.readString(file, StandardCharsets.UTF_8);
      if (text.isBlank()) {
        throw new WrongUse("--models must declare models, got an empty file at " + file);
      }
      return text;
    } catch (IOException e) {
      throw new WrongUse("--models must be a readable text file, got %s: %s".formatted(file, e), e);
    }
  }

  /**
   * Reads a models file's text; times that it is silent on suit the source.
   *
   * @throws InvalidSettings with every problem
   */
  public static ModelsFile read(String text, Source.StreamDefaults defaults) {
    return reader(defaults).read(text);
  }

  /**
   * As {@link #read}, for learning on this machine: files that the settings name must be here.
   *
   * @throws InvalidSettings with every problem
   */
  static ModelsFile readToLearn(String text, Source.StreamDefaults defaults) {
    return reader(defaults).toLearn().read(text);
  }

  private static ModelsFileReader reader(Source.StreamDefaults defaults) {
    return new ModelsFileReader(
        LearnerFamilies.all().stream()
            .collect(Collectors.toMap(family -> family.scoring().name(), LearnerFamily::engines)),
        new SettingsDefaults(defaults.outOfOrdernessMs(), defaults.waitMs(), defaults.spanMs()));
  }

  private static @Nullable String resource(String sourceName) {
    try (InputStream in = DefaultModels.class.getResourceAsStream(FOLDER + sourceName + ".yaml")) {
      return in == null ? null : new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(FOLDER + sourceName + ".yaml must be readable", e);
    }
  }
}
