package dev.flatness.symmetry;

import dev.flatness.data.Dataset;

/** Means and covariances of the inputs of a dataset, in two passes in the order of the samples. */
final class InputMoments {
  private static final int CHUNK = 64;

  private InputMoments() {}

  /** Receives one sample's inputs after the other. */
  interface Sample {
    void accept(double[] x);
  }

  static void forEach(Dataset data, Sample sample) {
    int size = data.inputShape().size();
    double[] inputs = new double[CHUNK * size];
    double[] targets = new double[CHUNK * data.targetSize()];
    double[] x = new double[size];
    for (int first = 0; first < data.size(); first += CHUNK) {
      int count = Math.min(CHUNK, data.size() - first);
      data.read(first, count, inputs, targets);
      for (int i = 0; i < count; i++) {
        System.arraycopy(inputs, i * size, x, 0, size);
        sample.accept(x);
      }
    }
  }

  /** The mean of every group of neighboring entries; a group of one is an entry. */
  static double[] means(Dataset data, int groups) {
    double[] sums = new double[groups];
    int width = data.inputShape().size() / groups;
    forEach(
        data,
        x -> {
          for (int i = 0; i < x.length; i++) {
            sums[i / width] += x[i];
          }
        });
    return divided(sums, (double) data.size() * width);
  }

  /** The population variance of every group about its mean. */
  static double[] variances(Dataset data, double[] means) {
    double[] sums = new double[means.length];
    int width = data.inputShape().size() / means.length;
    forEach(
        data,
        x -> {
          for (int i = 0; i < x.length; i++) {
            double deviation = x[i] - means[i / width];
            sums[i / width] += deviation * deviation;
          }
        });
    return divided(sums, (double) data.size() * width);
  }

  /** The population covariance matrix; its lower triangle is set. */
  static double[][] covariance(Dataset data, double[] means) {
    int n = means.length;
    double[][] sums = new double[n][n];
    double[] deviation = new double[n];
    forEach(
        data,
        x -> {
          for (int i = 0; i < n; i++) {
            deviation[i] = x[i] - means[i];
            if (deviation[i] == 0) {
              continue;
            }
            for (int j = 0; j <= i; j++) {
              sums[i][j] += deviation[i] * deviation[j];
            }
          }
        });
    for (double[] row : sums) {
      divided(row, data.size());
    }
    return sums;
  }

  /** The Cholesky factor of a matrix whose lower triangle is set; the position of a bad pivot. */
  static int cholesky(double[][] matrix) {
    int n = matrix.length;
    for (int j = 0; j < n; j++) {
      double before = matrix[j][j];
      for (int i = j; i < n; i++) {
        double sum = matrix[i][j];
        for (int k = 0; k < j; k++) {
          sum -= matrix[i][k] * matrix[j][k];
        }
        if (i > j) {
          matrix[i][j] = sum / matrix[j][j];
        } else if (!(sum > n * Math.ulp(before))) {
          return j;
        } else {
          matrix[j][j] = Math.sqrt(sum);
        }
      }
    }
    return -1;
  }

  private static double[] divided(double[] sums, double count) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] /= count;
    }
    return sums;
  }
}
