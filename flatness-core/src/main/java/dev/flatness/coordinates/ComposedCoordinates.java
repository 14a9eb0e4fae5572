package dev.flatness.coordinates;

/** Two changes of variables one after the other: θ = g(k(ζ)). */
final class ComposedCoordinates implements Coordinates {
  private final Coordinates outer;
  private final Coordinates inner;

  ComposedCoordinates(Coordinates outer, Coordinates inner) {
    if (inner.parameters() != outer.dimension()) {
      throw new IllegalArgumentException(
          "the inner coordinates map to "
              + inner.parameters()
              + " numbers, expected the "
              + outer.dimension()
              + " coordinates of the outer ones");
    }
    this.outer = outer;
    this.inner = inner;
  }

  @Override
  public int dimension() {
    return inner.dimension();
  }

  @Override
  public int parameters() {
    return outer.parameters();
  }

  @Override
  public boolean contains(double[] zeta) {
    return inner.contains(zeta) && outer.contains(inner.parametersAt(zeta));
  }

  @Override
  public double[] parametersAt(double[] zeta) {
    return outer.parametersAt(inner.parametersAt(zeta));
  }

  @Override
  public double[] parametersBeyond(double[] zeta) {
    return outer.parametersBeyond(inner.parametersBeyond(zeta));
  }

  @Override
  public double[] coordinatesOf(double[] theta) {
    return inner.coordinatesOf(outer.coordinatesOf(theta));
  }

  /** ∇²(g∘k)[γ] = Kᵀ ∇²g[γ] K + ∇²k[Gᵀγ] with the Jacobians G and K. */
  @Override
  public Derivative derivativeAt(double[] zeta) {
    Derivative first = inner.derivativeAt(zeta);
    Derivative second = outer.derivativeAt(inner.parametersAt(zeta));
    int between = inner.parameters();
    return new Derivative() {
      @Override
      public void push(double[] direction, double[] result) {
        double[] pushed = new double[between];
        first.push(direction, pushed);
        second.push(pushed, result);
      }

      @Override
      public void pull(double[] covector, double[] result) {
        double[] pulled = new double[between];
        second.pull(covector, pulled);
        first.pull(pulled, result);
      }

      @Override
      public void addSecond(double[] covector, double[] direction, double[] result) {
        double[] pushed = new double[between];
        first.push(direction, pushed);
        double[] curved = new double[between];
        second.addSecond(covector, pushed, curved);
        double[] own = new double[result.length];
        first.pull(curved, own);
        for (int i = 0; i < result.length; i++) {
          result[i] += own[i];
        }
        second.pull(covector, curved);
        first.addSecond(curved, direction, result);
      }
    };
  }
}
