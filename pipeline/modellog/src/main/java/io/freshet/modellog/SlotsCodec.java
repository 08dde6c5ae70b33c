package io.freshet.modellog;

import io.freshet.schema.AvroCodec;
import io.freshet.schema.UndecodableRecord;
import io.freshet.schema.avro.log.Slots;
import io.freshet.schema.avro.log.SlotsKind;
import io.freshet.scoring.state.HashValue;

/** Records that are for learners only as Avro and back. Belongs to one thread. */
final class SlotsCodec {

  private final AvroCodec avro = AvroCodec.of(Slots.class);
  private final LogCodec chunks;
  private final String model;

  SlotsCodec(String model) {
    this.model = model;
    this.chunks = new LogCodec(model);
  }

  byte[] slots(LogEntry.Slots slots, long at) {
    Version version = slots.version();
    return avro.encode(
        new Slots(
            model,
            version == null ? 0 : version.epoch(),
            version == null ? 0 : version.number(),
            SlotsKind.valueOf(slots.kind().name()),
            slots.writerEpoch(),
            slots.writer(),
            slots.servingChunks(),
            slots.chunkHashes().stream().map(HashValue::hex).toList(),
            slots.payloadBytes(),
            slots.stateHash().hex(),
            slots.learnerHash().hex(),
            slots.step(),
            at));
  }

  /** A chunk, a closing record, or bytes that are neither. */
  LogEntry entry(byte[] value) {
    LogEntry entry = chunks.entry(value);
    if (entry instanceof LogEntry.Chunk) {
      return entry;
    }
    try {
      Slots slots = avro.decode(value, Slots.class);
      if (!slots.getModel().equals(model)) {
        return new LogEntry.Unreadable(
            "a record of model %s must name it, got %s".formatted(model, slots.getModel()));
      }
      return of(slots);
    } catch (UndecodableRecord | IllegalArgumentException e) {
      return new LogEntry.Unreadable(String.valueOf(e.getMessage()));
    }
  }

  private static LogEntry.Slots of(Slots slots) {
    boolean before = slots.getEpoch() == 0 && slots.getNumber() == 0;
    return new LogEntry.Slots(
        before ? null : new Version(slots.getEpoch(), slots.getNumber()),
        LogEntry.Slots.Kind.valueOf(slots.getKind().name()),
        slots.getWriterEpoch(),
        slots.getWriter(),
        slots.getServingChunks(),
        slots.getChunkHashes().stream().map(HashValue::parse).toList(),
        slots.getPayloadBytes(),
        HashValue.parse(slots.getStateHash()),
        HashValue.parse(slots.getLearnerHash()),
        slots.getStep());
  }
}
