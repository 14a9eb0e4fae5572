package dev.flatness.surface;

import dev.flatness.linalg.SymmetricOperator;

/** The Hessian of a {@link DifferencedSurface} at a point, restricted to a parameter set. */
final class DifferenceOperator implements SymmetricOperator {
  private final DifferencedSurface surface;
  private final ParameterSet parameters;
  private final double[] theta;
  private final Differences differences;
  private final double[] whole;
  private final double[] product;

  /** Takes the point over. */
  DifferenceOperator(DifferencedSurface surface, double[] theta, ParameterSet parameters) {
    this.surface = surface;
    this.theta = theta;
    this.parameters = parameters;
    this.differences = surface.differences(theta);
    this.whole = new double[theta.length];
    this.product = new double[theta.length];
  }

  @Override
  public int dimension() {
    return parameters.size();
  }

  @Override
  public double error() {
    return surface.productError(theta).bound();
  }

  @Override
  public void apply(double[][] vectors, double[][] products) {
    CurvatureOperator.requireFit(dimension(), vectors, products);
    ProductError error = surface.productError(theta);
    for (int i = 0; i < vectors.length; i++) {
      parameters.embed(vectors[i], whole);
      if (error.order() == 4) {
        differences.fourth(error.step(), whole, product);
      } else {
        differences.second(error.step(), whole, product);
      }
      parameters.restrict(product, products[i]);
    }
  }
}
