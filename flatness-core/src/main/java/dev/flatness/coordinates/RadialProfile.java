package dev.flatness.coordinates;

/**
 * The radial part of a map around a center: θ − θ̂ = h(q) u with u = η − θ̂ and q = ‖u‖²; written
 * in q, so that nothing is divided by the distance.
 */
interface RadialProfile {
  /** h, h′ and h″ at one q. */
  record Value(double h, double first, double second) {}

  Value at(double q);

  /** The distance of η from the center for a distance r of θ: the inverse of √q · h(q). */
  double distance(double r);

  /** Whether h is smooth at the center, or why it is not. */
  default boolean smoothAtCenter() {
    return true;
  }

  /** Dinh et al. 2017, App. A: [0, r̂] ↔ [0, ρ] and [r̂, δ] ↔ [ρ, δ], each linear. */
  record Shell(double inner, double image, double outer) implements RadialProfile {
    @Override
    public Value at(double q) {
      double s = Math.sqrt(q);
      if (s <= image) {
        return new Value(inner / image, 0, 0);
      }
      if (s >= outer) {
        return new Value(1, 0, 0);
      }
      double slope = (outer - inner) / (outer - image);
      double offset = outer * (1 - slope);
      return new Value(offset / s + slope, -offset / (2 * q * s), 3 * offset / (4 * q * q * s));
    }

    @Override
    public double distance(double r) {
      if (r <= inner) {
        return r * (image / inner);
      }
      return r >= outer ? r : image + (r - inner) * ((outer - image) / (outer - inner));
    }
  }

  /**
   * Dinh et al. 2017, Fig. 5: u = (|x|² + b)^a x for x = θ − θ̂, so h = (w + b)^−a with w = |x|².
   */
  record Power(double a, double b) implements RadialProfile {
    private static final int MOST_STEPS = 200;

    @Override
    public Value at(double q) {
      if (a == 0) {
        return new Value(1, 0, 0);
      }
      double r = inverse(Math.sqrt(q));
      double w = r * r;
      double base = w + b;
      // q(w) = w (w+b)^2a and its derivatives; by the implicit function theorem w′ = 1/q′ and
      // w″ = −q″/q′³.
      double power = Math.pow(base, 2 * a - 1);
      double slope = power * ((1 + 2 * a) * w + b);
      double bend = 2 * a * power / base * ((1 + 2 * a) * w + 2 * b);
      double h = Math.pow(base, -a);
      double hFirst = -a * h / base;
      double hSecond = a * (a + 1) * h / (base * base);
      double wFirst = 1 / slope;
      double wSecond = -bend / (slope * slope * slope);
      return new Value(h, hFirst * wFirst, hSecond * wFirst * wFirst + hFirst * wSecond);
    }

    @Override
    public double distance(double r) {
      return r == 0 ? 0 : r * Math.pow(r * r + b, a);
    }

    @Override
    public boolean smoothAtCenter() {
      return b > 0 || a == 0;
    }

    /** Newton in ln r, where the slope lies between 1 and 1 + 2a, then the nearest double. */
    private double inverse(double s) {
      if (s == 0) {
        return 0;
      }
      double target = Math.log(s);
      double x =
          b > 0 && s < Math.pow(b, a + 0.5) ? target - a * Math.log(b) : target / (1 + 2 * a);
      for (int i = 0; i < MOST_STEPS; i++) {
        double w = Math.exp(2 * x);
        double step = (x + a * Math.log(w + b) - target) / (1 + 2 * a * w / (w + b));
        x -= step;
        if (Math.abs(step) <= 4 * Math.ulp(x)) {
          break;
        }
      }
      double r = Math.exp(x);
      for (int i = 0; i < 3; i++) {
        double w = r * r;
        double relative = (distance(r) - s) / s;
        r -= relative * r / (1 + 2 * a * w / (w + b));
      }
      double best = r;
      for (double near : new double[] {Math.nextDown(r), Math.nextUp(r)}) {
        best = Math.abs(distance(near) - s) < Math.abs(distance(best) - s) ? near : best;
      }
      return best;
    }
  }
}
