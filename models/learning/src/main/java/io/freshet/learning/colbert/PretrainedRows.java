package io.freshet.learning.colbert;

import io.freshet.learning.engine.PretrainedWords;
import io.freshet.learning.table.ExactNumbers;
import io.freshet.learning.table.LearnerChanges;
import io.freshet.scoring.colbert.ColbertShape;
import io.freshet.scoring.settings.RankingSettings.Pretrained;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What words start from where a pretrained encoder is given. Which files it was read from is a
 * learner's own state: a learner goes on with the same only.
 */
final class PretrainedRows implements LearnerChanges.Numbers {

  private final ColbertShape shape;
  private final Pretrained settings;
  private @Nullable PretrainedWords words;

  PretrainedRows(ColbertShape shape, LearnerChanges changes) {
    this.shape = shape;
    this.settings = shape.ranking().pretrained();
    if (settings.given()) {
      changes.ownNumbers("pretrained.files", this);
    }
  }

  /**
   * Reads the encoder, if one is given.
   *
   * @throws IllegalArgumentException if it is not what the settings say
   */
  void open() {
    if (settings.given()) {
      words =
          PretrainedWords.read(
              Path.of(settings.tokenizer()), Path.of(settings.model()), shape.ranking().width());
    }
  }

  /** What the row of a word starts from; null where nothing is known of it. */
  float @Nullable [] start(long id) {
    float[] vector = words == null ? null : words.vector(id);
    return vector == null ? null : shape.offset(id, vector);
  }

  boolean knows(long id) {
    return words != null && words.vector(id) != null;
  }

  @Override
  public int count() {
    return 1;
  }

  @Override
  public void write(float[] into) {
    ExactNumbers.write(words == null ? 0 : words.files(), into, 0);
  }

  @Override
  public void read(float[] from) {
    long learnt = ExactNumbers.read(from, 0);
    if (words != null && words.files() != learnt) {
      throw new IllegalArgumentException(
          "ranking.pretrained: must be the files that the model began with, of hash %016x, got %016x in %s"
              .formatted(learnt, words.files(), settings));
    }
  }
}
