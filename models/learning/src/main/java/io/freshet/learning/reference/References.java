package io.freshet.learning.reference;

import java.io.DataInput;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The registry of references, in the order in which reports list them. */
public final class References {

  private interface Maker {
    Reference create(ReferenceSettings settings);
  }

  private interface Resumer {
    Reference resume(ReferenceSettings settings, DataInput in) throws IOException;
  }

  private record Entry(Maker maker, Resumer resumer) {}

  private static final Map<String, Entry> ALL = all();

  private References() {}

  private static Map<String, Entry> all() {
    Map<String, Entry> all = new LinkedHashMap<>();
    all.put(Prior.NAME, new Entry(s -> new Prior(), (s, in) -> Prior.resume(in)));
    all.put(Popularity.NAME, new Entry(Popularity::new, Popularity::resume));
    all.put(RunningMeans.NAME, new Entry(RunningMeans::new, RunningMeans::resume));
    all.put(AlreadyClicked.NAME, new Entry(AlreadyClicked::new, AlreadyClicked::resume));
    all.put(
        LogisticRegression.NAME, new Entry(LogisticRegression::new, LogisticRegression::resume));
    return Collections.unmodifiableMap(all);
  }

  /** The names of all references. */
  public static List<String> names() {
    return List.copyOf(ALL.keySet());
  }

  /**
   * A reference that has seen nothing.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public static Reference create(String name, ReferenceSettings settings) {
    return entry(name).maker.create(settings);
  }

  /**
   * A reference that goes on bit for bit where the saved one was.
   *
   * @param settings equal to those of the saved one
   * @throws IllegalArgumentException if there is none of that name
   * @throws IOException if {@code in} holds something else
   */
  public static Reference resume(String name, ReferenceSettings settings, DataInput in)
      throws IOException {
    return entry(name).resumer.resume(settings, in);
  }

  private static Entry entry(String name) {
    Entry entry = ALL.get(name);
    if (entry == null) {
      throw new IllegalArgumentException(
          "a reference must be one of %s, got %s".formatted(ALL.keySet(), name));
    }
    return entry;
  }
}
