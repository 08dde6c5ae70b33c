package io.freshet.modellog;

import java.time.Instant;

class InMemoryModelLogTest extends ModelLogContract {

  private final InMemoryModelLog log = new InMemoryModelLog("din", () -> Instant.EPOCH);

  @Override
  ModelLog open(boolean rewind) {
    return log.open(rewind);
  }

  @Override
  LogFeed feed() {
    return log.feed();
  }
}
