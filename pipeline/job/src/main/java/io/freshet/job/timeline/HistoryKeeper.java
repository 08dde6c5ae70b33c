package io.freshet.job.timeline;

import io.freshet.schema.AvroCodec;
import io.freshet.scoring.feature.HistoryEntry;
import io.freshet.scoring.feature.HistoryPlan;
import java.util.Arrays;

/** Lets entries into the histories of a plan. Belongs to one thread. */
final class HistoryKeeper {

  private final HistoryPlan plan;
  private final AvroCodec codec = AvroCodec.of(io.freshet.schema.avro.HistoryEntry.class);

  HistoryKeeper(HistoryPlan plan) {
    this.plan = plan;
  }

  /** The histories after {@code entry}; the same object if it enters none. */
  UserHistory with(UserHistory before, HistoryEntry entry) {
    UserHistory after = before;
    byte[] encoded = null;
    long[] ids = null;
    for (int h = 0; h < plan.histories().size(); h++) {
      HistoryPlan.Kept kept = plan.histories().get(h);
      if (kept.takes(entry.action())) {
        if (encoded == null || ids == null) {
          encoded = encode(entry);
          ids = plan.ids(entry);
        }
        after = after.with(h, ids, encoded, kept.length(), entry.eventTime());
      }
    }
    return after;
  }

  private byte[] encode(HistoryEntry entry) {
    byte[] message =
        codec.encode(
            new io.freshet.schema.avro.HistoryEntry(
                entry.action(), entry.itemId(), entry.item(), entry.eventTime(), entry.value()));
    return Arrays.copyOfRange(message, AvroCodec.HEADER_BYTES, message.length);
  }
}
