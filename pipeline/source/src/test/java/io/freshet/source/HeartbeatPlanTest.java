package io.freshet.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.schema.event.Event;
import io.freshet.schema.event.Heartbeat;
import io.freshet.schema.event.ImpressionEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HeartbeatPlanTest {

  private final HeartbeatPlan plan = new HeartbeatPlan("p", 100, 0);

  @Test
  void aBusyProducerPromisesTheTimeOfItsLastEventEvery256Events() {
    List<Heartbeat> heartbeats = new ArrayList<>();
    for (int i = 0; i < 1_024; i++) {
      plan.sent(event(1_000 + i, i)).ifPresent(heartbeats::add);
    }

    assertThat(heartbeats)
        .containsExactly(
            new Heartbeat(1_255, "p", 255),
            new Heartbeat(1_511, "p", 511),
            new Heartbeat(1_767, "p", 767),
            new Heartbeat(2_023, "p", 1_023));
  }

  @Test
  void manyEventsOfOneMomentShareAHeartbeat() {
    long heartbeats = 0;
    for (int i = 0; i < 2_560; i++) {
      heartbeats += plan.sent(event(1_000 + i / 100, i)).isPresent() ? 1 : 0;
    }

    assertThat(heartbeats).as("25 ms of event time").isEqualTo(1);
  }

  @Test
  void aPacedProducerPromisesTheTimeUpToItsNextEvent() {
    plan.sent(event(1_000, 0));

    assertThat(plan.waiting(event(5_000, 1))).contains(new Heartbeat(4_999, "p", 0));
    assertThat(plan.waiting(event(5_000, 1))).as("said already").isEmpty();
    plan.sent(event(5_000, 1));
    assertThat(plan.waiting(event(5_050, 2))).as("less than an interval on").isEmpty();
  }

  @Test
  void aSilentProducerPromisesWhatItHasSentOnce() {
    assertThat(plan.idle()).as("nothing sent yet").isEmpty();
    plan.sent(event(1_000, 0));

    assertThat(plan.idle()).contains(new Heartbeat(1_000, "p", 0));
    assertThat(plan.idle()).isEmpty();
  }

  @Test
  void noPromiseIsEverBroken() {
    HeartbeatPlan disordered = new HeartbeatPlan("p", 10, 50);
    long promised = Long.MIN_VALUE;
    for (int i = 0; i < 10_000; i++) {
      long time = 1_000 + 3L * i - (i * 7919L) % 50;
      Event event = event(time, i);
      assertThat(time).isGreaterThanOrEqualTo(promised);
      if (i % 3 == 0) {
        promised = disordered.waiting(event).map(Heartbeat::eventTime).orElse(promised);
        assertThat(time).isGreaterThanOrEqualTo(promised);
      }
      promised = disordered.sent(event).map(Heartbeat::eventTime).orElse(promised);
    }
    assertThat(promised).isGreaterThan(29_000);
  }

  @Test
  void theEndIsTheEndOfTime() {
    plan.sent(event(1_000, 41));

    assertThat(plan.ended()).isEqualTo(new Heartbeat(Heartbeat.END_OF_TIME, "p", 41));
    assertThat(plan.idle()).as("nothing after the end").isEmpty();
  }

  @Test
  void anIntervalOfNothingIsRefused() {
    assertThatThrownBy(() -> new HeartbeatPlan("p", 0, 0)).hasMessageContaining("came 0 and 0");
  }

  private static Event event(long time, long index) {
    return new ImpressionEvent(
        "a" + index, "i", time, "u", 0, null, Map.of(), null, null, null, null, index);
  }
}
