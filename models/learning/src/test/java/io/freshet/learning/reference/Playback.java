package io.freshet.learning.reference;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;

/**
 * Plays rows to a reference as the stream does: a prediction, and its label {@value #DELAY} rows
 * later.
 */
final class Playback {

  static final int DELAY = 25;

  private record Pending(GeneratedStream.Row row, ReferencePrediction prediction) {}

  private final ArrayDeque<Pending> pending = new ArrayDeque<>();
  private double loss;
  private double weight;
  private long shown;

  /** Plays {@code rows}; what waits for its label at the end goes on waiting. */
  void play(Reference reference, List<GeneratedStream.Row> rows) {
    for (GeneratedStream.Row row : rows) {
      pending.add(new Pending(row, reference.predict(row.example())));
      shown++;
      if (pending.size() > DELAY) {
        Pending ready = pending.remove();
        long time = GeneratedStream.START + shown * GeneratedStream.GAP_MS;
        float label = ready.row.label();
        reference.train(ready.prediction.frozen(), label, ready.row.weight(), time);
        double p = ready.prediction.probability();
        loss -= ready.row.weight() * Math.log(label > 0 ? p : 1 - p);
        weight += ready.row.weight();
      }
    }
  }

  /** Of the predictions that count. */
  double meanLogLoss() {
    return loss / weight;
  }

  static byte[] saved(Reference reference) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    reference.save(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  static Reference resumed(String name, ReferenceSettings settings, byte[] saved)
      throws IOException {
    return References.resume(name, settings, new DataInputStream(new ByteArrayInputStream(saved)));
  }
}
