package io.freshet.cli.audit;

import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.modellog.Claims;
import io.freshet.modellog.KafkaModelLog;
import io.freshet.modellog.LogEntry;
import io.freshet.modellog.LogFeed;
import io.freshet.modellog.LogRecord;
import io.freshet.modellog.TopicNames;
import io.freshet.modellog.VersionFacts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** What a model's log says of the versions that no claim has taken back, oldest first. */
public final class LiveVersions {

  private static final Duration POLL = Duration.ofMillis(100);

  private LiveVersions() {}

  public static List<VersionFacts> read(KafkaAccess kafka, TopicNames names) {
    Claims claims = new Claims();
    TreeMap<Long, VersionFacts> byOffset = new TreeMap<>();
    try (LogFeed feed = KafkaModelLog.feed(kafka.client(), names)) {
      claims.addAll(feed.index().claims());
      long end = feed.end();
      while (feed.position() < end) {
        for (LogRecord record : feed.poll(POLL)) {
          if (record.entry() instanceof LogEntry.Manifest manifest) {
            byOffset.put(record.offset(), manifest.facts());
          } else if (record.entry() instanceof LogEntry.Claim claim) {
            claims.add(record.offset(), claim);
          }
        }
      }
    }
    List<VersionFacts> live = new ArrayList<>();
    byOffset.forEach(
        (offset, facts) -> {
          if (claims.live(offset, facts.version().number())) {
            live.add(facts);
          }
        });
    return live;
  }
}
