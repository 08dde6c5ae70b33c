package io.freshet.learning.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The vocabulary of a tokenizer in Hugging Face's format. */
final class TokenizerFile {

  private static final String CONTINUES = "##";
  private static final String BEGINS = "[\u0120\u2581].*";

  private TokenizerFile() {}

  /**
   * The entries that begin a word, without the mark that says so: those without {@code ##}, or
   * where there are entries with a mark of a word's beginning, those with it.
   */
  static List<String> words(Path file, byte[] json) {
    List<String> entries = new ArrayList<>();
    try {
      JsonNode vocabulary = JsonMapper.builder().build().readTree(json).at("/model/vocab");
      vocabulary.fieldNames().forEachRemaining(entries::add);
      if (vocabulary.isArray()) {
        vocabulary.forEach(entry -> entries.add(entry.path(0).asText()));
      }
    } catch (IOException wrong) {
      throw PretrainedWords.refused("tokenizer", "a tokenizer's JSON", file, wrong);
    }
    if (entries.isEmpty()) {
      throw new IllegalArgumentException(
          "ranking.pretrained.tokenizer: must have a vocabulary in model.vocab, got none in "
              + file);
    }
    boolean marked = entries.stream().anyMatch(entry -> entry.matches(BEGINS));
    return entries.stream()
        .filter(entry -> marked ? entry.matches(BEGINS) : !entry.startsWith(CONTINUES))
        .map(entry -> marked ? entry.substring(1) : entry)
        .toList();
  }
}
