package dev.flatness;

import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.LossSurface;
import dev.flatness.surface.ParameterSet;

/** A surface that says which points lie outside its domain. */
record GuardedSurface(LossSurface surface) implements LossSurface {
  /** A point outside the domain was asked for. */
  static final class OutsideDomainException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private double[] checked(double[] point) {
    if (!surface.contains(point)) {
      throw new OutsideDomainException();
    }
    return point;
  }

  @Override
  public int dimension() {
    return surface.dimension();
  }

  @Override
  public double value(double[] point) {
    return surface.value(checked(point));
  }

  @Override
  public double valueAndGradient(double[] point, double[] gradient) {
    return surface.valueAndGradient(checked(point), gradient);
  }

  @Override
  public SymmetricOperator curvature(Curvature kind, double[] point, ParameterSet parameters) {
    return surface.curvature(kind, checked(point), parameters);
  }

  @Override
  public boolean contains(double[] point) {
    return surface.contains(point);
  }

  @Override
  public LossSurface inDouble() {
    LossSurface fine = surface.inDouble();
    return fine == surface ? this : new GuardedSurface(fine);
  }
}
