package io.freshet.bench;

import io.freshet.scoring.kernel.Kernels;
import io.freshet.scoring.kernel.MaxSim;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long a query of 32 tokens takes to meet 1,000 documents of 64 tokens. To reach: at most 20 ms
 * on one core.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class MaxSimBenchmark {

  private static final int QUERY = 32;
  private static final int DOCUMENTS = 1_000;
  private static final int TOKENS = 64;

  @Param({"64", "128"})
  int width;

  private final float[] best = new float[QUERY];
  private final MaxSim maxSim = new MaxSim(Kernels.best());
  private float[] query = {};
  private float[] documents = {};

  @Setup
  public void fill() {
    Random random = new Random(1);
    query = gaussian(random, QUERY * width);
    documents = gaussian(random, DOCUMENTS * TOKENS * width);
  }

  @Benchmark
  public float thousandDocuments() {
    maxSim.query(query, 0, QUERY, width);
    float sum = 0;
    for (int document = 0; document < DOCUMENTS; document++) {
      maxSim.best(documents, document * TOKENS * width, TOKENS, best, 0);
      for (float similarity : best) {
        sum += similarity;
      }
    }
    return sum;
  }

  private static float[] gaussian(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
