package dev.flatness.testkit;

import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.LossSurface;
import dev.flatness.surface.ParameterSet;

class RosenbrockTest extends LossSurfaceContract {
  @Override
  protected LossSurface surface() {
    return new Rosenbrock();
  }

  @Override
  protected double[] point() {
    return new double[] {-1.2, 1};
  }
}

record Rosenbrock() implements LossSurface {
  @Override
  public int dimension() {
    return 2;
  }

  @Override
  public double value(double[] theta) {
    return valueAndGradient(theta, new double[2]);
  }

  @Override
  public double valueAndGradient(double[] theta, double[] gradient) {
    double a = 1 - theta[0];
    double b = theta[1] - theta[0] * theta[0];
    gradient[0] = -2 * a - 400 * theta[0] * b;
    gradient[1] = 200 * b;
    return a * a + 100 * b * b;
  }

  @Override
  public SymmetricOperator curvature(Curvature kind, double[] theta, ParameterSet parameters) {
    if (kind != Curvature.HESSIAN) {
      throw new UnsupportedOperationException("no matrix but the Hessian");
    }
    double xx = 2 - 400 * theta[1] + 1200 * theta[0] * theta[0];
    double xy = -400 * theta[0];
    return SymmetricOperator.of(
        parameters.size(),
        vector -> {
          double[] v = new double[2];
          parameters.embed(vector, v);
          double[] product = {xx * v[0] + xy * v[1], xy * v[0] + 200 * v[1]};
          double[] kept = new double[parameters.size()];
          parameters.restrict(product, kept);
          return kept;
        });
  }
}
