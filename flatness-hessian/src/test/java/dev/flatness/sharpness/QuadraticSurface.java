package dev.flatness.sharpness;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.spectral.DenseSymmetric;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.LossSurface;
import dev.flatness.surface.ParameterSet;

/** c + gᵀθ + ½ θᵀHθ, infinite or undefined where the first parameter passes a limit. */
record QuadraticSurface(
    double constant, double[] slope, SymmetricOperator matrix, double limit, double beyond)
    implements LossSurface {
  static QuadraticSurface of(double constant, double[] slope, SymmetricOperator matrix) {
    return new QuadraticSurface(constant, slope, matrix, Double.POSITIVE_INFINITY, Double.NaN);
  }

  static QuadraticSurface diagonal(double constant, double[] slope, double... diagonal) {
    int n = diagonal.length;
    double[] entries = new double[n * n];
    for (int i = 0; i < n; i++) {
      entries[i * n + i] = diagonal[i];
    }
    return of(constant, slope, DenseSymmetric.of(n, entries));
  }

  QuadraticSurface within(double first, double outside) {
    return new QuadraticSurface(constant, slope, matrix, first, outside);
  }

  @Override
  public int dimension() {
    return slope.length;
  }

  @Override
  public double value(double[] theta) {
    return valueAndGradient(theta, new double[slope.length]);
  }

  @Override
  public double valueAndGradient(double[] theta, double[] gradient) {
    double[][] product = new double[1][slope.length];
    matrix.apply(new double[][] {theta}, product);
    for (int i = 0; i < slope.length; i++) {
      gradient[i] = slope[i] + product[0][i];
    }
    double value = constant + Vectors.dot(slope, theta) + 0.5 * Vectors.dot(theta, product[0]);
    return theta[0] > limit ? beyond : value;
  }

  @Override
  public SymmetricOperator curvature(Curvature kind, double[] theta, ParameterSet parameters) {
    return matrix;
  }
}
