package io.freshet.job.timeline;

import io.freshet.scoring.feature.HistoryPlan;
import io.freshet.scoring.settings.FeatureSource;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelsFile;
import java.io.Serializable;
import java.util.Set;
import java.util.TreeSet;

/**
 * What timelines keep, following from what the models declare.
 *
 * @param labelAction the action that makes an example positive
 * @param waitMs from an impression to the end of the wait for its label
 * @param histories which to keep, and what of their entries
 * @param itemAttributes that impressions get
 * @param userExpiryMs event time without an event after which a user's histories go
 */
public record TimelineSettings(
    String labelAction,
    long waitMs,
    HistoryPlan histories,
    Set<String> itemAttributes,
    long userExpiryMs)
    implements Serializable {

  /** The attribute under which an item's text is a feature. */
  public static final String TEXT = "text";

  private static final long USER_EXPIRY_MS = 365L * 24 * 3600 * 1000;

  public TimelineSettings {
    itemAttributes = new TreeSet<>(itemAttributes);
  }

  /** What all models of a file need together. */
  public static TimelineSettings of(ModelsFile file) {
    HistoryPlan plan = HistoryPlan.of(file.models());
    Set<String> itemAttributes = new TreeSet<>(plan.itemAttributes());
    for (ModelSettings model : file.models()) {
      for (ModelSettings.Feature feature : model.features()) {
        for (String from : feature.from()) {
          FeatureSource source = FeatureSource.of(from);
          if (source.kind() == FeatureSource.Kind.ITEM_ATTRIBUTE) {
            itemAttributes.add(source.name());
          }
        }
      }
    }
    return new TimelineSettings(
        file.stream().labelAction(), file.stream().waitMs(), plan, itemAttributes, USER_EXPIRY_MS);
  }
}
