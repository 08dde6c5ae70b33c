package io.freshet.source.simulator;

/**
 * What can be set about the shop.
 *
 * @param perDay impressions in a day of the shop: the pace of drift, of new items and, without
 *     {@code rate}, of event time
 * @param rate events per second of event time; 0 lets event time be the shop's time. With a rate
 *     the shop's life keeps its pace per impression, only the clock on the records (and with it the
 *     delay of clicks) runs differently
 * @param users how many users there are
 * @param items how many items the catalogue holds at any time
 */
public record SimulatorSettings(int perDay, double rate, int users, int items) {

  /** The setting whose figures are fixed and tested. */
  public static final SimulatorSettings DEFAULT = new SimulatorSettings(50_000, 0, 700, 6_000);

  public SimulatorSettings {
    require(perDay >= 100 && perDay <= 100_000_000, "perDay", "from 100 to 100000000", perDay);
    require(rate == 0 || (rate >= 0.01 && rate <= 1_000_000), "rate", "from 0.01 to 1000000", rate);
    require(users >= 10 && users <= 100_000_000, "users", "from 10 to 100000000", users);
    require(items >= 400 && items <= 10_000_000, "items", "from 400 to 10000000", items);
  }

  private static void require(boolean holds, String name, String range, Number came) {
    if (!holds) {
      throw new IllegalArgumentException(name + " must be " + range + ", came " + came);
    }
  }
}
