package io.freshet.scoring.feature;

import io.freshet.scoring.settings.FeatureSource;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettings.Feature;
import io.freshet.scoring.settings.ModelSettings.Use;
import io.freshet.scoring.settings.ModelSettings.Words;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Turns an {@link Instance} into the ids and numbers that a model of these settings reads. A
 * function of the instance alone: it keeps nothing between calls, so any number of threads may
 * share one.
 */
public final class FeatureEncoder {

  private final FeatureLayout layout;
  private final IdSources sources;
  private final int[] ids;
  private final int[] biases;
  private final int[] counters;
  private final int[][] crosses;
  private final List<BagReader> bags;
  private final List<NumberReader> numbers;
  private final List<TokenReader> tokens;
  private final HistoryReader[] histories;
  private final HistoryPlan plan;
  private final PackedReader[] packed;

  /**
   * @param words whether the value is a text whose words are the bag
   */
  private record BagReader(FeatureSource source, boolean words, String where) {}

  private record NumberReader(FeatureSource source, boolean log, String where) {}

  private record TokenReader(FeatureSource source, Words words, String where) {}

  /**
   * @param fields indexes of sources
   */
  private record HistoryReader(String key, int length, int[] fields) {}

  /**
   * @param history index in the plan
   * @param columns of the fields in a packed entry
   */
  private record PackedReader(int history, int length, int[] columns) {}

  public FeatureEncoder(ModelSettings settings) {
    this(settings, HistoryPlan.of(List.of(settings)));
  }

  /**
   * @param plan by which {@link PastIds} are packed; of these settings among others
   */
  public FeatureEncoder(ModelSettings settings, HistoryPlan plan) {
    layout = FeatureLayout.of(settings);
    sources = new IdSources(settings.histories());
    ids = single(settings, Use.ID);
    biases = single(settings, Use.BIAS);
    counters = single(settings, Use.COUNTERS);
    crosses =
        features(settings, Use.CROSS)
            .map(cross -> cross.from().stream().mapToInt(sources::add).toArray())
            .toArray(int[][]::new);
    bags = features(settings, Use.BAG, Use.TEXT).map(FeatureEncoder::bagReader).toList();
    numbers = features(settings, Use.NUMBER).map(FeatureEncoder::numberReader).toList();
    tokens = features(settings, Use.TOKENS).map(FeatureEncoder::tokenReader).toList();
    histories =
        layout.histories().stream()
            .map(slot -> new HistoryReader(slot.key(), slot.length(), fields(slot)))
            .toArray(HistoryReader[]::new);
    this.plan = plan;
    packed = Arrays.stream(histories).map(this::packedReader).toArray(PackedReader[]::new);
  }

  private PackedReader packedReader(HistoryReader reader) {
    int[] columns =
        Arrays.stream(reader.fields).map(field -> plan.column(sources.source(field))).toArray();
    return new PackedReader(plan.index(reader.key), reader.length, columns);
  }

  private static Stream<Feature> features(ModelSettings settings, Use... uses) {
    List<Use> wanted = List.of(uses);
    return settings.features().stream().filter(feature -> wanted.contains(feature.as()));
  }

  private int[] single(ModelSettings settings, Use use) {
    return features(settings, use)
        .mapToInt(feature -> sources.add(feature.from().get(0)))
        .toArray();
  }

  private int[] fields(FeatureLayout.HistorySlot slot) {
    return slot.idSlots().stream().mapToInt(idSlot -> ids[idSlot]).toArray();
  }

  private static BagReader bagReader(Feature feature) {
    String from = feature.from().get(0);
    return new BagReader(FeatureSource.of(from), feature.as() == Use.TEXT, from);
  }

  private static NumberReader numberReader(Feature feature) {
    String from = feature.from().get(0);
    return new NumberReader(FeatureSource.of(from), feature.log(), from);
  }

  private static TokenReader tokenReader(Feature feature) {
    String from = feature.from().get(0);
    return new TokenReader(FeatureSource.of(from), feature.words(), from);
  }

  /** What the parts of {@link #encode}'s results are. */
  public FeatureLayout layout() {
    return layout;
  }

  /**
   * Encodes one instance.
   *
   * @throws IllegalArgumentException where a declared source has a value that is neither a string,
   *     a number nor a list of strings
   */
  public EncodedExample encode(Instance instance) {
    return encode(instance, sources.read(instance), histories(instance));
  }

  /**
   * Encodes one instance whose histories are given apart; those in the instance are not read.
   *
   * @param past packed by this encoder's plan
   * @throws IllegalArgumentException as {@link #encode(Instance)}
   */
  public EncodedExample encode(Instance instance, PastIds past) {
    return encode(instance, sources.read(instance, plan, past), histories(past));
  }

  private EncodedExample encode(Instance instance, long[] values, long[][][] past) {
    return new EncodedExample(
        pick(values, ids),
        bags(instance),
        crosses(values),
        pick(values, biases),
        numbers(instance),
        pick(values, counters),
        past,
        instance.eventTime(),
        tokens(instance));
  }

  private static long[] pick(long[] values, int[] indexes) {
    long[] picked = new long[indexes.length];
    for (int i = 0; i < indexes.length; i++) {
      picked[i] = values[indexes[i]];
    }
    return picked;
  }

  private long[] crosses(long[] values) {
    long[] crossed = new long[crosses.length];
    for (int c = 0; c < crosses.length; c++) {
      long[] parts = pick(values, crosses[c]);
      crossed[c] = isComplete(parts) ? Ids.cross(parts) : Ids.MISSING;
    }
    return crossed;
  }

  private static boolean isComplete(long[] parts) {
    for (long part : parts) {
      if (part == Ids.MISSING) {
        return false;
      }
    }
    return true;
  }

  private long[][] bags(Instance instance) {
    long[][] encoded = new long[bags.size()][];
    for (int b = 0; b < encoded.length; b++) {
      BagReader bag = bags.get(b);
      Object value = attribute(bag.source, instance);
      encoded[b] =
          bag.words ? AttributeValue.words(value, bag.where) : AttributeValue.bag(value, bag.where);
    }
    return encoded;
  }

  private long[][] tokens(Instance instance) {
    long[][] encoded = new long[tokens.size()][];
    for (int t = 0; t < encoded.length; t++) {
      TokenReader reader = tokens.get(t);
      Object value = attribute(reader.source, instance);
      encoded[t] = Tokens.of(AttributeValue.text(value, reader.where), reader.words);
    }
    return encoded;
  }

  /** What the tokens of each token feature are, in lower case: for people to read. */
  public List<List<String>> words(Instance instance) {
    return tokens.stream()
        .map(
            reader ->
                Tokens.words(
                    AttributeValue.text(attribute(reader.source, instance), reader.where),
                    reader.words))
        .toList();
  }

  private float[] numbers(Instance instance) {
    float[] encoded = new float[numbers.size()];
    for (int n = 0; n < encoded.length; n++) {
      NumberReader reader = numbers.get(n);
      double x =
          switch (reader.source.kind()) {
            case EVENT_HOUR -> EventClock.hour(instance.eventTime());
            case EVENT_WEEKDAY -> EventClock.weekday(instance.eventTime());
            default -> AttributeValue.number(attribute(reader.source, instance), reader.where);
          };
      encoded[n] = toFloat(reader.log ? Math.signum(x) * StrictMath.log1p(Math.abs(x)) : x);
    }
    return encoded;
  }

  /** Beyond float's range a number is the largest float: infinity would poison a model. */
  private static float toFloat(double x) {
    return (float) Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, x));
  }

  private static @Nullable Object attribute(FeatureSource source, Instance instance) {
    if (source.kind() == FeatureSource.Kind.QUERY_TEXT) {
      return instance.query();
    }
    return source.isOfItem()
        ? instance.item().get(source.name())
        : instance.context().get(source.name());
  }

  private long[][][] histories(PastIds past) {
    int stride = plan.stride();
    long[][][] encoded = new long[packed.length][][];
    for (int h = 0; h < packed.length; h++) {
      PackedReader reader = packed[h];
      byte[] block = past.block(reader.history);
      int entries = block.length / (stride * Long.BYTES);
      int length = Math.min(entries, reader.length);
      int first = (entries - length) * stride;
      encoded[h] = new long[reader.columns.length][length];
      for (int f = 0; f < reader.columns.length; f++) {
        long[] field = encoded[h][f];
        for (int j = 0, at = first + reader.columns[f]; j < length; j++, at += stride) {
          field[j] = PastIds.word(block, at);
        }
      }
    }
    return encoded;
  }

  private long[][][] histories(Instance instance) {
    long[][][] encoded = new long[histories.length][][];
    for (int h = 0; h < histories.length; h++) {
      HistoryReader reader = histories[h];
      List<HistoryEntry> entries = instance.histories().getOrDefault(reader.key, List.of());
      int length = Math.min(entries.size(), reader.length);
      int first = entries.size() - length;
      encoded[h] = new long[reader.fields.length][length];
      for (int j = 0; j < length; j++) {
        HistoryEntry entry = entries.get(first + j);
        for (int f = 0; f < reader.fields.length; f++) {
          encoded[h][f][j] = sources.readPast(reader.fields[f], entry);
        }
      }
    }
    return encoded;
  }
}
