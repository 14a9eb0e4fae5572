package dev.flatness.surface;

import dev.flatness.linalg.SymmetricOperator;
import java.util.Objects;

/** A surface of functions that its user gives. */
final class FunctionSurface implements LossSurface {
  private final int dimension;
  private final GradientFunction gradient;
  private final HessianProduct product;

  FunctionSurface(int dimension, GradientFunction gradient, HessianProduct product) {
    if (dimension < 1) {
      throw new IllegalArgumentException(
          "the surface has " + dimension + " parameters, expected at least 1");
    }
    this.dimension = dimension;
    this.gradient = Objects.requireNonNull(gradient, "gradient");
    this.product = Objects.requireNonNull(product, "product");
  }

  @Override
  public int dimension() {
    return dimension;
  }

  @Override
  public double value(double[] theta) {
    return valueAndGradient(theta, new double[dimension]);
  }

  @Override
  public double valueAndGradient(double[] theta, double[] into) {
    requireLength(theta);
    requireLength(into);
    return gradient.valueAndGradient(theta, into);
  }

  @Override
  public SymmetricOperator curvature(Curvature kind, double[] theta, ParameterSet parameters) {
    if (kind != Curvature.HESSIAN) {
      throw new UnsupportedOperationException(
          "this surface has no " + kind.id() + " matrix, expected hessian");
    }
    requireLength(theta);
    parameters.requireWithin(dimension);
    double[] point = theta.clone();
    return SymmetricOperator.of(
        parameters.size(),
        vector -> {
          double[] whole = new double[dimension];
          parameters.embed(vector, whole);
          double[] found = product.product(point, whole);
          if (found == null || found.length != dimension) {
            String has = found == null ? "is null" : "has " + found.length + " entries";
            throw new IllegalArgumentException(
                "the Hessian product " + has + ", expected " + dimension);
          }
          double[] kept = new double[parameters.size()];
          parameters.restrict(found, kept);
          return kept;
        });
  }

  private void requireLength(double[] entries) {
    if (entries.length != dimension) {
      throw new IllegalArgumentException(
          "the vector has " + entries.length + " entries, expected " + dimension);
    }
  }
}
