package io.freshet.modellog;

import io.freshet.schema.AvroCodec;
import io.freshet.schema.UndecodableRecord;
import io.freshet.schema.avro.log.CommandKind;
import io.freshet.schema.avro.log.DecisionKind;
import io.freshet.scoring.state.HashValue;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Commands and decisions as Avro and back. Belongs to one thread. */
final class DecisionCodec {

  private final AvroCodec avro =
      AvroCodec.of(
          io.freshet.schema.avro.log.Decision.class, io.freshet.schema.avro.log.Command.class);
  private final String model;

  DecisionCodec(String model) {
    this.model = model;
  }

  byte[] command(Command command) {
    return avro.encode(toAvro(command));
  }

  /** A command to this model; null for other models' and for what is none. */
  @Nullable Command command(byte @Nullable [] value) {
    if (value == null) {
      return null;
    }
    try {
      var command = avro.decode(value, io.freshet.schema.avro.log.Command.class);
      return command.getModel().equals(model) ? of(command) : null;
    } catch (UndecodableRecord | IllegalArgumentException e) {
      return null;
    }
  }

  byte[] decision(Decision decision, String writer, List<HashValue> chunkHashes) {
    Version version = decision.version();
    Command.Sent sent = decision.sent();
    HashValue candidate = decision.candidateHash();
    return avro.encode(
        new io.freshet.schema.avro.log.Decision(
            model,
            DecisionKind.valueOf(decision.kind().name()),
            decision.epoch(),
            writer,
            decision.at().step(),
            decision.at().entries(),
            decision.at().before(),
            decision.text(),
            version == null ? null : version.epoch(),
            version == null ? null : version.number(),
            decision.stateHash().hex(),
            sent == null ? null : ByteBuffer.wrap(command(sent.command())),
            sent == null ? -1 : sent.offset(),
            decision.skippedExamples(),
            decision.skipped(),
            candidate == null ? null : candidate.hex(),
            chunkHashes.stream().map(HashValue::hex).toList(),
            decision.decidedAt()));
  }

  /** A decision on this model; null for what is none. */
  @Nullable Decision decision(byte @Nullable [] value) {
    if (value == null) {
      return null;
    }
    try {
      var read = avro.decode(value, io.freshet.schema.avro.log.Decision.class);
      return read.getModel().equals(model) ? of(read) : null;
    } catch (UndecodableRecord | IllegalArgumentException e) {
      return null;
    }
  }

  private Decision of(io.freshet.schema.avro.log.Decision read) {
    ByteBuffer value = read.getCommand();
    Command command = value == null ? null : command(bytes(value));
    String candidate = read.getCandidateHash();
    return new Decision(
        Decision.Kind.valueOf(read.getKind().name()),
        read.getEpoch(),
        new Decision.Place(read.getStep(), read.getEntries(), read.getEventTime()),
        read.getText(),
        version(read.getVersionEpoch(), read.getVersionNumber()),
        HashValue.parse(read.getStateHash()),
        command == null ? null : new Command.Sent(read.getCommandOffset(), command),
        read.getSkippedExamples(),
        read.getSkipped(),
        candidate == null ? null : HashValue.parse(candidate),
        read.getDecidedAt());
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  private io.freshet.schema.avro.log.Command toAvro(Command command) {
    Version version = command.version();
    return new io.freshet.schema.avro.log.Command(
        model,
        command.id(),
        CommandKind.valueOf(command.kind().name()),
        version == null ? null : version.epoch(),
        version == null ? null : version.number(),
        version == null ? null : command.stateHash().hex(),
        command.rounds(),
        command.share(),
        command.sentAt());
  }

  private static Command of(io.freshet.schema.avro.log.Command read) {
    return new Command(
        read.getId(),
        Command.Kind.valueOf(read.getKind().name()),
        version(read.getEpoch(), read.getNumber()),
        read.getStateHash() == null ? HashValue.EMPTY : HashValue.parse(read.getStateHash()),
        read.getRounds(),
        read.getShare(),
        read.getSentAt());
  }

  private static @Nullable Version version(@Nullable Long epoch, @Nullable Long number) {
    return epoch == null || number == null ? null : new Version(epoch, number);
  }
}
