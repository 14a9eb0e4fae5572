package dev.flatness.pacbayes;

/**
 * The bounds that a posterior can be trained to minimise, as functions of the risk q and of ε = (KL
 * + ln (2√n/δ))/n.
 *
 * <p>Source: docs/mathematics.md#optimised-posterior.
 */
public enum TrainingBound {
  /** (√(q + ε/2) + √(ε/2))². */
  QUADRATIC("quadratic") {
    @Override
    public double value(double q, double epsilon) {
      double sum = Math.sqrt(q + epsilon / 2) + Math.sqrt(epsilon / 2);
      return sum * sum;
    }

    @Override
    double inRisk(double q, double epsilon) {
      return 1 + Math.sqrt(epsilon / 2) / Math.sqrt(q + epsilon / 2);
    }

    @Override
    double inDivergence(double q, double epsilon) {
      double risk = Math.sqrt(q + epsilon / 2);
      double complexity = Math.sqrt(epsilon / 2);
      return (risk + complexity) * (1 / risk + 1 / complexity) / 2;
    }
  },

  /** kl⁻¹(q, ε) = sup {p ≥ q : kl(q‖p) ≤ ε}; its derivatives are those of the implicit function. */
  SEEGER("seeger") {
    @Override
    public double value(double q, double epsilon) {
      return BinaryDivergence.upperInverse(share(q), epsilon);
    }

    @Override
    double inRisk(double q, double epsilon) {
      double p = value(q, epsilon);
      double r = share(q);
      return p < 1 ? (Math.log(p / r) + Math.log((1 - r) / (1 - p))) * inDivergence(q, epsilon) : 1;
    }

    @Override
    double inDivergence(double q, double epsilon) {
      double p = value(q, epsilon);
      double r = share(q);
      // ∂kl/∂p = (p − q)/(p (1 − p)); flat where the bound is vacuous.
      return p < 1 ? p * (1 - p) / (p - r) : FLAT;
    }
  },

  /** Maurer's bound relaxed by Pinsker's inequality, q + √(ε/2). */
  MAURER("maurer") {
    @Override
    public double value(double q, double epsilon) {
      return q + Math.sqrt(epsilon / 2);
    }

    @Override
    double inRisk(double q, double epsilon) {
      return 1;
    }

    @Override
    double inDivergence(double q, double epsilon) {
      return 1 / (4 * Math.sqrt(epsilon / 2));
    }
  };

  private static final double LEAST = 1e-9;
  private static final double FLAT = 1e-3;

  private final String id;

  TrainingBound(String id) {
    this.id = id;
  }

  /**
   * Returns the name used in reports and on the command line.
   *
   * @return for instance {@code quadratic}
   */
  public String id() {
    return id;
  }

  /**
   * Evaluates the bound.
   *
   * @param q the risk, at least 0; a surrogate may be above 1
   * @param epsilon ε, positive
   * @return the bound; vacuous from 1 on
   */
  public abstract double value(double q, double epsilon);

  /** Returns the derivative in q. */
  abstract double inRisk(double q, double epsilon);

  /** Returns the derivative in ε. */
  abstract double inDivergence(double q, double epsilon);

  /** A surrogate may be 0 or above 1, where the divergence of coins has no derivative. */
  private static double share(double q) {
    return Math.min(Math.max(q, LEAST), 1 - LEAST);
  }
}
