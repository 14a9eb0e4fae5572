package dev.flatness.internal.testkit.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.internal.kernels.FilterTransform;
import java.util.SplittableRandom;

/** Runs of numbers for one transform of minimal filtering, held against its matrix. */
final class FilterCase {
  private static final int SIZE = 4000;
  private static final double DOUBLE = 0x1p-53;
  private static final double FLOAT = 0x1p-24;

  private final FilterTransform transform;
  private final int runs;
  private final int run;
  private final int[] offsets = new int[2];
  private final int[] distances = new int[2];
  private final int[] steps = new int[2];
  private final float[] x;
  private final float[] y;

  /** With runs beside each other in lines, as columns are transformed, or the other way round. */
  FilterCase(SplittableRandom random, FilterTransform transform, int runs, int run, boolean lines) {
    this.transform = transform;
    this.runs = runs;
    this.run = run;
    for (int i = 0; i < 2; i++) {
      int count = i == 0 ? transform.inputs() : transform.outputs();
      offsets[i] = random.nextInt(9);
      int gap = random.nextInt(5);
      distances[i] = lines ? runs * run + gap : run;
      steps[i] = lines ? run : count * run + gap;
    }
    if (transform.adds() && !lines) {
      steps[1] -= 2 * run;
    }
    this.x = numbers(random);
    this.y = numbers(random);
  }

  private static float[] numbers(SplittableRandom random) {
    float[] values = new float[SIZE];
    for (int i = 0; i < SIZE; i++) {
      values[i] = (float) (2 * random.nextDouble() - 1);
    }
    return values;
  }

  void assertBothPrecisions(
      dev.flatness.internal.kernels64.Kernels doubles,
      dev.flatness.internal.kernels32.Kernels floats) {
    double[] a = widened(x);
    double[] expected = widened(y);
    double[] size = new double[SIZE];
    for (int r = 0; r < runs; r++) {
      for (int q = 0; q < transform.outputs(); q++) {
        for (int j = 0; j < run; j++) {
          int to = offsets[1] + q * distances[1] + r * steps[1] + j;
          double sum = 0;
          for (int p = 0; p < transform.inputs(); p++) {
            double term =
                transform.coefficient(q, p) * a[offsets[0] + p * distances[0] + r * steps[0] + j];
            sum += term;
            size[to] += Math.abs(term);
          }
          size[to] += transform.adds() ? Math.abs(expected[to]) : 0;
          expected[to] = transform.adds() ? expected[to] + sum : sum;
        }
      }
    }
    double[] found = widened(y);
    float[] foundFloat = y.clone();
    doubles.transform(
        transform,
        runs,
        run,
        a,
        offsets[0],
        distances[0],
        steps[0],
        found,
        offsets[1],
        distances[1],
        steps[1]);
    floats.transform(
        transform,
        runs,
        run,
        x,
        offsets[0],
        distances[0],
        steps[0],
        foundFloat,
        offsets[1],
        distances[1],
        steps[1]);
    for (int i = 0; i < SIZE; i++) {
      // Nine roundings at most on the way to a sum; entries of size 0 must not change at all.
      assertThat(found[i])
          .as("%s %d", transform, i)
          .isCloseTo(expected[i], within(12 * DOUBLE * size[i]));
      assertThat((double) foundFloat[i])
          .as("%s %d", transform, i)
          .isCloseTo(expected[i], within(12 * FLOAT * size[i]));
    }
  }

  private static double[] widened(float[] from) {
    double[] values = new double[from.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = from[i];
    }
    return values;
  }
}
