package dev.flatness.testkit;

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
      case "cross-entropy" -> crossEntropy(f, (int) target[0]);
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
    return new ScalarLoss(Math.log1p(others(f, label)), gradient, hessian);
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

  private static ScalarLoss binaryCrossEntropy(double[] f, double[] y) {
    double value = 0;
    double[] gradient = new double[f.length];
    double[][] hessian = new double[f.length][f.length];
    for (int k = 0; k < f.length; k++) {
      double z = y[k] > 0.5 ? -f[k] : f[k];
      double s = 1 / (1 + Math.exp(-z));
      value += Math.log1p(Math.exp(-Math.abs(z))) + Math.max(0, z);
      gradient[k] = y[k] > 0.5 ? -s : s;
      hessian[k][k] = s / (1 + Math.exp(z));
    }
    return new ScalarLoss(value, gradient, hessian);
  }
}
