package io.freshet.cli.run;

/** Which Freshet this is. */
final class Build {

  private Build() {}

  /** The jar's version, {@code development} where classes lie about. */
  static String version() {
    String version = Build.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
