package io.freshet.job.input;

import static io.freshet.job.serial.Fields.readAttributes;
import static io.freshet.job.serial.Fields.readNullableDouble;
import static io.freshet.job.serial.Fields.readNullableString;
import static io.freshet.job.serial.Fields.readSize;
import static io.freshet.job.serial.Fields.readString;
import static io.freshet.job.serial.Fields.writeAttributes;
import static io.freshet.job.serial.Fields.writeNullable;
import static io.freshet.job.serial.Fields.writeSize;
import static io.freshet.job.serial.Fields.writeString;

import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.Heartbeat;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.schema.event.ItemEvent;
import io.freshet.schema.event.JudgmentEvent;
import io.freshet.schema.event.QueryEvent;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Events between operators and in checkpoints. On Kafka they are Avro; this form only lives as long
 * as a job does.
 */
public final class EventFields {

  private EventFields() {}

  public static void write(Event event, DataOutput out) throws IOException {
    if (event instanceof ImpressionEvent impression) {
      out.writeByte('I');
      writeImpression(impression, out);
    } else if (event instanceof ClickEvent click) {
      out.writeByte('C');
      writeString(click.impressionId(), out);
      writeString(click.itemId(), out);
      writeString(click.userId(), out);
      writeString(click.queryId(), out);
      out.writeLong(click.eventTime());
      writeString(click.action(), out);
      out.writeDouble(click.value());
      writeTail(click, out);
    } else if (event instanceof ItemEvent item) {
      out.writeByte('T');
      writeString(item.itemId(), out);
      out.writeLong(item.eventTime());
      writeAttributes(item.attributes(), out);
      writeString(item.text(), out);
      out.writeBoolean(item.removed());
      writeTail(item, out);
    } else if (event instanceof QueryEvent query) {
      out.writeByte('Q');
      writeString(query.queryId(), out);
      writeString(query.userId(), out);
      writeString(query.text(), out);
      out.writeLong(query.eventTime());
      writeSize(query.results().size(), out);
      for (String result : query.results()) {
        writeString(result, out);
      }
      writeTail(query, out);
    } else if (event instanceof JudgmentEvent judgment) {
      out.writeByte('J');
      writeString(judgment.queryId(), out);
      writeString(judgment.itemId(), out);
      out.writeInt(judgment.grade());
      out.writeLong(judgment.eventTime());
      writeTail(judgment, out);
    } else if (event instanceof Heartbeat heartbeat) {
      out.writeByte('H');
      out.writeLong(heartbeat.eventTime());
      writeString(heartbeat.producer(), out);
      out.writeLong(heartbeat.sourceIndex());
    }
  }

  private static void writeTail(Event event, DataOutput out) throws IOException {
    writeString(event.eventId(), out);
    out.writeLong(event.sourceIndex());
  }

  public static Event read(DataInput in) throws IOException {
    byte kind = in.readByte();
    switch (kind) {
      case 'I':
        return readImpression(in);
      case 'C':
        return new ClickEvent(
            readNullableString(in),
            readNullableString(in),
            readNullableString(in),
            readNullableString(in),
            in.readLong(),
            readString(in),
            in.readDouble(),
            readNullableString(in),
            in.readLong());
      case 'T':
        return new ItemEvent(
            readString(in),
            in.readLong(),
            readAttributes(in),
            readNullableString(in),
            in.readBoolean(),
            readNullableString(in),
            in.readLong());
      case 'Q':
        return new QueryEvent(
            readString(in),
            readNullableString(in),
            readString(in),
            in.readLong(),
            readStrings(in),
            readNullableString(in),
            in.readLong());
      case 'J':
        return new JudgmentEvent(
            readString(in),
            readString(in),
            in.readInt(),
            in.readLong(),
            readNullableString(in),
            in.readLong());
      case 'H':
        return new Heartbeat(in.readLong(), readString(in), in.readLong());
      default:
        throw new IOException("an event's kind must be one of I C T Q J H, found " + kind);
    }
  }

  private static List<String> readStrings(DataInput in) throws IOException {
    int size = readSize(in);
    List<String> strings = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      strings.add(readString(in));
    }
    return strings;
  }

  private static void writeImpression(ImpressionEvent impression, DataOutput out)
      throws IOException {
    writeString(impression.impressionId(), out);
    writeString(impression.itemId(), out);
    out.writeLong(impression.eventTime());
    writeString(impression.userId(), out);
    writeSize(impression.position(), out);
    writeString(impression.queryId(), out);
    writeAttributes(impression.context(), out);
    ImpressionEvent.Served served = impression.served();
    out.writeBoolean(served != null);
    if (served != null) {
      writeString(served.model(), out);
      out.writeLong(served.epoch());
      out.writeLong(served.version());
      out.writeDouble(served.score());
    }
    writeNullable(impression.propensity(), out);
    writeNullable(impression.trueClickProbability(), out);
    writeTail(impression, out);
  }

  private static ImpressionEvent readImpression(DataInput in) throws IOException {
    return new ImpressionEvent(
        readString(in),
        readString(in),
        in.readLong(),
        readNullableString(in),
        readSize(in),
        readNullableString(in),
        readAttributes(in),
        readServed(in),
        readNullableDouble(in),
        readNullableDouble(in),
        readNullableString(in),
        in.readLong());
  }

  private static ImpressionEvent.@Nullable Served readServed(DataInput in) throws IOException {
    return in.readBoolean()
        ? new ImpressionEvent.Served(readString(in), in.readLong(), in.readLong(), in.readDouble())
        : null;
  }
}
