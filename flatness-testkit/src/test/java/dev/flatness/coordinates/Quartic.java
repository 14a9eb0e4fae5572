package dev.flatness.coordinates;

import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.random.Seed;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.LossSurface;
import dev.flatness.surface.ParameterSet;

/** L(θ) = Σ_k (a_k·θ + c_k)⁴ with few random a_k, whose derivatives are known. */
final class Quartic implements LossSurface {
  private final double[][] a;
  private final double[] c;

  Quartic(int dimension, int terms, Seed seed) {
    var random = seed.generator();
    a = new double[terms][dimension];
    c = new double[terms];
    for (int k = 0; k < terms; k++) {
      c[k] = random.nextDouble();
      for (int i = 0; i < dimension; i++) {
        a[k][i] = random.nextGaussian() / Math.sqrt(dimension);
      }
    }
  }

  @Override
  public int dimension() {
    return a[0].length;
  }

  private double inner(int k, double[] theta) {
    double sum = c[k];
    for (int i = 0; i < theta.length; i++) {
      sum += a[k][i] * theta[i];
    }
    return sum;
  }

  @Override
  public double value(double[] theta) {
    double sum = 0;
    for (int k = 0; k < a.length; k++) {
      sum += Math.pow(inner(k, theta), 4);
    }
    return sum;
  }

  @Override
  public double valueAndGradient(double[] theta, double[] gradient) {
    java.util.Arrays.fill(gradient, 0);
    for (int k = 0; k < a.length; k++) {
      for (int i = 0; i < theta.length; i++) {
        gradient[i] += 4 * Math.pow(inner(k, theta), 3) * a[k][i];
      }
    }
    return value(theta);
  }

  @Override
  public SymmetricOperator curvature(Curvature kind, double[] theta, ParameterSet parameters) {
    return SymmetricOperator.of(
        theta.length,
        vector -> {
          double[] product = new double[theta.length];
          for (int k = 0; k < a.length; k++) {
            double along = inner(k, vector) - c[k];
            double factor = 12 * Math.pow(inner(k, theta), 2) * along;
            for (int i = 0; i < theta.length; i++) {
              product[i] += factor * a[k][i];
            }
          }
          return product;
        });
  }
}
