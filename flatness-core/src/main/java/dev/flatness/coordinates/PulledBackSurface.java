package dev.flatness.coordinates;

import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.DifferencedSurface;
import dev.flatness.surface.LossSurface;
import dev.flatness.surface.ParameterSet;
import org.jspecify.annotations.Nullable;

/**
 * A loss surface in other coordinates: l(η) = L(g(η)).
 *
 * <p>Formula: ∇l = Jᵀ∇L; Hessian Jᵀ ∇²L J + Σ_k ∂L/∂θ_k ∇²g_k; every other curvature matrix C is Jᵀ
 * C J.
 *
 * <p>Cost: that of the surface, and one push, one pull and one second-order term of the coordinates
 * a vector; the Hessian at a point takes one gradient when it is made. Errors: a point outside the
 * domain is refused by the coordinates.
 *
 * <p>Of a {@link DifferencedSurface} the Hessian is made of differences of ∇l, with the error that
 * these have in the coordinates.
 *
 * <p>Source: Dinh et al. 2017, §5. Immutable.
 */
public final class PulledBackSurface implements LossSurface {
  private final LossSurface surface;
  private final Coordinates coordinates;

  /** This surface by its gradient, where L has its products by differences: their error is seen. */
  private final @Nullable DifferencedSurface differenced;

  /**
   * Pulls a surface back.
   *
   * @param surface L
   * @param coordinates g
   * @throws IllegalArgumentException if the surface's dimension is not the coordinates' number of
   *     parameters
   */
  public PulledBackSurface(LossSurface surface, Coordinates coordinates) {
    if (surface.dimension() != coordinates.parameters()) {
      throw new IllegalArgumentException(
          "the coordinates are of "
              + coordinates.parameters()
              + " parameters, but the surface has "
              + surface.dimension());
    }
    this.surface = surface;
    this.coordinates = coordinates;
    this.differenced =
        surface instanceof DifferencedSurface
            ? DifferencedSurface.of(coordinates.dimension(), this::valueAndGradient)
                .withDomain(this::contains)
            : null;
  }

  /**
   * Returns the coordinates.
   *
   * @return g
   */
  public Coordinates coordinates() {
    return coordinates;
  }

  @Override
  public int dimension() {
    return coordinates.dimension();
  }

  @Override
  public double value(double[] eta) {
    return surface.value(coordinates.parametersAt(eta));
  }

  @Override
  public double valueAndGradient(double[] eta, double[] gradient) {
    double[] outer = new double[coordinates.parameters()];
    double value = surface.valueAndGradient(coordinates.parametersAt(eta), outer);
    coordinates.derivativeAt(eta).pull(outer, gradient);
    return value;
  }

  @Override
  public boolean contains(double[] eta) {
    return coordinates.contains(eta) && surface.contains(coordinates.parametersAt(eta));
  }

  @Override
  public LossSurface inDouble() {
    LossSurface fine = surface.inDouble();
    return fine == surface ? this : new PulledBackSurface(fine, coordinates);
  }

  @Override
  public SymmetricOperator curvature(Curvature kind, double[] eta, ParameterSet selected) {
    selected.requireWithin(dimension());
    if (differenced != null && kind == Curvature.HESSIAN) {
      return differenced.curvature(kind, eta, selected);
    }
    double[] theta = coordinates.parametersAt(eta);
    Coordinates.Derivative derivative = coordinates.derivativeAt(eta);
    SymmetricOperator outer =
        surface.curvature(kind, theta, ParameterSet.all(coordinates.parameters()));
    double @Nullable [] gradient = null;
    if (kind == Curvature.HESSIAN) {
      gradient = new double[coordinates.parameters()];
      surface.valueAndGradient(theta, gradient);
    }
    return new Pulled(outer, derivative, gradient, selected, dimension());
  }

  /** The pulled-back matrix, restricted; its buffers are kept from call to call. */
  private static final class Pulled implements SymmetricOperator {
    private final SymmetricOperator outer;
    private final Coordinates.Derivative derivative;
    private final double @Nullable [] gradient;
    private final ParameterSet selected;
    private final double[] whole;
    private final double[] result;
    private double[][] pushed = new double[0][];
    private double[][] products = new double[0][];

    Pulled(
        SymmetricOperator outer,
        Coordinates.Derivative derivative,
        double @Nullable [] gradient,
        ParameterSet selected,
        int dimension) {
      this.outer = outer;
      this.derivative = derivative;
      this.gradient = gradient;
      this.selected = selected;
      this.whole = new double[dimension];
      this.result = new double[dimension];
    }

    @Override
    public int dimension() {
      return selected.size();
    }

    @Override
    public void apply(double[][] vectors, double[][] images) {
      for (int i = 0; i < vectors.length; i++) {
        requireLength("vector", vectors[i]);
        requireLength("product", images[i]);
      }
      if (pushed.length != vectors.length) {
        pushed = new double[vectors.length][outer.dimension()];
        products = new double[vectors.length][outer.dimension()];
      }
      for (int i = 0; i < vectors.length; i++) {
        selected.embed(vectors[i], whole);
        derivative.push(whole, pushed[i]);
      }
      outer.apply(pushed, products);
      for (int i = 0; i < vectors.length; i++) {
        derivative.pull(products[i], result);
        if (gradient != null) {
          selected.embed(vectors[i], whole);
          derivative.addSecond(gradient, whole, result);
        }
        selected.restrict(result, images[i]);
      }
    }

    private void requireLength(String what, double[] entries) {
      if (entries.length != selected.size()) {
        throw new IllegalArgumentException(
            "a " + what + " has " + entries.length + " entries, expected " + selected.size());
      }
    }
  }
}
