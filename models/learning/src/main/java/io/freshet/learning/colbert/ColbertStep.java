package io.freshet.learning.colbert;

import java.util.Map;

/**
 * What one forward and backward gives.
 *
 * @param logits [examples] before calibration
 * @param loss mean of weight × log loss of the logits
 * @param rankingLoss of the lists, in-batch negatives and a teacher, mean over the lists
 * @param tensors gradient of every trainable tensor, by name
 * @param words [entries × width]
 * @param weights [entries]
 * @param additions [tables][entries]
 */
record ColbertStep(
    float[] logits,
    double loss,
    double rankingLoss,
    Map<String, float[]> tensors,
    float[] words,
    float[] weights,
    float[][] additions) {}
