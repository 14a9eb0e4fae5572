package dev.flatness.coordinates;

/** θ_i = sinh η_i: what a user's own change of variables looks like. */
record HyperbolicSines(int dimension) implements Coordinates {
  @Override
  public int parameters() {
    return dimension;
  }

  @Override
  public boolean contains(double[] eta) {
    return Lengths.finite(parametersAt(eta));
  }

  @Override
  public double[] parametersAt(double[] eta) {
    Lengths.require(eta.length, dimension, "coordinates");
    double[] theta = new double[dimension];
    java.util.Arrays.setAll(theta, i -> Math.sinh(eta[i]));
    return theta;
  }

  @Override
  public double[] coordinatesOf(double[] theta) {
    double[] eta = new double[dimension];
    java.util.Arrays.setAll(eta, i -> Math.log(theta[i] + Math.hypot(1, theta[i])));
    return eta;
  }

  @Override
  public Derivative derivativeAt(double[] eta) {
    double[] at = eta.clone();
    return new Derivative() {
      @Override
      public void push(double[] direction, double[] result) {
        for (int i = 0; i < at.length; i++) {
          result[i] = Math.cosh(at[i]) * direction[i];
        }
      }

      @Override
      public void pull(double[] covector, double[] result) {
        push(covector, result);
      }

      @Override
      public void addSecond(double[] covector, double[] direction, double[] result) {
        for (int i = 0; i < at.length; i++) {
          result[i] += covector[i] * Math.sinh(at[i]) * direction[i];
        }
      }
    };
  }
}
