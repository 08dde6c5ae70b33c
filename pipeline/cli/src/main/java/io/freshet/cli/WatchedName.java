package io.freshet.cli;

import io.freshet.cli.compare.PromotionWatch;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.run.StoredEvaluations;
import io.freshet.learning.compare.Standing;
import io.freshet.modellog.ServedNames;
import io.freshet.schema.AvroCodec;
import io.freshet.schema.UndecodableRecord;
import io.freshet.schema.avro.Evaluation;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Points a served name to whichever model has proved the better one, as evaluations come. What the
 * name stands for is the champion; who points it elsewhere by hand has named another.
 */
final class WatchedName {

  private static final Duration LOOK = Duration.ofMillis(200);

  private final KafkaAccess access;
  private final Terminal terminal;
  private final LongSupplier wallTime;
  private final String name;
  private final PromotionWatch watch;
  private ServedNames.@Nullable Target seen;
  private final AvroCodec codec = AvroCodec.of(Evaluation.class);

  /**
   * @param watch with the name's model as its champion
   */
  WatchedName(
      KafkaAccess access,
      Terminal terminal,
      LongSupplier wallTime,
      String name,
      PromotionWatch watch) {
    this.access = access;
    this.terminal = terminal;
    this.wallTime = wallTime;
    this.name = name;
    this.watch = watch;
  }

  /** Until nobody reads what is said any more. */
  void run() {
    terminal.note("%s stands for %s, watched".formatted(name, watch.champion()));
    try (ServedNames names = ServedNames.open(access.client(), access.topics().prefix());
        StoredEvaluations.Following following =
            StoredEvaluations.follow(access, this::take, this::caughtUp)) {
      while (!terminal.isClosed()) {
        names.refresh(LOOK);
        following.check();
        heed(names.targets().get(name));
      }
    }
  }

  /** Heeds changes only: this process's own may not be back from the log yet. */
  private synchronized void heed(ServedNames.@Nullable Target now) {
    if (now == null || now.equals(seen)) {
      return;
    }
    seen = now;
    if (!now.model().equals(watch.champion())) {
      watch.crown(now.model());
      terminal.say("%s stands for %s, by somebody else's word".formatted(name, now.model()));
    }
  }

  private synchronized void caughtUp() {
    watch.act();
    terminal.note("all evaluations so far are read, the horizon begins");
  }

  private synchronized void take(byte[] value) {
    PromotionWatch.Promotion promotion;
    try {
      promotion = watch.take(codec.decode(value, Evaluation.class));
    } catch (UndecodableRecord e) {
      throw new CommandFailed("evaluations must be readable: " + e.getMessage(), e);
    }
    if (promotion != null) {
      ServedNames.point(
          access.client(), access.topics().prefix(), name, promotion.to(), wallTime.getAsLong());
      Standing standing = promotion.standing();
      terminal.say(
          String.format(
              Locale.ROOT,
              "%s stands for %s, better than %s by %.5f [%.5f, %.5f] nats over %,d examples",
              name,
              promotion.to(),
              promotion.from(),
              standing.mean(),
              standing.low(),
              standing.high(),
              standing.rows()));
    }
  }
}
