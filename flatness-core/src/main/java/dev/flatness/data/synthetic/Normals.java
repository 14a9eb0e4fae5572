package dev.flatness.data.synthetic;

import dev.flatness.random.Seed;
import java.util.random.RandomGenerator;

/**
 * Standard normal numbers by Marsaglia's polar method. The JDK's own may change from one version to
 * the next; a generated dataset must not.
 */
final class Normals {
  private final RandomGenerator random;
  private double spare = Double.NaN;

  Normals(Seed seed) {
    this.random = seed.generator();
  }

  double next() {
    if (!Double.isNaN(spare)) {
      double value = spare;
      spare = Double.NaN;
      return value;
    }
    while (true) {
      double u = 2 * random.nextDouble() - 1;
      double v = 2 * random.nextDouble() - 1;
      double s = u * u + v * v;
      if (s > 0 && s < 1) {
        double factor = Math.sqrt(-2 * StrictMath.log(s) / s);
        spare = v * factor;
        return u * factor;
      }
    }
  }

  double[] next(int count) {
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = next();
    }
    return values;
  }
}
