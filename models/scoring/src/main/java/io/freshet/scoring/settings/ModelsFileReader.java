package io.freshet.scoring.settings;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * Reads a models file: YAML in, one checked value out, or one {@link InvalidSettings} with every
 * problem that was found. Anchors and aliases work, so that models can share their features.
 */
public final class ModelsFileReader {

  private static final List<String> TOP = List.of("stream", "labels", "models");

  private final Map<String, List<String>> families;
  private final SettingsDefaults defaults;
  private final boolean toLearn;

  /**
   * @param families the names that {@code family:} may have, each with its engines, the first being
   *     its own choice
   * @param defaults what holds where the file is silent on time
   */
  public ModelsFileReader(Map<String, List<String>> families, SettingsDefaults defaults) {
    this(families, defaults, false);
  }

  private ModelsFileReader(
      Map<String, List<String>> families, SettingsDefaults defaults, boolean toLearn) {
    this.families = new TreeMap<>(families);
    this.defaults = defaults;
    this.toLearn = toLearn;
  }

  /** For the machine that learns: it also refuses settings that name files which are not there. */
  public ModelsFileReader toLearn() {
    return new ModelsFileReader(families, defaults, true);
  }

  /** Reads a file. */
  public ModelsFile read(Path file) throws IOException {
    try {
      return read(Files.readString(file, StandardCharsets.UTF_8));
    } catch (CharacterCodingException notText) {
      throw new InvalidSettings(List.of(file + ": must be text in UTF-8, got other bytes"));
    }
  }

  /** Reads a file's text. */
  public ModelsFile read(String yaml) {
    Problems problems = new Problems();
    Section top = Section.of(parse(yaml), "", problems, context("")).knows(TOP);
    StreamSettings stream = stream(top, problems);
    Section models = top.below("models").with(context(stream.labelAction()));
    if (models.keys().isEmpty()) {
      problems.add("models", "must declare at least one model", "none");
    }
    List<ModelSettings> read = new ArrayList<>();
    ModelReader reader = new ModelReader(families, problems);
    for (String name : models.keys()) {
      ModelSettings model = reader.read(name, models.below(name));
      if (model != null) {
        read.add(model);
      }
    }
    problems.throwIfAny();
    return new ModelsFile(stream, read);
  }

  private StreamSettings stream(Section top, Problems problems) {
    Section stream = top.below("stream").knows(SettingsSchema.STREAM.keys());
    Section labels = top.below("labels").knows(SettingsSchema.LABELS.keys());
    try {
      return new StreamSettings(
          stream.get(SettingsSchema.OUT_OF_ORDERNESS),
          stream.get(SettingsSchema.HEARTBEAT),
          labels.get(SettingsSchema.ACTION),
          labels.get(SettingsSchema.WAIT),
          labels.get(SettingsSchema.POLICY));
    } catch (InvalidSettings invalid) {
      problems.addAll(invalid.problems());
      return silent();
    }
  }

  /** The stream's settings of a file that says nothing of them. */
  private StreamSettings silent() {
    Section nothing = Section.of(null, "", new Problems(), context(""));
    return stream(nothing, new Problems());
  }

  private Setting.Context context(String labelAction) {
    return new Setting.Context(defaults, labelAction, toLearn);
  }

  private static @Nullable Object parse(String yaml) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    try {
      return new Yaml(new SafeConstructor(options)).load(yaml);
    } catch (MarkedYAMLException wrong) {
      Mark mark = wrong.getProblemMark();
      String where =
          mark == null
              ? "models file"
              : "line %d, column %d".formatted(mark.getLine() + 1, mark.getColumn() + 1);
      throw new InvalidSettings(
          List.of(where + ": must be YAML without repeated keys, got: " + wrong.getProblem()));
    } catch (YAMLException wrong) {
      throw new InvalidSettings(
          List.of("models file: must be YAML, got: " + firstLine(wrong.getMessage())));
    }
  }

  private static String firstLine(@Nullable String message) {
    return message == null ? "no reason" : message.lines().findFirst().orElse("no reason");
  }
}
