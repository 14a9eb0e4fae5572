package dev.flatness.sharpness;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.spectral.DenseSymmetric;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.LossSurface;
import dev.flatness.surface.ParameterSet;

/** gᵀθ + c max(0, hᵀθ − d): a kink at the distance d along the unit vector h. */
record HingeSurface(double[] slope, double[] steep, double factor, double distance)
    implements LossSurface {
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
    double above = Vectors.dot(steep, theta) - distance;
    System.arraycopy(slope, 0, gradient, 0, slope.length);
    if (above > 0) {
      Vectors.addMultiple(factor, steep, gradient);
    }
    return Vectors.dot(slope, theta) + factor * Math.max(0, above);
  }

  @Override
  public SymmetricOperator curvature(Curvature kind, double[] theta, ParameterSet parameters) {
    return DenseSymmetric.of(slope.length, new double[slope.length * slope.length]);
  }
}
