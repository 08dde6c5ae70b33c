package io.freshet.cluster;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** Starts a cluster of processes and holds it until it is interrupted; {@code ops/cluster/run}. */
final class RunCluster {

  private RunCluster() {}

  /**
   * @param args directory, number of task managers, number of job managers
   */
  public static void main(String[] args) throws InterruptedException {
    if (args.length < 1 || args.length > 3) {
      System.err.println("what must be given: DIRECTORY [TASK-MANAGERS [JOB-MANAGERS]]");
      System.exit(2);
    }
    int taskManagers = args.length > 1 ? Integer.parseInt(args[1]) : 2;
    int jobManagers = args.length > 2 ? Integer.parseInt(args[2]) : 1;
    ProcessCluster cluster =
        ProcessCluster.start(
            Installation.ofThisBuild(),
            Path.of(args[0]),
            ClusterShape.of(taskManagers).withJobManagers(jobManagers));
    CountDownLatch over = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  cluster.close();
                  over.countDown();
                }));
    System.out.printf("--brokers %s --flink %s%n", cluster.brokers(), cluster.flinkAddress());
    for (Member member : cluster.members()) {
      System.out.printf("%s: process %d, %s%n", member.name(), member.pid(), member.log());
    }
    over.await();
  }
}
