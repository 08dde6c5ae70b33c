package io.freshet.scoring.settings;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One setting of a models file: the reader and the reference page read it here.
 *
 * @param fallback what holds where the file is silent; null where it must not be
 * @param note on the default where it is not the same for everyone, else empty
 */
record Setting<T>(
    String key,
    Kind<T> kind,
    @Nullable Function<Context, T> fallback,
    String note,
    String meaning) {

  /**
   * What defaults may depend on, and what may be asked of values.
   *
   * @param labelAction the action that makes an example positive
   * @param toLearn whether this machine learns by the settings, so that files that they name must
   *     be here
   */
  record Context(SettingsDefaults source, String labelAction, boolean toLearn) {}

  static <T> Setting<T> required(String key, Kind<T> kind, String meaning) {
    return new Setting<>(key, kind, null, "", meaning);
  }

  static <T> Setting<T> of(String key, Kind<T> kind, T fallback, String meaning) {
    return new Setting<>(key, kind, context -> fallback, "", meaning);
  }

  static <T> Setting<T> derived(
      String key, Kind<T> kind, Function<Context, T> fallback, String note, String meaning) {
    return new Setting<>(key, kind, fallback, note, meaning);
  }

  /** The default as the file would write it. */
  String showDefault(Context context) {
    return fallback == null
        ? "required"
        : "`" + kind.show().apply(fallback.apply(context)) + "`" + note;
  }
}
