package io.freshet.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.modellog.Version;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.serving.testing.FakeModelReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Every generation of these models has its own direction for kettles, in queries and in documents:
 * a version that met documents of another one would match them by next to nothing.
 */
class GenerationsTest {

  private final ModelSettings settings = Colbert.settings();
  private final FakeModelReader reader = new FakeModelReader(instance -> 0.5);
  private final Catalogue catalogue = new Catalogue(Bm25.DEFAULT, List.of("text"));
  private final ByHand background = new ByHand();
  private final Searcher searcher = Searcher.open(reader, catalogue, background);

  @BeforeEach
  void fill() {
    for (int i = 0; i < 50; i++) {
      catalogue.put("i" + i, 1, Map.of(), "kettle");
    }
    catalogue.refresh();
  }

  @AfterEach
  void close() {
    searcher.close();
    catalogue.close();
  }

  private Version publish(int generation) {
    return reader.publish(settings, Colbert.state(settings, generation, "kettle"));
  }

  /** Searches, and looks whether version and vectors are of one generation. */
  private static Found search(Searcher searcher) {
    Found found = searcher.search("kettle", 10, 1);
    assertThat(found.documents()).hasSize(10);
    for (Ranked ranked : found.documents()) {
      assertThat(ranked.match()).isGreaterThan(0.99f);
    }
    return found;
  }

  private Version found() {
    return search(searcher).version();
  }

  @Test
  void theLastVersionBeforeAGenerationIsSearchedWithUntilItsDocumentsAreRead() {
    Version first = publish(1);
    assertThat(found()).isEqualTo(first);
    Version last = publish(1);
    assertThat(found()).isEqualTo(last);

    publish(2);
    assertThat(found()).isEqualTo(last);
    publish(2);
    assertThat(found()).isEqualTo(last);
    assertThat(background.next()).isTrue();
    Version newest = publish(2);
    assertThat(found()).isEqualTo(newest);
    assertThat(background.next()).isFalse();
  }

  @Test
  void saysHowStaleTheVersionIsThatIsSearchedWith() {
    publish(1);
    reader.setStaleness(Duration.ofMillis(900));
    assertThat(search(searcher).staleness()).isEqualTo(Duration.ofMillis(900));
    publish(2);
    assertThat(search(searcher).staleness()).isEqualTo(Duration.ofMillis(900));
    assertThat(search(searcher).generation()).isEqualTo(1);
  }

  @Test
  void whenGenerationsComeFasterThanDocumentsAreReadWhatIsReadIsSearchedWith() {
    Version first = publish(1);
    found();
    publish(2);
    publish(3);
    Version newest = publish(4);
    assertThat(found()).isEqualTo(first);
    // Of those that came only the newest is read.
    assertThat(background.next()).isTrue();
    assertThat(found()).isEqualTo(newest);
    while (background.next()) {
      assertThat(found()).isEqualTo(newest);
    }
  }

  @Test
  void aDocumentThatHasChangedIsReadWhenItIsMet() {
    publish(1);
    found();
    Version second = publish(2);
    catalogue.put("i0", 2, Map.of(), "kettle kettle");
    catalogue.forget("i1");
    catalogue.refresh();
    assertThat(background.next()).isTrue();
    assertThat(found()).isEqualTo(second);
    publish(3);
    assertThat(found()).isEqualTo(second);
  }

  @Test
  void goingBackToWhatIsReadNeedsNoReading() {
    publish(1);
    found();
    publish(2);
    Version back = publish(1);
    assertThat(found()).isEqualTo(back);
    // What was to be read meanwhile is not wanted any more.
    while (background.next()) {
      assertThat(found()).isEqualTo(back);
    }
    Version next = publish(1);
    assertThat(found()).isEqualTo(next);
  }

  @Test
  void aClosedSearcherReadsNothingAnewHoweverLongItsReaderGoesOn() {
    publish(1);
    found();
    searcher.close();
    publish(2);
    publish(3);
    assertThat(background.next()).isFalse();
  }

  @Test
  void neverMixesUnderConcurrentSwaps() throws Exception {
    int versions = 300;
    publish(1);
    AtomicBoolean done = new AtomicBoolean();
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try (Searcher concurrent = Searcher.open(reader, catalogue)) {
      Callable<Set<Long>> searching =
          () -> {
            Set<Long> generations = new TreeSet<>();
            while (!done.get()) {
              Found found = search(concurrent);
              assertThat(1 + (found.version().number() - 1) / 3).isEqualTo(found.generation());
              generations.add(found.generation());
            }
            return generations;
          };
      List<Future<Set<Long>>> searches = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        searches.add(threads.submit(searching));
      }
      for (int number = 2; number <= versions; number++) {
        publish(1 + (number - 1) / 3);
      }
      done.set(true);
      for (Future<Set<Long>> each : searches) {
        assertThat(each.get(30, TimeUnit.SECONDS)).hasSizeGreaterThan(1);
      }
    } finally {
      done.set(true);
      threads.shutdownNow();
    }
  }
}
