package dev.flatness.hessian;

import dev.flatness.cost.Pass;
import dev.flatness.cost.Work;
import dev.flatness.internal.linalg.Vectors;
import dev.flatness.measure.AbstractMeasure;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Fact;
import dev.flatness.measure.Facts;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.sharpness.PerturbationSet;
import dev.flatness.sharpness.PerturbationSet.Norm;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * {@code volume-flatness}: the volume of the connected set around the parameters where the loss
 * stays below L(θ) + ε. It is infinite, and comes with the proof.
 *
 * <p>Formula: take a free class with a non-zero parameter on both sides, θ₁ its n₁ weights and
 * biases in, θ₂ its n₂ weights out. If the loss stays below L + ε in the box |δ_i| ≤ r around θ
 * over all p parameters, it does so, with r′ = min(r, ½‖θ₁‖∞) and α = 2(‖θ₁‖∞+r′)/(‖θ₁‖∞−r′), in
 * the images of that box under T_α^k, k = 0, 1, … (θ₁ times α, θ₂ divided by it), or under
 * T_{1/α}^k where n₁ &lt; n₂. They are disjoint, lie on one connected orbit, and box k has the
 * volume (2r′)^p α^{k|n₁−n₂|}. Of the classes that qualify the one with the largest |n₁ − n₂| is
 * taken, then the first.
 *
 * <p>The value is absent, the status infinite, the detail {@code certificate} a map of the class,
 * n₁, n₂, ‖θ₁‖∞, r, r′, α, the transformation and the logarithms of the volumes of boxes 0 to 3.
 * Disjointness and volumes are exact. The loss in the box is sampled: it stayed below L + ε at the
 * corner along the gradient's signs, at 4 random corners and at 4 uniform points, and r is ‖θ₁‖∞/2
 * or one of its halvings whose double did not pass that. The search starts at the radius that the
 * gradient predicts. ε is the setting epsilon. Cost: one gradient, shared, and some 12 evaluations.
 *
 * <p>Not defined for networks without such a class.
 *
 * <p>Source: Dinh et al. 2017, Def. 1 and Theorem 2. Immutable.
 */
public final class VolumeFlatness extends AbstractMeasure {
  private static final int CORNERS = 4;
  private static final int POINTS = 1 + 2 * CORNERS;
  private static final int HALVINGS = 100;
  private static final VolumeFlatness DEFAULTS = new VolumeFlatness();

  private VolumeFlatness() {
    super(
        "volume-flatness",
        "volume below L + ε: infinite, with its proof",
        Invariance.NONE,
        "Dinh et al. 2017, Def. 1, Thm 2",
        Scope.NETWORK);
  }

  /**
   * Returns the measure.
   *
   * @return the measure
   */
  public static VolumeFlatness withDefaults() {
    return DEFAULTS;
  }

  @Override
  public Optional<String> inapplicable(Subject subject) {
    return VolumeCertificate.of(subject.network()).isPresent()
        ? Optional.empty()
        : Optional.of(
            "no hidden unit that can be rescaled has both a non-zero incoming parameter and a"
                + " non-zero outgoing weight, so the volume cannot be shown to be infinite");
  }

  @Override
  protected List<Fact<?>> facts(Network network, Settings settings) {
    return List.of(Facts.SLOPE);
  }

  @Override
  protected List<Work> ownWork(Network network, Settings settings) {
    return List.of(new Work(id() + ": points", Pass.VALUE, 12));
  }

  @Override
  protected List<Estimate> measure(Subject subject) {
    VolumeCertificate boxes = VolumeCertificate.of(subject.network()).orElseThrow();
    double epsilon = subject.settings().get(EpsilonSharpness.EPSILON);
    Box box = new Box(subject, subject.seed().split(id()));
    double r = box.radius(boxes.radius(Double.POSITIVE_INFINITY), epsilon);
    if (Double.isNaN(r)) {
      Outcome none = Outcome.of(Double.NaN, "none", Status.NOT_CONVERGED).because(box.reason);
      return List.of(network(none).withDetail("epsilon", epsilon));
    }
    Outcome infinite =
        Outcome.of(Double.NaN, "certificate", Status.INFINITE)
            .because("disjoint boxes of no smaller volume follow each other without end");
    return List.of(
        network(infinite)
            .withDetail("epsilon", epsilon)
            .withDetail(
                "certificate", boxes.certificate(subject.network().parameterCount(), r, POINTS)));
  }

  /** The box around the parameters in which the loss is sampled. */
  private static final class Box {
    private final Subject subject;
    private final double[] theta;
    private final Seed seed;
    private final double[] slope;
    private final double loss;
    private String reason = "";

    Box(Subject subject, Seed seed) {
      this.subject = subject;
      this.theta = subject.theta();
      this.seed = seed;
      this.slope = subject.get(Facts.SLOPE).gradient();
      this.loss = subject.get(Facts.SLOPE).loss();
    }

    double radius(double first, double epsilon) {
      if (!Double.isFinite(loss)) {
        reason = "the loss is not finite at the parameters";
        return Double.NaN;
      }
      int halving = expected(first, epsilon);
      boolean holds = holds(first, halving, epsilon);
      while (holds && halving > 0 && holds(first, halving - 1, epsilon)) {
        halving--;
      }
      while (!holds && halving < HALVINGS && !subject.monitor().stopped()) {
        halving++;
        holds = holds(first, halving, epsilon);
      }
      if (holds) {
        return first / Math.scalb(1, halving);
      }
      double last = first / Math.scalb(1, halving);
      reason =
          subject.monitor().stopped()
              ? subject.monitor().whyStopped() + " at radius " + last
              : "the loss passes L + epsilon at every radius down to " + last;
      return Double.NaN;
    }

    /** The first halving where the slope alone, r ‖∇L‖₁ in the steepest corner, stays below ε. */
    private int expected(double first, double epsilon) {
      double steepest = 0;
      for (double entry : slope) {
        steepest += Math.abs(entry);
      }
      int halving = 0;
      for (double r = first; halving < HALVINGS && !(r * steepest < epsilon); r /= 2) {
        halving++;
      }
      return halving;
    }

    private boolean holds(double first, int halving, double epsilon) {
      double r = first / Math.scalb(1, halving);
      int below = 0;
      while (below < POINTS && !subject.monitor().stopped() && below(point(below, r), epsilon)) {
        below++;
      }
      subject.monitor().update("volume-flatness: radii", halving + 1, HALVINGS + 1);
      return below == POINTS;
    }

    private boolean below(double[] delta, double epsilon) {
      Vectors.addMultiple(1, theta, delta);
      return subject.surface().value(delta) < loss + epsilon;
    }

    /** First the corner that the gradient points to, then random corners, then uniform points. */
    private double[] point(int index, double r) {
      PerturbationSet box = PerturbationSet.ball(theta.length, Norm.MAX, r);
      if (index == 0) {
        return box.furthest(slope);
      }
      if (index <= CORNERS) {
        return box.furthest(Vectors.gaussian(theta.length, seed.split(index)));
      }
      RandomGenerator random = seed.split(index).generator();
      double[] delta = new double[theta.length];
      for (int i = 0; i < delta.length; i++) {
        delta[i] = r * (2 * random.nextDouble() - 1);
      }
      return delta;
    }
  }
}
