package dev.flatness.robustness;

import java.util.Arrays;

/**
 * The kernels around the features of a layer: which points lie in them, and the log density they
 * give to points held out.
 *
 * <p>Cost: n² m operations for n samples of m features, once for all δ and all splits.
 */
final class Neighbours {
  private final double[][] features;
  private final double[] norms;
  private final RadialLaw law;

  Neighbours(double[][] features, RadialLaw law) {
    this.features = features;
    this.law = law;
    this.norms = new double[features.length];
    for (int i = 0; i < norms.length; i++) {
      for (double x : features[i]) {
        norms[i] = Math.hypot(norms[i], x);
      }
    }
  }

  /**
   * What the kernels say of the points held out.
   *
   * @param outside by δ, over all splits, the share of points outside every kernel
   * @param logLikelihood by δ, the mean log density of the others
   * @param nearest by sample, its nearest other sample
   * @param distance by sample, how far that is
   */
  record Found(double[] outside, double[] logLikelihood, int[] nearest, double[] distance) {}

  double norm(int sample) {
    return norms[sample];
  }

  /**
   * Looks at every pair of samples.
   *
   * @param deltas δ, ascending
   * @param training by split and sample, whether the sample has a kernel; the others are held out
   */
  Found find(double[] deltas, boolean[][] training, Workers workers) {
    int n = features.length;
    double[][][] density = new double[n][][];
    int[] nearest = new int[n];
    double[] distance = new double[n];
    workers.run(
        n,
        j -> {
          double[][] own = new double[deltas.length][training.length];
          for (double[] row : own) {
            Arrays.fill(row, Double.NEGATIVE_INFINITY);
          }
          density[j] = own;
          distance[j] = Double.POSITIVE_INFINITY;
          for (int i = 0; i < n; i++) {
            if (i != j) {
              double far = distance(features[i], features[j]);
              if (far < distance[j]) {
                distance[j] = far;
                nearest[j] = i;
              }
              add(own, i, j, far, deltas, training);
            }
          }
        });
    double[] outside = new double[deltas.length];
    double[] likelihood = new double[deltas.length];
    for (int d = 0; d < deltas.length; d++) {
      Sum inside = new Sum();
      long held = 0;
      long out = 0;
      for (int split = 0; split < training.length; split++) {
        int kernels = 0;
        for (boolean own : training[split]) {
          kernels += own ? 1 : 0;
        }
        for (int j = 0; j < n; j++) {
          if (!training[split][j]) {
            held++;
            double log = density[j][d][split];
            if (log == Double.NEGATIVE_INFINITY) {
              out++;
            } else {
              inside.add(log - Math.log(kernels));
            }
          }
        }
      }
      outside[d] = (double) out / held;
      likelihood[d] = out == held ? Double.NaN : inside.value() / (held - out);
    }
    return new Found(outside, likelihood, nearest, distance);
  }

  /** Adds the kernel at sample i to the log densities of sample j. */
  private void add(
      double[][] own, int i, int j, double far, double[] deltas, boolean[][] training) {
    for (int d = deltas.length - 1; d >= 0; d--) {
      double radius = deltas[d] * norms[i];
      if (far > radius || radius == 0) {
        return;
      }
      int m = features[i].length;
      double relative = far / radius / law.width();
      double log = -relative * relative / 2 - m * Math.log(radius) - law.logMass();
      for (int split = 0; split < training.length; split++) {
        if (training[split][i] && !training[split][j]) {
          own[d][split] = added(own[d][split], log);
        }
      }
    }
  }

  /** ln (e^a + e^b). */
  private static double added(double a, double b) {
    double most = Math.max(a, b);
    return a == Double.NEGATIVE_INFINITY ? b : most + Math.log1p(Math.exp(-Math.abs(a - b)));
  }

  private static double distance(double[] a, double[] b) {
    double sum = 0;
    for (int t = 0; t < a.length; t++) {
      sum += (a[t] - b[t]) * (a[t] - b[t]);
    }
    return Math.sqrt(sum);
  }
}
