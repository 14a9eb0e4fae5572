package dev.flatness.coordinates;

import dev.flatness.internal.linalg.Vectors;

/**
 * Coordinates that stretch or shrink the space around a center θ̂ and keep all directions.
 *
 * <p>Formula: θ − θ̂ = h(‖u‖²) u with u = η − θ̂; J = h I + 2 h′ u uᵀ, det J = h^{n−1} (h + 2 h′
 * ‖u‖²). Two kinds: {@link #shell} and {@link #power}. The center has the coordinates θ̂.
 *
 * <p>Shapes: as many coordinates as parameters, n. Cost: O(n). Source: Dinh et al. 2017, App. A and
 * Fig. 5; docs/mathematics.md#radial. Immutable.
 */
public final class RadialCoordinates implements Coordinates {
  private final double[] center;
  private final RadialProfile profile;

  private RadialCoordinates(double[] center, RadialProfile profile) {
    if (center.length == 0) {
      throw new IllegalArgumentException("the center has no entry, expected at least one");
    }
    this.center = Lengths.requireFinite(center, "entry of the center").clone();
    this.profile = profile;
  }

  /**
   * Changes the scale in a ball around the center and nothing outside a larger one.
   *
   * <p>Formula: with r = ‖θ − θ̂‖ and s = ‖η − θ̂‖, s = ρ r/r̂ for r ≤ r̂, s = δ + (ρ − δ)(r −
   * δ)/(r̂ − δ) for r̂ &lt; r ≤ δ, and s = r beyond. At the center the Hessian is (r̂/ρ)² H. On the
   * spheres s = ρ and s = δ the map has a kink; the derivative there is that of the linear part
   * next to it, at ρ that of the inside, at δ that of the outside.
   *
   * @param center θ̂; copied
   * @param outer δ, positive
   * @param inner r̂, the radius of the ball in θ, between 0 and δ
   * @param image ρ, its radius in η, between 0 and δ
   * @return the coordinates
   * @throws IllegalArgumentException if a radius is out of its range or an entry is not finite
   */
  public static RadialCoordinates shell(double[] center, double outer, double inner, double image) {
    if (!(outer > 0) || Double.isInfinite(outer)) {
      throw new IllegalArgumentException(
          "the outer radius is " + outer + ", expected a positive finite number");
    }
    requireBetween("inner radius", inner, outer);
    requireBetween("image of the inner radius", image, outer);
    return new RadialCoordinates(center, new RadialProfile.Shell(inner, image, outer));
  }

  /**
   * Makes a region around the center flatter or sharper, by as much as a and b say.
   *
   * <p>Formula: η − θ̂ = (‖θ − θ̂‖² + b)^a (θ − θ̂). At the center the Hessian is b^{−2a} H. Cost:
   * a scalar equation is solved at every point, to the last bits; derivatives are those of the
   * inverse function. With b = 0 and a ≠ 0 the center is not in the domain.
   *
   * @param center θ̂; copied
   * @param a above −1/2
   * @param b at least 0
   * @return the coordinates
   * @throws IllegalArgumentException if a or b is out of its range or an entry is not finite
   */
  public static RadialCoordinates power(double[] center, double a, double b) {
    if (!(a > -0.5) || Double.isInfinite(a)) {
      throw new IllegalArgumentException(
          "a is " + a + ", expected a finite number above -0.5: the map has no inverse otherwise");
    }
    if (!(b >= 0) || Double.isInfinite(b)) {
      throw new IllegalArgumentException("b is " + b + ", expected a finite number of at least 0");
    }
    return new RadialCoordinates(center, new RadialProfile.Power(a, b));
  }

  private static void requireBetween(String name, double value, double outer) {
    if (!(value > 0 && value < outer)) {
      throw new IllegalArgumentException(
          "the "
              + name
              + " is "
              + value
              + ", expected a number between 0 and the outer radius "
              + outer);
    }
  }

  /**
   * Returns ln det J at a point, the logarithm of how much the map magnifies volumes there.
   *
   * @param eta η
   * @return (n − 1) ln h + ln(h + 2 h′ ‖u‖²)
   * @throws IllegalArgumentException if η lies outside the domain
   */
  public double logDeterminant(double[] eta) {
    double[] u = offset(eta);
    double q = Vectors.dot(u, u);
    RadialProfile.Value at = profile.at(q);
    return (u.length - 1) * Math.log(at.h()) + Math.log(at.h() + 2 * at.first() * q);
  }

  @Override
  public int dimension() {
    return center.length;
  }

  @Override
  public int parameters() {
    return center.length;
  }

  @Override
  public boolean contains(double[] eta) {
    Lengths.require(eta.length, center.length, "coordinates");
    return Lengths.finite(eta)
        && (profile.smoothAtCenter() || !java.util.Arrays.equals(eta, center));
  }

  @Override
  public double[] parametersAt(double[] eta) {
    double[] theta = offset(eta);
    double h = profile.at(Vectors.dot(theta, theta)).h();
    for (int i = 0; i < theta.length; i++) {
      theta[i] = center[i] + h * theta[i];
    }
    return theta;
  }

  @Override
  public double[] coordinatesOf(double[] theta) {
    Lengths.require(theta.length, center.length, "parameters");
    double[] eta = Lengths.requireFinite(theta, "parameter").clone();
    Vectors.addMultiple(-1, center, eta);
    double r = Vectors.norm(eta);
    double factor = r == 0 ? 1 : profile.distance(r) / r;
    for (int i = 0; i < eta.length; i++) {
      eta[i] = center[i] + factor * eta[i];
    }
    if (!contains(eta)) {
      throw notThere();
    }
    return eta;
  }

  @Override
  public Derivative derivativeAt(double[] eta) {
    double[] u = offset(eta);
    RadialProfile.Value at = profile.at(Vectors.dot(u, u));
    return new Derivative() {
      @Override
      public void push(double[] direction, double[] result) {
        double along = 2 * at.first() * Vectors.dot(u, direction);
        for (int i = 0; i < u.length; i++) {
          result[i] = at.h() * direction[i] + along * u[i];
        }
      }

      /** J is symmetric. */
      @Override
      public void pull(double[] covector, double[] result) {
        push(covector, result);
      }

      @Override
      public void addSecond(double[] covector, double[] direction, double[] result) {
        double du = Vectors.dot(u, direction);
        double cu = Vectors.dot(u, covector);
        double cd = Vectors.dot(covector, direction);
        double first = 2 * at.first();
        double alongU = first * cd + 4 * at.second() * du * cu;
        for (int i = 0; i < u.length; i++) {
          result[i] += first * (du * covector[i] + cu * direction[i]) + alongU * u[i];
        }
      }
    };
  }

  private double[] offset(double[] eta) {
    Lengths.require(eta.length, center.length, "coordinates");
    double[] u = Lengths.requireFinite(eta, "coordinate").clone();
    if (!contains(eta)) {
      throw notThere();
    }
    Vectors.addMultiple(-1, center, u);
    return u;
  }

  private static IllegalArgumentException notThere() {
    return new IllegalArgumentException(
        "the point is the center, where the map with b = 0 has no derivative; take b > 0");
  }
}
