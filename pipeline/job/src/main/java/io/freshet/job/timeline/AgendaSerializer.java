package io.freshet.job.timeline;

import static io.freshet.job.serial.Fields.readSize;
import static io.freshet.job.serial.Fields.writeSize;
import static io.freshet.job.timeline.TimelineFields.readStrings;
import static io.freshet.job.timeline.TimelineFields.writeStrings;

import io.freshet.job.serial.RecordSerializer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Agendas in checkpoints. */
public final class AgendaSerializer extends RecordSerializer<Agenda> {

  private static final long serialVersionUID = 1L;

  /** Stateless, so one is enough. */
  public static final AgendaSerializer INSTANCE = new AgendaSerializer();

  @Override
  public Agenda createInstance() {
    return Agenda.EMPTY;
  }

  @Override
  public void serialize(Agenda record, DataOutputView target) throws IOException {
    writeSize(record.events().size(), target);
    for (UserEvent event : record.events()) {
      UserEventSerializer.INSTANCE.serialize(event, target);
    }
    writeStrings(record.ends(), target);
    writeStrings(record.goes(), target);
  }

  @Override
  public Agenda deserialize(DataInputView source) throws IOException {
    int size = readSize(source);
    List<UserEvent> events = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      events.add(UserEventSerializer.INSTANCE.deserialize(source));
    }
    return new Agenda(events, readStrings(source), readStrings(source));
  }

  @Override
  public TypeSerializerSnapshot<Agenda> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Names the serialiser's class in checkpoints. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<Agenda> {
    public Snapshot() {
      super(() -> INSTANCE);
    }
  }
}
