package dev.flatness.testkit;

import java.util.Arrays;

/**
 * A loss of one sample with its derivatives in the outputs, from its definition.
 *
 * @param value ℓ(f, y)
 * @param gradient ∂ℓ/∂f
 * @param hessian ∂²ℓ/∂f²
 */
record ScalarLoss(double value, double[] gradient, double[][] hessian) {
  static ScalarLoss of(String id, double[] f, double[] target) {
    return switch (id) {
      case "cross-entropy" ->
          target.length == 1 ? crossEntropy(f, (int) target[0]) : mixed(f, target);
      case "squared-error" -> squaredError(f, target);
      case "binary-cross-entropy" -> binaryCrossEntropy(f, target);
      default ->
          throw new IllegalArgumentException(
              "loss \""
                  + id
                  + "\" has no dense reference, expected cross-entropy, squared-error or"
                  + " binary-cross-entropy");
    };
  }

  private static ScalarLoss crossEntropy(double[] f, int label) {
    double sum = 0;
    for (double z : f) {
      // Relative to the label's output, so that a small loss keeps its digits.
      sum += Math.exp(z - f[label]);
    }
    int n = f.length;
    double[] gradient = new double[n];
    double[][] hessian = new double[n][n];
    for (int k = 0; k < n; k++) {
      double p = Math.exp(f[k] - f[label]) / sum;
      gradient[k] = k == label ? -others(f, label) / sum : p;
      for (int l = 0; l < n; l++) {
        double q = Math.exp(f[l] - f[label]) / sum;
        hessian[k][l] = k == l ? p * others(f, k) * Math.exp(f[k] - f[label]) / sum : -p * q;
      }
    }
    double others = others(f, label);
    double value = others < Double.POSITIVE_INFINITY ? Math.log1p(others) : far(f, label);
    return new ScalarLoss(value, gradient, hessian);
  }

  /** ln Σ e^f − f_label where an output is so far above the label's that its e^ overflows. */
  private static double far(double[] f, int label) {
    double top = Arrays.stream(f).max().orElseThrow();
    return top - f[label] + Math.log(Arrays.stream(f).map(z -> Math.exp(z - top)).sum());
  }

  /** The mean over labels that a target weighs. */
  private static ScalarLoss mixed(double[] f, double[] target) {
    double value = 0;
    double[] gradient = new double[f.length];
    double[][] hessian = new double[f.length][f.length];
    for (int label = 0; label < f.length; label++) {
      ScalarLoss one = crossEntropy(f, label);
      value += target[label] * one.value;
      for (int k = 0; k < f.length; k++) {
        gradient[k] += target[label] * one.gradient[k];
        for (int l = 0; l < f.length; l++) {
          hessian[k][l] += target[label] * one.hessian[k][l];
        }
      }
    }
    return new ScalarLoss(value, gradient, hessian);
  }

  /** Σ_{j ≠ k} e^{f_j − f_k}. */
  private static double others(double[] f, int k) {
    double sum = 0;
    for (int j = 0; j < f.length; j++) {
      sum += j == k ? 0 : Math.exp(f[j] - f[k]);
    }
    return sum;
  }

  private static ScalarLoss squaredError(double[] f, double[] y) {
    double value = 0;
    double[] gradient = new double[f.length];
    double[][] hessian = new double[f.length][f.length];
    for (int k = 0; k < f.length; k++) {
      value += (f[k] - y[k]) * (f[k] - y[k]);
      gradient[k] = 2 * (f[k] - y[k]);
      hessian[k][k] = 2;
    }
    return new ScalarLoss(value, gradient, hessian);
  }

  /** ln(1 + e^z), which is finite wherever z is. */
  private static double softplus(double z) {
    return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
  }

  private static ScalarLoss binaryCrossEntropy(double[] f, double[] y) {
    double value = 0;
    double[] gradient = new double[f.length];
    double[][] hessian = new double[f.length][f.length];
    for (int k = 0; k < f.length; k++) {
      double up = 1 / (1 + Math.exp(-f[k]));
      double down = 1 / (1 + Math.exp(f[k]));
      value += y[k] * softplus(-f[k]) + (1 - y[k]) * softplus(f[k]);
      gradient[k] = (1 - y[k]) * up - y[k] * down;
      hessian[k][k] = up * down;
    }
    return new ScalarLoss(value, gradient, hessian);
  }
}
