package dev.flatness.loss;

import dev.flatness.data.Dataset;
import java.util.List;

/** Losses as a user might write them, by their dense Hessian. */
final class TestLosses {
  private TestLosses() {}

  /** Every convex loss there is, and two that users might write. */
  static List<Loss> convex() {
    return List.of(
        SoftmaxCrossEntropy.onLogits(),
        SoftmaxCrossEntropy.onLogits()
            .withLabelSmoothing(0.2)
            .withClassWeights(List.of(0.5, 2.0, 1.0, 0.25, 3.0, 1.5, 0.75, 1.25)),
        SquaredError.summed(),
        SquaredError.averaged(),
        BinaryCrossEntropy.onLogits(),
        new Coupled(),
        new Quadratic("mean", 4, new double[][] {{1, 1}, {1, 1}}));
  }

  /** Σ cosh f_k + ½ (Σ f_k)²: its Hessian is diag(cosh f) + 11ᵀ. */
  record Coupled() implements Loss {
    @Override
    public String id() {
      return "coupled";
    }

    @Override
    public double value(double[] f, double[] y) {
      double value = 0;
      for (double x : f) {
        value += Math.cosh(x);
      }
      return value + sum(f) * sum(f) / 2;
    }

    @Override
    public void gradient(double[] f, double[] y, double[] g) {
      for (int k = 0; k < f.length; k++) {
        g[k] = Math.sinh(f[k]) + sum(f);
      }
    }

    @Override
    public void hessianProduct(double[] f, double[] y, double[] v, double[] product) {
      for (int k = 0; k < f.length; k++) {
        product[k] = Math.cosh(f[k]) * v[k] + sum(v);
      }
    }

    @Override
    public void check(Dataset dataset, int outputs) {}

    private static double sum(double[] f) {
      double sum = 0;
      for (double x : f) {
        sum += x;
      }
      return sum;
    }
  }

  /** ½ fᵀAf of the first outputs, which need not be convex. */
  record Quadratic(String id, int columns, double[][] a) implements Loss {
    @Override
    public int factorColumns(int outputs) {
      return columns;
    }

    @Override
    public double value(double[] f, double[] y) {
      double[] product = new double[f.length];
      hessianProduct(f, y, f, product);
      double value = 0;
      for (int k = 0; k < f.length; k++) {
        value += f[k] * product[k] / 2;
      }
      return value;
    }

    @Override
    public void gradient(double[] f, double[] y, double[] g) {
      hessianProduct(f, y, f, g);
    }

    @Override
    public void hessianProduct(double[] f, double[] y, double[] v, double[] product) {
      java.util.Arrays.fill(product, 0);
      for (int i = 0; i < a.length; i++) {
        for (int j = 0; j < a.length; j++) {
          product[i] += a[i][j] * v[j];
        }
      }
    }

    @Override
    public void check(Dataset dataset, int outputs) {}
  }
}
