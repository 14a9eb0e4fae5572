package dev.flatness.cost;

import dev.flatness.linalg.Gemm;
import dev.flatness.linalg.Gemms;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Precision;
import java.util.Collection;

/**
 * How fast matrix products and memory are on one thread of this machine, measured now.
 *
 * <p>Formula: a pass takes operations / rate + bytes / bandwidth, over the threads. Cost: a second.
 * Not deterministic: a time is none.
 *
 * @param operations operations a second of a matrix product whose factors stay in the cache
 * @param bytes bytes a second read and written by a sum of arrays that leave the inner caches
 * @param threads how many threads share the samples
 */
public record MachineSpeed(double operations, double bytes, int threads) {
  private static final int ROWS = 64;
  private static final int DEPTH = 576;
  private static final int COLUMNS = 1024;
  private static final int ENTRIES = 1 << 19;
  private static final long WARM = 400_000_000;
  private static final int ROUNDS = 5;

  /**
   * Measures the matrix product and the float type that options choose.
   *
   * @param options precision, threads and provider
   * @return the speed
   */
  public static MachineSpeed measure(SurfaceOptions options) {
    Gemm gemm = options.gemm().equals("auto") ? Gemms.best() : Gemms.byId(options.gemm());
    boolean single = options.precision() == Precision.FLOAT32;
    double product = single ? seconds(floats(gemm)) : seconds(doubles(gemm));
    double sum = seconds(sum());
    return new MachineSpeed(
        2.0 * ROWS * DEPTH * COLUMNS / product, 3.0 * 8 * ENTRIES / sum, options.threads());
  }

  /**
   * Predicts the time of the work.
   *
   * @param work the passes
   * @param costs what they cost a sample
   * @param samples how many samples each pass goes over
   * @return seconds
   */
  public double seconds(Collection<Work> work, PassCosts costs, double samples) {
    return work.stream()
        .mapToDouble(part -> part.passes() * seconds(part.pass(), costs) * samples)
        .sum();
  }

  /**
   * Predicts the time of one pass.
   *
   * @param pass the pass
   * @param costs what it costs a sample
   * @return seconds a sample
   */
  public double seconds(Pass pass, PassCosts costs) {
    return (costs.operations(pass) / operations + costs.bytes(pass) / bytes) / threads;
  }

  private static Runnable doubles(Gemm gemm) {
    double[] a = new double[ROWS * DEPTH];
    double[] b = new double[DEPTH * COLUMNS];
    double[] c = new double[ROWS * COLUMNS];
    return () ->
        gemm.multiply(
            false, false, ROWS, COLUMNS, DEPTH, 1, a, 0, DEPTH, b, 0, COLUMNS, 0, c, 0, COLUMNS);
  }

  private static Runnable floats(Gemm gemm) {
    float[] a = new float[ROWS * DEPTH];
    float[] b = new float[DEPTH * COLUMNS];
    float[] c = new float[ROWS * COLUMNS];
    return () ->
        gemm.multiply(
            false, false, ROWS, COLUMNS, DEPTH, 1, a, 0, DEPTH, b, 0, COLUMNS, 0, c, 0, COLUMNS);
  }

  private static Runnable sum() {
    double[] x = new double[ENTRIES];
    double[] y = new double[ENTRIES];
    return () -> {
      for (int i = 0; i < ENTRIES; i++) {
        y[i] += 1.5 * x[i];
      }
    };
  }

  /** The fastest call after the compiler has had its time. */
  private static double seconds(Runnable work) {
    long start = System.nanoTime();
    while (System.nanoTime() - start < WARM) {
      work.run();
    }
    long least = Long.MAX_VALUE;
    for (int i = 0; i < ROUNDS; i++) {
      long before = System.nanoTime();
      work.run();
      least = Math.min(least, System.nanoTime() - before);
    }
    return least * 1e-9;
  }
}
