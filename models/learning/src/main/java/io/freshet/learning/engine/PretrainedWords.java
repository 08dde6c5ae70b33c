package io.freshet.learning.engine;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.feature.Tokens;
import io.freshet.scoring.settings.ModelSettings.Words;
import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a pretrained encoder, a TorchScript file that stays as it is, says of each whole word of its
 * tokenizer's vocabulary, read once: the mean of the vectors that it gives the word's tokens where
 * the word stands alone, less the mean over all words (Mu, Viswanath, ICLR 2018), brought to length
 * 1. What the word means beside others is lost. Words that the vocabulary has in pieces only have
 * no vector.
 *
 * <p>The file's {@code forward} takes ids and a mask of ones, both [words, tokens] of 64-bit
 * integers, and gives vectors [words, tokens, width], alone or first among several results.
 *
 * <p>Entries are rounded to {@value #GRAIN} of the largest, so that machines whose last bits differ
 * start from the same.
 */
public final class PretrainedWords {

  private static final int BATCH = 64;
  private static final float GRAIN = 1f / 1024;
  private static final double SHORTEST = 1e-6;
  private static final Words ALL = new Words(2, 0, false);

  private final long files;
  private final Long2ObjectOpenHashMap<float[]> vectors = new Long2ObjectOpenHashMap<>();

  private PretrainedWords(long files) {
    this.files = files;
  }

  /**
   * Reads all words.
   *
   * @param tokenizer a file in the format of Hugging Face's tokenizers, JSON
   * @param model a TorchScript file
   * @param width of the vectors
   * @throws IllegalArgumentException if a file is not there or is something else, or the vectors
   *     are of another width
   */
  public static PretrainedWords read(Path tokenizer, Path model, int width) {
    byte[] ofTokenizer = bytes("tokenizer", tokenizer);
    byte[] ofModel = bytes("model", model);
    PretrainedWords words = new PretrainedWords(hash(ofTokenizer, ofModel));
    DjlRuntime.start();
    Map<Integer, List<Word>> byLength = new TreeMap<>();
    TreeSet<String> vocabulary = new TreeSet<>(TokenizerFile.words(tokenizer, ofTokenizer));
    try (HuggingFaceTokenizer opened = open(tokenizer, ofTokenizer)) {
      for (String word : vocabulary) {
        if (Tokens.words(word, ALL).equals(List.of(word))) {
          Encoding encoding = opened.encode(word);
          byLength
              .computeIfAbsent(encoding.getIds().length, length -> new ArrayList<>())
              .add(new Word(word, encoding.getIds(), encoding.getSpecialTokenMask()));
        }
      }
    }
    try (Model loaded = Model.newInstance("pretrained", Device.cpu(), "PyTorch")) {
      loaded.load(new ByteArrayInputStream(ofModel), Map.of());
      DjlRuntime.run(
          false,
          () -> {
            words.encode(loaded, model, byLength, width);
            return words;
          });
    } catch (IOException | MalformedModelException | EngineException wrong) {
      throw refused("model", "a TorchScript file", model, wrong);
    }
    words.centre(width);
    return words;
  }

  /** The native library throws whatever it likes at a file that is none of its. */
  private static HuggingFaceTokenizer open(Path file, byte[] json) {
    try {
      return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), Map.of());
    } catch (IOException | RuntimeException wrong) {
      throw refused("tokenizer", "a tokenizer's JSON", file, wrong);
    }
  }

  private record Word(String text, long[] ids, long[] special) {}

  private void encode(Model model, Path file, Map<Integer, List<Word>> byLength, int width) {
    try (NDManager manager = model.getNDManager().newSubManager();
        Predictor<NDList, NDList> predictor = model.newPredictor(new NoopTranslator(null))) {
      for (List<Word> same : byLength.values()) {
        for (int from = 0; from < same.size(); from += BATCH) {
          List<Word> batch = same.subList(from, Math.min(from + BATCH, same.size()));
          encode(manager, predictor, file, batch, width);
        }
      }
    } catch (TranslateException wrong) {
      throw refused("model", "one that takes ids and a mask, [words, tokens]", file, wrong);
    }
  }

  private void encode(
      NDManager manager,
      Predictor<NDList, NDList> predictor,
      Path file,
      List<Word> batch,
      int width)
      throws TranslateException {
    int tokens = batch.get(0).ids.length;
    Shape shape = new Shape(batch.size(), tokens);
    long[] ids = batch.stream().flatMapToLong(word -> Arrays.stream(word.ids)).toArray();
    long[] ones = new long[ids.length];
    Arrays.fill(ones, 1);
    try (NDManager step = manager.newSubManager()) {
      NDList in = new NDList(step.create(ids, shape), step.create(ones, shape));
      NDList out = predictor.predict(in);
      try (out) {
        NDArray first = out.get(0);
        Shape due = new Shape(batch.size(), tokens, width);
        if (!first.getShape().equals(due)) {
          throw new IllegalArgumentException(
              "ranking.pretrained.model: must give vectors [words, tokens, ranking.width], here %s, got %s from %s"
                  .formatted(due, first.getShape(), file));
        }
        float[] floats = first.toFloatArray();
        for (int w = 0; w < batch.size(); w++) {
          add(batch.get(w), floats, w * tokens * width, width, file);
        }
      }
    }
  }

  private void add(Word word, float[] floats, int offset, int width, Path file) {
    float[] mean = new float[width];
    int tokens = 0;
    for (int t = 0; t < word.ids.length; t++) {
      if (word.special[t] == 0) {
        tokens++;
        for (int i = 0; i < width; i++) {
          mean[i] += floats[offset + t * width + i];
        }
      }
    }
    for (int i = 0; i < width; i++) {
      mean[i] /= Math.max(1, tokens);
      if (!Float.isFinite(mean[i])) {
        throw new IllegalArgumentException(
            "ranking.pretrained.model: must give finite vectors, got %s for \"%s\" from %s"
                .formatted(mean[i], word.text, file));
      }
    }
    if (tokens > 0) {
      vectors.put(Ids.of(word.text), mean);
    }
  }

  private void centre(int width) {
    double[] mean = new double[width];
    long[] ids = vectors.keySet().toLongArray();
    Arrays.sort(ids);
    for (long id : ids) {
      for (int i = 0; i < width; i++) {
        mean[i] += vectors.get(id)[i] / (double) ids.length;
      }
    }
    for (long id : ids) {
      float[] vector = vectors.get(id);
      double squares = 0;
      for (int i = 0; i < width; i++) {
        squares += (vector[i] - mean[i]) * (vector[i] - mean[i]);
      }
      double length = Math.sqrt(squares);
      if (length < SHORTEST) {
        vectors.remove(id);
        continue;
      }
      for (int i = 0; i < width; i++) {
        vector[i] = GRAIN * Math.round((vector[i] - mean[i]) / length / GRAIN);
      }
    }
  }

  /** The vector of a word, its own and not to be changed; null where there is none. */
  public float @Nullable [] vector(long id) {
    return vectors.get(id);
  }

  /** Words that have a vector. */
  public int size() {
    return vectors.size();
  }

  /** Half of the SHA-256 of both files' bytes. */
  public long files() {
    return files;
  }

  private static byte[] bytes(String what, Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException unreadable) {
      throw refused(what, "a file that can be read", file, unreadable);
    }
  }

  private static long hash(byte[]... files) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (byte[] file : files) {
        digest.update(Integer.toString(file.length).getBytes(StandardCharsets.UTF_8));
        digest.update(file);
      }
      return ByteBuffer.wrap(digest.digest()).getLong();
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has SHA-256", impossible);
    }
  }

  static IllegalArgumentException refused(String what, String due, Path file, Exception cause) {
    return new IllegalArgumentException(
        "ranking.pretrained.%s: must be %s, got %s: %s"
            .formatted(what, due, file, cause.getMessage()),
        cause);
  }
}
