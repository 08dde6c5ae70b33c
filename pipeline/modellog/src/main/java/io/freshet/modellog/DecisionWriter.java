package io.freshet.modellog;

import io.freshet.modellog.LogMedium.Lane;
import io.freshet.modellog.LogMedium.Topic;
import io.freshet.scoring.state.StateDelta;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes decisions, and beside a refusal the candidate: its chunks carry no number, and lie where
 * no reader of versions looks. Candidates of the newest {@value #CANDIDATES} refusals stay, records
 * of the newest {@value #REFUSALS}; what became of commands stays for good.
 */
final class DecisionWriter {

  private static final int CANDIDATES = 8;
  private static final int REFUSALS = 1_000;

  private final String model;
  private final LogMedium medium;
  private final DecisionCodec codec;
  private final LogCodec chunks;
  private final List<Decision> before = new ArrayList<>();

  /** Numbers of chunks by refusal, oldest first. */
  private final Deque<Candidate> candidates = new ArrayDeque<>();

  private final Deque<String> refusals = new ArrayDeque<>();

  private record Candidate(String key, int chunks) {}

  DecisionWriter(String model, LogMedium medium) {
    this.model = model;
    this.medium = medium;
    this.codec = new DecisionCodec(model);
    this.chunks = new LogCodec(model);
  }

  /** Reads what earlier attempts have decided. */
  void begin() {
    Map<String, Decision> byKey = new TreeMap<>();
    Map<String, Integer> chunkCounts = new TreeMap<>();
    medium.read(
        Topic.DECISIONS,
        medium.beginning(Topic.DECISIONS),
        medium.end(Topic.DECISIONS),
        (offset, key, value) -> {
          Decision decision = codec.decision(value);
          if (decision != null) {
            byKey.put(key, decision);
          } else if (value == null) {
            byKey.remove(key);
            chunkCounts.remove(key.substring(0, Math.max(0, key.lastIndexOf('/'))));
          } else {
            chunkCounts.merge(key.substring(0, key.lastIndexOf('/')), 1, Integer::sum);
          }
        });
    List<Map.Entry<String, Decision>> sorted = new ArrayList<>(byKey.entrySet());
    sorted.sort(
        (one, other) -> Long.compare(one.getValue().at().step(), other.getValue().at().step()));
    for (Map.Entry<String, Decision> entry : sorted) {
      before.add(entry.getValue());
      if (entry.getValue().kind() == Decision.Kind.REFUSED) {
        refusals.addLast(entry.getKey());
        int count = chunkCounts.getOrDefault(entry.getKey(), 0);
        if (count > 0) {
          candidates.addLast(new Candidate(entry.getKey(), count));
        }
      }
    }
  }

  /** What earlier attempts have decided, by ascending steps. */
  List<Decision> before() {
    return List.copyOf(before);
  }

  void write(Decision decision, String writer, StateDelta candidate) {
    Command.Sent sent = decision.sent();
    String key =
        sent == null ? "refused/" + decision.at().step() : "command/" + sent.command().id();
    List<byte[]> values = new ArrayList<>();
    Chunker chunker =
        new Chunker(chunks, model, SlotsRecords.NONE, false, Chunker.MAX_BYTES, values::add);
    chunker.delta(candidate);
    // A rerun decides the same at the same step, and writes it over what is there.
    refusals.remove(key);
    candidates.removeIf(known -> known.key().equals(key));
    medium.transact(
        Lane.VERSIONS,
        sink -> {
          for (int i = 0; i < values.size(); i++) {
            sink.send(Topic.DECISIONS, key + "/" + i, values.get(i));
          }
          sink.send(Topic.DECISIONS, key, codec.decision(decision, writer, chunker.hashes()));
          if (sent == null) {
            thinOut(sink);
          }
        });
    if (sent == null) {
      refusals.addLast(key);
      if (!values.isEmpty()) {
        candidates.addLast(new Candidate(key, values.size()));
      }
    }
  }

  private void thinOut(LogMedium.Sink sink) {
    while (candidates.size() >= CANDIDATES) {
      Candidate gone = candidates.removeFirst();
      for (int i = 0; i < gone.chunks(); i++) {
        sink.send(Topic.DECISIONS, gone.key() + "/" + i, null);
      }
    }
    while (refusals.size() >= REFUSALS) {
      sink.send(Topic.DECISIONS, refusals.removeFirst(), null);
    }
  }
}
