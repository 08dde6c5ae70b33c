package io.freshet.learning.reference;

import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.Instance;

/**
 * What a reference may see of an impression: what a learner sees. A simulator's true click
 * probability is in neither part.
 *
 * @param instance as it was at the impression
 * @param encoded the same, encoded by the layout of {@link ReferenceSettings#layout}
 * @param clicked whether the item stands in a history of the user with the label's action
 */
public record ReferenceExample(Instance instance, EncodedExample encoded, boolean clicked) {}
