package io.freshet.cli.run;

/** Which Freshet this is. */
public final class Build {

  private Build() {}

  /** The jar's version, {@code development} where classes lie about. */
  public static String version() {
    String version = Build.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
