package dev.flatness.internal.linalg;

import dev.flatness.random.Seed;
import java.util.random.RandomGenerator;

/** Sums and updates of long vectors in a fixed order. */
public final class Vectors {
  private Vectors() {}

  /** Four running sums: a fixed order that the processor can overlap. */
  public static double dot(double[] x, double[] y) {
    return dot(x, y, 0, x.length);
  }

  /** Over the entries from … to−1. */
  public static double dot(double[] x, double[] y, int from, int to) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = from;
    for (; i + 3 < to; i += 4) {
      s0 += x[i] * y[i];
      s1 += x[i + 1] * y[i + 1];
      s2 += x[i + 2] * y[i + 2];
      s3 += x[i + 3] * y[i + 3];
    }
    for (; i < to; i++) {
      s0 += x[i] * y[i];
    }
    return (s0 + s1) + (s2 + s3);
  }

  public static void addMultiple(double factor, double[] x, double[] y) {
    addMultiple(factor, x, y, 0, x.length);
  }

  /** Over the entries from … to−1. */
  public static void addMultiple(double factor, double[] x, double[] y, int from, int to) {
    for (int i = from; i < to; i++) {
      y[i] += factor * x[i];
    }
  }

  /** The 2-norm; scaled where the squares would leave the range of a double. */
  public static double norm(double[] x) {
    double square = dot(x, x);
    if (square > 1e-280 && square < 1e300) {
      return Math.sqrt(square);
    }
    double largest = 0;
    for (double entry : x) {
      if (!(Math.abs(entry) <= largest)) {
        largest = Math.abs(entry);
      }
    }
    if (largest == 0 || !Double.isFinite(largest)) {
      return largest;
    }
    double sum = 0;
    for (double entry : x) {
      double ratio = entry / largest;
      sum += ratio * ratio;
    }
    return largest * Math.sqrt(sum);
  }

  /** The 2-norm, every entry relative to the largest: no square leaves the range of a double. */
  public static double scaledNorm(double[] x) {
    double largest = 0;
    for (double entry : x) {
      largest = Math.max(largest, Math.abs(entry));
    }
    if (largest == 0) {
      return 0;
    }
    double sum = 0;
    for (double entry : x) {
      sum += entry / largest * (entry / largest);
    }
    return largest * Math.sqrt(sum);
  }

  /** Divides, not multiplies by the inverse: that overflows for a norm below 1e-308. */
  public static void divide(double[] x, double divisor) {
    for (int i = 0; i < x.length; i++) {
      x[i] /= divisor;
    }
  }

  public static double[] gaussian(int dimension, Seed seed) {
    RandomGenerator random = seed.generator();
    double[] x = new double[dimension];
    for (int i = 0; i < dimension; i++) {
      x[i] = random.nextGaussian();
    }
    return x;
  }

  public static void signs(double[] x, Seed seed) {
    RandomGenerator random = seed.generator();
    for (int i = 0; i < x.length; i += 64) {
      long bits = random.nextLong();
      int end = Math.min(x.length, i + 64);
      for (int j = i; j < end; j++, bits >>>= 1) {
        x[j] = (bits & 1) == 0 ? 1 : -1;
      }
    }
  }
}
