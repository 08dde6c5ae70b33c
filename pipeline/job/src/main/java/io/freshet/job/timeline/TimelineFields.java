package io.freshet.job.timeline;

import static io.freshet.job.serial.Fields.readAttributes;
import static io.freshet.job.serial.Fields.readSize;
import static io.freshet.job.serial.Fields.readString;
import static io.freshet.job.serial.Fields.writeAttributes;
import static io.freshet.job.serial.Fields.writeSize;
import static io.freshet.job.serial.Fields.writeString;

import io.freshet.scoring.feature.HistoryEntry;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Histories between operators and in checkpoints. */
public final class TimelineFields {

  private TimelineFields() {}

  public static void writeHistories(Map<String, List<HistoryEntry>> histories, DataOutput out)
      throws IOException {
    writeSize(histories.size(), out);
    for (Map.Entry<String, List<HistoryEntry>> history : histories.entrySet()) {
      writeString(history.getKey(), out);
      writeSize(history.getValue().size(), out);
      for (HistoryEntry entry : history.getValue()) {
        writeString(entry.action(), out);
        writeString(entry.itemId(), out);
        writeAttributes(entry.item(), out);
        out.writeLong(entry.eventTime());
        out.writeDouble(entry.value());
      }
    }
  }

  public static Map<String, List<HistoryEntry>> readHistories(DataInput in) throws IOException {
    int size = readSize(in);
    Map<String, List<HistoryEntry>> histories = new TreeMap<>();
    for (int i = 0; i < size; i++) {
      String key = readString(in);
      int length = readSize(in);
      List<HistoryEntry> entries = new ArrayList<>(length);
      for (int e = 0; e < length; e++) {
        entries.add(
            new HistoryEntry(
                readString(in),
                readString(in),
                readAttributes(in),
                in.readLong(),
                in.readDouble()));
      }
      histories.put(key, Collections.unmodifiableList(entries));
    }
    return histories;
  }

  static void writeStrings(List<String> strings, DataOutput out) throws IOException {
    writeSize(strings.size(), out);
    for (String string : strings) {
      writeString(string, out);
    }
  }

  static List<String> readStrings(DataInput in) throws IOException {
    int size = readSize(in);
    List<String> strings = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      strings.add(readString(in));
    }
    return strings;
  }
}
