package io.freshet.job;

import java.util.List;

/**
 * The evaluation of one step of one model. A step that was repeated after a restart is published
 * again with a higher epoch and the same rows: the highest epoch of a (model, step) counts.
 *
 * @param family the model's, or {@code reference}
 */
public record Evaluation(
    String model, String family, long epoch, long step, List<EvaluationRow> rows) {}
