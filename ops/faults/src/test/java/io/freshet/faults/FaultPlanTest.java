package io.freshet.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.faults.FaultPlan.Fault;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FaultPlanTest {

  private static final Set<FaultKind> ALL = EnumSet.allOf(FaultKind.class);

  @Test
  void aPlanIsAFunctionOfItsSeed() {
    assertThat(FaultPlan.draw(7, 50, ALL)).isEqualTo(FaultPlan.draw(7, 50, ALL));
    assertThat(FaultPlan.draw(7, 50, ALL)).isNotEqualTo(FaultPlan.draw(8, 50, ALL));
  }

  @Test
  void aPlanOfEnoughFaultsHasEveryKindAndMoreOfTheCheapOnes() {
    List<Fault> plan = FaultPlan.draw(1, 1_000, ALL);
    assertThat(plan).hasSize(1_000).extracting(Fault::kind).containsAll(ALL);
    assertThat(count(plan, FaultKind.GARBAGE)).isGreaterThan(count(plan, FaultKind.ALL_KILLED));
    assertThat(FaultPlan.draw(1, ALL.size(), ALL)).extracting(Fault::kind).containsAll(ALL);
  }

  private static long count(List<Fault> plan, FaultKind kind) {
    return plan.stream().filter(fault -> fault.kind() == kind).count();
  }
}
