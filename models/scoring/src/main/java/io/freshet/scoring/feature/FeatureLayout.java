package io.freshet.scoring.feature;

import io.freshet.scoring.settings.FeatureSource;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettings.Feature;
import io.freshet.scoring.settings.ModelSettings.History;
import io.freshet.scoring.settings.ModelSettings.Use;
import io.freshet.scoring.settings.ModelSettings.Words;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which slot of an {@link EncodedExample} holds what, and which table its ids live in. Follows from
 * the settings alone: learner and scorer build their networks from it, in this order.
 */
public record FeatureLayout(
    List<IdSlot> ids,
    List<IdSlot> bags,
    List<IdSlot> crosses,
    List<IdSlot> biases,
    List<String> numbers,
    List<CounterSlot> counters,
    List<HistorySlot> histories,
    List<TokenSlot> tokens) {

  public FeatureLayout {
    ids = List.copyOf(ids);
    bags = List.copyOf(bags);
    crosses = List.copyOf(crosses);
    biases = List.copyOf(biases);
    numbers = List.copyOf(numbers);
    counters = List.copyOf(counters);
    histories = List.copyOf(histories);
    tokens = List.copyOf(tokens);
  }

  /** Of a model without token features. */
  public FeatureLayout(
      List<IdSlot> ids,
      List<IdSlot> bags,
      List<IdSlot> crosses,
      List<IdSlot> biases,
      List<String> numbers,
      List<CounterSlot> counters,
      List<HistorySlot> histories) {
    this(ids, bags, crosses, biases, numbers, counters, histories, List.of());
  }

  /** The slots of a model: within each kind in the order in which the settings declare them. */
  public static FeatureLayout of(ModelSettings settings) {
    List<IdSlot> ids = slots(settings, Use.ID);
    List<String> idNames = ids.stream().map(IdSlot::name).toList();
    List<HistorySlot> histories =
        settings.histories().stream().map(history -> slot(history, ids, idNames)).toList();
    return new FeatureLayout(
        ids,
        slots(settings, Use.BAG, Use.TEXT),
        slots(settings, Use.CROSS),
        slots(settings, Use.BIAS),
        features(settings, Use.NUMBER).map(Feature::name).toList(),
        features(settings, Use.COUNTERS)
            .map(feature -> new CounterSlot(feature.name(), feature.halfLivesMs()))
            .toList(),
        histories,
        features(settings, Use.TOKENS).map(FeatureLayout::tokenSlot).toList());
  }

  private static Stream<Feature> features(ModelSettings settings, Use... uses) {
    List<Use> wanted = List.of(uses);
    return settings.features().stream().filter(feature -> wanted.contains(feature.as()));
  }

  private static List<IdSlot> slots(ModelSettings settings, Use... uses) {
    return features(settings, uses).map(FeatureLayout::slot).toList();
  }

  private static IdSlot slot(Feature feature) {
    boolean addsToLogit = feature.as() == Use.CROSS || feature.as() == Use.BIAS;
    return new IdSlot(feature.name(), addsToLogit ? 1 : feature.size());
  }

  private static TokenSlot tokenSlot(Feature feature) {
    boolean ofQuery =
        FeatureSource.of(feature.from().get(0)).kind() == FeatureSource.Kind.QUERY_TEXT;
    return new TokenSlot(feature.name(), ofQuery, feature.words());
  }

  private static HistorySlot slot(History history, List<IdSlot> ids, List<String> idNames) {
    List<Integer> idSlots = history.of().stream().map(idNames::indexOf).toList();
    return new HistorySlot(
        history.name(),
        HistoryKey.of(history.actions()),
        idSlots.stream().map(ids::get).toList(),
        idSlots,
        history.length());
  }

  /**
   * @param name the feature's name, which is also its table's
   * @param width floats per row; 1 for crosses and biases, which add to the logit
   */
  public record IdSlot(String name, int width) {}

  /**
   * Counters of an id, kept in the table of that name.
   *
   * @param halfLivesMs of event time, ascending
   */
  public record CounterSlot(String name, List<Long> halfLivesMs) {

    public CounterSlot {
      halfLivesMs = List.copyOf(halfLivesMs);
    }
  }

  /**
   * A text as tokens.
   *
   * @param ofQuery whether the text is the query's
   */
  public record TokenSlot(String name, boolean ofQuery, Words words) {}

  /**
   * @param key the {@link HistoryKey} of its actions
   * @param fields the id features whose tables its fields share, in order
   * @param idSlots for each field, the index in {@link FeatureLayout#ids()} of the candidate's own
   *     value
   * @param length at most this many positions
   */
  public record HistorySlot(
      String name, String key, List<IdSlot> fields, List<Integer> idSlots, int length) {

    public HistorySlot {
      fields = List.copyOf(fields);
      idSlots = List.copyOf(idSlots);
    }

    /**
     * Floats of one position, and of the candidate's query vector: the fields' rows, one after the
     * other.
     */
    public int width() {
      return fields.stream().mapToInt(IdSlot::width).sum();
    }
  }
}
