package io.freshet.search;

import io.freshet.scoring.colbert.ColbertScoring;
import io.freshet.scoring.colbert.ColbertShape;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureEncoder;
import io.freshet.scoring.feature.FeatureLayout.TokenSlot;
import io.freshet.scoring.feature.Instance;
import io.freshet.scoring.feature.Tokens;
import io.freshet.scoring.settings.FeatureSource;
import io.freshet.scoring.settings.InvalidSettings;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettings.Use;
import io.freshet.scoring.settings.ModelSettings.Words;
import io.freshet.scoring.settings.ModelSettingsJson;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a model's settings make of queries and documents before any state reads them. Safe for any
 * number of threads.
 */
public final class RankingModel {

  private static final String FAMILY = new ColbertScoring().name();

  private final ModelSettings settings;
  private final String json;
  private final ColbertShape shape;
  private final FeatureEncoder encoder;
  private final List<String> documentAttributes;

  /**
   * A query, read.
   *
   * @param tokens without masks
   * @param words what they are
   * @param wordsInAll of the text
   */
  record Query(String text, long[] tokens, List<String> words, int wordsInAll) {}

  private RankingModel(String json, ModelSettings settings) {
    this.json = json;
    this.settings = settings;
    this.shape = new ColbertShape(settings);
    this.encoder = new FeatureEncoder(settings);
    this.documentAttributes =
        settings.features().stream()
            .filter(feature -> feature.as() == Use.TOKENS)
            .map(feature -> FeatureSource.of(feature.from().get(0)))
            .filter(source -> source.kind() == FeatureSource.Kind.ITEM_ATTRIBUTE)
            .map(FeatureSource::name)
            .distinct()
            .toList();
  }

  /**
   * @param json a manifest's settings
   * @throws NoRanker if they are not those of a late-interaction model
   */
  public static RankingModel of(String json) {
    ModelSettings settings;
    try {
      settings = ModelSettingsJson.read(json);
    } catch (InvalidSettings e) {
      throw new NoRanker("a manifest's settings must be readable: " + e.getMessage());
    }
    if (!settings.family().equals(FAMILY)) {
      throw new NoRanker(
          "a model that searches must be of family %s, %s is of family %s"
              .formatted(FAMILY, settings.name(), settings.family()));
    }
    return new RankingModel(json, settings);
  }

  /** The settings as they were given. */
  String json() {
    return json;
  }

  ModelSettings settings() {
    return settings;
  }

  /** The items' attributes that are read as documents. */
  public List<String> documentAttributes() {
    return documentAttributes;
  }

  Query query(String text) {
    EncodedExample read = encoder.encode(instance("", Map.of(), text, 0));
    List<List<String>> slots = encoder.words(instance("", Map.of(), text, 0));
    List<String> words = new ArrayList<>();
    int all = 0;
    for (int t = 0; t < slots.size(); t++) {
      TokenSlot slot = shape.layout().tokens().get(t);
      if (slot.ofQuery()) {
        words.addAll(slots.get(t));
        Words unlimited = new Words(Integer.MAX_VALUE, 0, slot.words().punctuation());
        all = Math.max(all, Tokens.words(text, unlimited).size());
      }
    }
    return new Query(text, shape.queryTokens(read), words, all);
  }

  /** The tokens of a document. */
  long[] document(CatalogueItem item) {
    return shape.document(encoder.encode(instance(item.id(), item.attributes(), null, 0)));
  }

  /** What the tokens of a document are. */
  List<String> documentWords(CatalogueItem item) {
    List<List<String>> slots = encoder.words(instance(item.id(), item.attributes(), null, 0));
    List<String> words = new ArrayList<>();
    for (int t = 0; t < slots.size(); t++) {
      if (!shape.layout().tokens().get(t).ofQuery()) {
        words.addAll(slots.get(t));
      }
    }
    return words;
  }

  /** Whether anything but a match makes a logit. */
  boolean addsToMatches() {
    return !shape.additions().isEmpty();
  }

  /** What adds to the match of a query and a document; the document's text is not read. */
  EncodedExample additions(Query query, CatalogueItem item, long now) {
    Map<String, Object> attributes = new HashMap<>(item.attributes());
    attributes.keySet().removeAll(documentAttributes);
    return encoder.encode(instance(item.id(), attributes, query.text(), now));
  }

  private static Instance instance(
      String id, Map<String, Object> attributes, @Nullable String query, long now) {
    return new Instance(id, attributes, null, Map.of(), 0, now, Map.of(), query);
  }
}
