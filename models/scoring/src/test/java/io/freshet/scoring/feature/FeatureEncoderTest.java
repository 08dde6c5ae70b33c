package io.freshet.scoring.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelsFileReader;
import io.freshet.scoring.settings.SettingsDefaults;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FeatureEncoderTest {

  /** A Sunday. */
  private static final long SUNDAY_13 = Instant.parse("2024-03-10T13:59:59.999Z").toEpochMilli();

  private static final String FEATURES =
      """
      models:
        m:
          family: din
          features:
            - {name: item, from: item.id, as: id, size: 4}
            - {name: category, from: item.category, as: id, size: 2}
            - {name: device, from: context.device, as: id, size: 3}
            - {name: hour, from: event.hour, as: id}
            - {name: weekday, from: event.weekday, as: id}
            - {name: last, from: clicked.last, as: id}
            - {name: tags, from: item.tags, as: bag, size: 5}
            - {name: words, from: item.text, as: text, size: 6}
            - {name: price, from: item.price, as: number, log: true}
            - {name: load, from: context.load, as: number}
            - {name: clock, from: event.hour, as: number}
            - {name: item-rate, from: item.id, as: counters, halfLives: [1h]}
            - {name: user-rate, from: user.id, as: counters, halfLives: [2h, 3h]}
            - {name: next, from: [item.id, clicked.last], as: cross}
            - {name: taste, from: [user.id, item.category], as: cross}
            - {name: position, from: position, as: bias}
          histories:
            - {name: clicked, of: [category, item], actions: [click, cart], length: 3}
            - {name: skipped, of: [item], actions: [none], length: 2}
      """;

  private final FeatureEncoder encoder = new FeatureEncoder(model(FEATURES));

  private static ModelSettings model(String yaml) {
    return new ModelsFileReader(Map.of("din", List.of("djl")), SettingsDefaults.LIVE)
        .read(yaml)
        .models()
        .get(0);
  }

  private static HistoryEntry clicked(String item, String category) {
    return new HistoryEntry("click", item, Map.of("category", category), 5, 1);
  }

  private static Instance instance() {
    return new Instance(
        "i1",
        Map.of(
            "category",
            "c1",
            "tags",
            List.of("x", "y", "x"),
            "text",
            "Red KETTLE, 2l",
            "price",
            -3.0),
        "u1",
        Map.of("device", "phone", "load", 0.25),
        7,
        SUNDAY_13,
        Map.of(
            "cart+click",
            List.of(
                clicked("h1", "a"), clicked("h2", "b"), clicked("h3", "c"), clicked("h4", "d"))));
  }

  private static Instance bare() {
    return new Instance("i1", Map.of(), null, Map.of(), 0, SUNDAY_13, Map.of());
  }

  private static long[] ids(String... texts) {
    long[] ids = new long[texts.length];
    for (int i = 0; i < texts.length; i++) {
      ids[i] = Ids.of(texts[i]);
    }
    return ids;
  }

  @Test
  void textsOfQueryAndItemAreTokensInTheOrderOfTheirFeatures() {
    FeatureEncoder texts =
        new FeatureEncoder(
            model(
                """
                models:
                  m:
                    family: din
                    features:
                      - {name: document, from: item.text, as: tokens, length: 2, subwords: 0}
                      - {name: query, from: query.text, as: tokens, length: 32, punctuation: true}
                      - {name: asked, from: query.text, as: id}
                """));
    Instance asked =
        new Instance(
            "i1", Map.of("text", "Red kettle, 2l"), null, Map.of(), 1, 5, Map.of(), "Tea?");

    EncodedExample example = texts.encode(asked);

    assertThat(example.tokens()[0])
        .isEqualTo(new long[] {Ids.of("red"), Ids.SHARED, Ids.of("kettle"), Ids.SHARED});
    assertThat(example.tokens()[1])
        .isEqualTo(
            new long[] {
              Ids.of("tea"), Ids.of("#<tea"), Ids.of("#tea>"), Ids.SHARED, Ids.of("?"), Ids.SHARED
            });
    assertThat(example.ids()).isEqualTo(ids("Tea?"));
    assertThat(texts.layout().tokens())
        .extracting(FeatureLayout.TokenSlot::name, FeatureLayout.TokenSlot::ofQuery)
        .containsExactly(tuple("document", false), tuple("query", true));
    assertThat(texts.encode(bare()).tokens()).isEqualTo(new long[2][0]);
    assertThat(texts.encode(bare()).ids()).isEqualTo(new long[] {Ids.MISSING});
  }

  @Test
  void everyKindOfFeatureReachesItsSlot() {
    EncodedExample example = encoder.encode(instance());

    assertThat(example.ids()).containsExactly(ids("i1", "c1", "phone", "13", "7", "h4"));
    assertThat(example.bags()[0]).containsExactly(ids("x", "y", "x"));
    assertThat(example.bags()[1]).containsExactly(ids("red", "kettle", "2l"));
    assertThat(example.numbers()).containsExactly((float) -StrictMath.log1p(3), 0.25f, 13f);
    assertThat(example.counterIds()).containsExactly(ids("i1", "u1"));
    assertThat(example.crosses())
        .containsExactly(Ids.cross(ids("i1", "h4")), Ids.cross(ids("u1", "c1")));
    assertThat(example.biases()).containsExactly(ids("7"));
    assertThat(example.eventTime()).isEqualTo(SUNDAY_13);
  }

  @Test
  void historyKeepsItsNewestEntriesOldestFirst() {
    EncodedExample example = encoder.encode(instance());

    assertThat(example.histories()[0][0]).containsExactly(ids("b", "c", "d"));
    assertThat(example.histories()[0][1]).containsExactly(ids("h2", "h3", "h4"));
    assertThat(example.historyLength(0)).isEqualTo(3);
    assertThat(example.histories()[1]).hasDimensions(1, 0);
  }

  @Test
  void layoutNamesTheSlotsInTheOrderOfTheEncoding() {
    FeatureLayout layout = encoder.layout();

    assertThat(layout.ids())
        .containsExactly(
            new FeatureLayout.IdSlot("item", 4),
            new FeatureLayout.IdSlot("category", 2),
            new FeatureLayout.IdSlot("device", 3),
            new FeatureLayout.IdSlot("hour", 16),
            new FeatureLayout.IdSlot("weekday", 16),
            new FeatureLayout.IdSlot("last", 16));
    assertThat(layout.bags())
        .containsExactly(new FeatureLayout.IdSlot("tags", 5), new FeatureLayout.IdSlot("words", 6));
    assertThat(layout.numbers()).containsExactly("price", "load", "clock");
    assertThat(layout.counters())
        .containsExactly(
            new FeatureLayout.CounterSlot("item-rate", List.of(3_600_000L)),
            new FeatureLayout.CounterSlot("user-rate", List.of(7_200_000L, 10_800_000L)));
    assertThat(layout.crosses())
        .containsExactly(new FeatureLayout.IdSlot("next", 1), new FeatureLayout.IdSlot("taste", 1));
    assertThat(layout.biases()).containsExactly(new FeatureLayout.IdSlot("position", 1));
    assertThat(layout.histories().get(0))
        .isEqualTo(
            new FeatureLayout.HistorySlot(
                "clicked",
                "cart+click",
                List.of(
                    new FeatureLayout.IdSlot("category", 2), new FeatureLayout.IdSlot("item", 4)),
                List.of(1, 0),
                3));
    assertThat(layout.histories().get(0).width()).isEqualTo(6);
  }

  @Test
  void whatIsMissingIsSaidToBeMissing() {
    EncodedExample example = encoder.encode(bare());

    assertThat(example.ids())
        .containsExactly(
            Ids.of("i1"), Ids.MISSING, Ids.MISSING, Ids.of("13"), Ids.of("7"), Ids.MISSING);
    assertThat(example.bags()).hasDimensions(2, 0);
    assertThat(example.numbers()).containsExactly(Float.NaN, Float.NaN, 13f);
    assertThat(example.counterIds()).containsExactly(Ids.of("i1"), Ids.MISSING);
    assertThat(example.crosses()).containsExactly(Ids.MISSING, Ids.MISSING);
    assertThat(example.histories()[0]).hasDimensions(2, 0);
  }

  @Test
  void valueOfAnotherTypeIsMissingWhereItCannotBeRead() {
    Instance odd =
        with(Map.of("category", List.of("c"), "tags", "one", "price", "3.5", "text", 4.0));

    EncodedExample example = encoder.encode(odd);

    assertThat(example.ids()[1]).isEqualTo(Ids.MISSING);
    assertThat(example.bags()[0]).containsExactly(ids("one"));
    assertThat(example.bags()[1]).isEmpty();
    assertThat(example.numbers()[0]).isNaN();
  }

  @Test
  void emptyStringsAndNumbersThatAreNotFiniteAreMissing() {
    Instance odd = with(Map.of("category", "", "tags", List.of("", "x"), "price", Double.NaN));

    EncodedExample example = encoder.encode(odd);

    assertThat(example.ids()[1]).isEqualTo(Ids.MISSING);
    assertThat(example.bags()[0]).containsExactly(ids("x"));
    assertThat(example.numbers()[0]).isNaN();
    assertThat(encoder.encode(with(Map.of("price", Double.POSITIVE_INFINITY))).numbers()[0])
        .isNaN();
    assertThat(encoder.encode(with(Map.of("category", Double.NaN))).ids()[1])
        .isEqualTo(Ids.MISSING);
  }

  @Test
  void idOfANumberIsThatOfItsDecimalText() {
    assertThat(encoder.encode(with(Map.of("category", 3.0))).ids()[1]).isEqualTo(Ids.of("3"));
    assertThat(encoder.encode(with(Map.of("category", 0.1))).ids()[1]).isEqualTo(Ids.of("0.1"));
  }

  @Test
  void numberBeyondTheRangeOfFloatsStaysFinite() {
    FeatureEncoder plain =
        new FeatureEncoder(
            model("models: {m: {family: din, features: [{name: x, from: item.x, as: number}]}}"));

    assertThat(plain.encode(with(Map.of("x", -1e300))).numbers()).containsExactly(-Float.MAX_VALUE);
  }

  @Test
  void valueOfNoKnownTypeIsRefusedByName() {
    assertThatThrownBy(() -> encoder.encode(with(Map.of("category", true))))
        .hasMessage(
            "item.category: must be a string, a number or a list of strings, got"
                + " java.lang.Boolean");
    assertThatThrownBy(() -> encoder.encode(with(Map.of("tags", List.of(1)))))
        .hasMessageStartingWith("item.tags: must be");
  }

  private static Instance with(Map<String, Object> item) {
    return new Instance("i1", item, "u1", Map.of(), 1, SUNDAY_13, Map.of());
  }

  @Test
  void positionThatIsNotKnownYetIsThatOfTheFirst() {
    assertThat(encoder.encode(bare()).biases()).containsExactly(ids("1"));
  }

  @Test
  void hoursAndWeekdaysAreUtcBeforeAndAfter1970() {
    assertThat(EventClock.hour(-1)).isEqualTo(23);
    assertThat(EventClock.weekday(-1)).isEqualTo(3);
    assertThat(EventClock.weekday(0)).isEqualTo(4);
    assertThat(EventClock.hour(SUNDAY_13)).isEqualTo(13);
    assertThat(EventClock.weekday(SUNDAY_13)).isEqualTo(7);
    assertThat(EventClock.weekday(Instant.parse("2024-03-11T00:00:00Z").toEpochMilli()))
        .isEqualTo(1);
  }

  @Test
  void equalInstancesHaveEqualEncodingsWhateverWasEncodedBefore() {
    Random random = new Random(3);
    FeatureEncoder used = new FeatureEncoder(model(FEATURES));
    for (int i = 0; i < 200; i++) {
      long seed = random.nextLong();
      Instance one = random(new Random(seed));
      Instance same = random(new Random(seed));

      assertThat(used.encode(one)).isEqualTo(new FeatureEncoder(model(FEATURES)).encode(same));
    }
  }

  @Test
  void whatNoFeatureNamesChangesNothing() {
    Random random = new Random(4);
    for (int i = 0; i < 100; i++) {
      Instance plain = random(random);
      Map<String, Object> item = new HashMap<>(plain.item());
      item.put("clicked", 1.0);
      item.put("id", "another");
      Map<String, Object> context = new HashMap<>(plain.context());
      context.put("label", List.of("1"));
      context.put("category", "z");
      Map<String, List<HistoryEntry>> histories = new HashMap<>(plain.histories());
      histories.put("click", List.of(clicked("other", "z")));
      Instance more =
          new Instance(
              plain.itemId(),
              item,
              plain.userId(),
              context,
              plain.position(),
              plain.eventTime(),
              histories);

      assertThat(encoder.encode(more)).isEqualTo(encoder.encode(plain));
    }
  }

  @Test
  void pastItemsGiveTheirIdsAndNothingElse() {
    HistoryEntry one = new HistoryEntry("click", "h", Map.of("category", "a"), 5, 1);
    HistoryEntry other =
        new HistoryEntry("cart", "h", Map.of("category", "a", "price", 9.0), 999, 7);

    assertThat(encoder.encode(after(one))).isEqualTo(encoder.encode(after(other)));
  }

  @Test
  void packedHistoriesEncodeAsTheirEntriesDo() {
    ModelSettings other =
        model(
            """
            models:
              n:
                family: din
                features: [{name: brand, from: item.brand, as: id}]
                histories: [{name: all, of: [brand], actions: [click, cart, none], length: 5}]
            """);
    HistoryPlan plan = HistoryPlan.of(List.of(other, model(FEATURES)));
    FeatureEncoder packing = new FeatureEncoder(model(FEATURES), plan);
    Random random = new Random(5);
    for (int i = 0; i < 200; i++) {
      Instance instance = random(random);
      Instance without =
          new Instance(
              instance.itemId(),
              instance.item(),
              instance.userId(),
              instance.context(),
              instance.position(),
              instance.eventTime(),
              Map.of());
      PastIds past = PastIds.of(plan, instance.histories());

      assertThat(packing.encode(without, past)).isEqualTo(encoder.encode(instance));
    }
  }

  @Test
  void packedHistoriesKnowWhatWasDoneWithAnItem() {
    HistoryPlan plan = HistoryPlan.of(List.of(model(FEATURES)));
    PastIds past =
        PastIds.of(
            plan,
            Map.of(
                "cart+click", List.of(clicked("a", "x"), clicked("b", "y")),
                "none", List.of(new HistoryEntry("none", "c", Map.of(), 0, 1))));

    assertThat(past.holds(plan, Ids.of("b"), Ids.of("click"))).isTrue();
    assertThat(past.holds(plan, Ids.of("b"), Ids.of("cart"))).isFalse();
    assertThat(past.holds(plan, Ids.of("c"), Ids.of("click"))).isFalse();
    assertThat(PastIds.NONE.holds(plan, Ids.of("b"), Ids.of("click"))).isFalse();
  }

  private static Instance after(HistoryEntry entry) {
    return new Instance(
        "i1", Map.of(), "u1", Map.of(), 1, SUNDAY_13, Map.of("cart+click", List.of(entry)));
  }

  @Test
  void veryLongStringsAreEncoded() {
    String id = "i".repeat(10_000);
    String text = "word ".repeat(2_000);

    EncodedExample example =
        encoder.encode(
            new Instance(id, Map.of("text", text), id, Map.of(), 1, SUNDAY_13, Map.of()));

    assertThat(example.ids()[0]).isEqualTo(Ids.of(id));
    assertThat(example.bags()[1]).hasSize(2_000).containsOnly(Ids.of("word"));
  }

  @Test
  void wordsAreLettersAndDigitsOfAnyScript() {
    Instance instance = with(Map.of("text", "Größe-42 \uD835\uDC00 日本, ÉTÉ!"));

    assertThat(encoder.encode(instance).bags()[1])
        .containsExactly(ids("größe", "42", "\uD835\uDC00", "日本", "été"));
  }

  private static Instance random(Random random) {
    Map<String, Object> item = new HashMap<>();
    if (random.nextBoolean()) {
      item.put("category", "c" + random.nextInt(5));
    }
    if (random.nextBoolean()) {
      item.put("tags", List.of("t" + random.nextInt(5), "t" + random.nextInt(5)));
    }
    if (random.nextBoolean()) {
      item.put("price", random.nextGaussian());
      item.put("text", "w" + random.nextInt() + " v" + random.nextInt(3));
    }
    Map<String, Object> context = new HashMap<>();
    if (random.nextBoolean()) {
      context.put("device", "d" + random.nextInt(3));
    }
    List<HistoryEntry> clicked = new ArrayList<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      clicked.add(clicked("h" + random.nextInt(9), "c" + random.nextInt(5)));
    }
    return new Instance(
        "i" + random.nextInt(9),
        item,
        random.nextBoolean() ? "u" + random.nextInt(9) : null,
        context,
        random.nextInt(4),
        random.nextLong() / 1_000,
        Map.of("cart+click", clicked));
  }
}
