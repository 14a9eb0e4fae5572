package dev.flatness.hessian;

import dev.flatness.hessian.PerturbationSet.Norm;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.random.Seed;
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
 * Disjointness and volumes are exact. The loss in the box is sampled: r is ‖θ₁‖∞/2 or the first of
 * its halvings at which it stayed below L + ε at the corner along the gradient's signs, at 4 random
 * corners and at 4 uniform points. ε is the settings'. Cost: one gradient, 9 evaluations and some
 * two a halving.
 *
 * <p>Not defined for networks without such a class.
 *
 * <p>Source: Dinh et al. 2017, Def. 1 and Theorem 2. Immutable.
 */
public final class VolumeFlatness extends HessianMeasure {
  private static final int CORNERS = 4;
  private static final int POINTS = 1 + 2 * CORNERS;
  private static final int HALVINGS = 100;
  private static final VolumeFlatness DEFAULTS = new VolumeFlatness();

  private VolumeFlatness() {
    super("volume-flatness", Invariance.NONE, "Dinh et al. 2017, Def. 1, Thm 2", Scope.NETWORK);
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
    return EndlessBoxes.of(subject.network()).isPresent()
        ? Optional.empty()
        : Optional.of(
            "no unit can be rescaled that has a non-zero parameter before it and a non-zero weight"
                + " behind it, so nothing proves the volume infinite");
  }

  @Override
  public List<Estimate> evaluate(Subject subject, Seed seed) {
    Optional<EndlessBoxes> boxes = EndlessBoxes.of(subject.network());
    if (boxes.isEmpty()) {
      return List.of(Absent.network(this, subject));
    }
    double epsilon = subject.settings().epsilon();
    Estimate.Builder builder =
        Estimate.network(id(), claim(), Double.NaN).detail("epsilon", epsilon);
    Box box = new Box(subject, seed.split(id()));
    double r = box.radius(boxes.get().radius(Double.POSITIVE_INFINITY), epsilon);
    if (Double.isNaN(r)) {
      return List.of(builder.method("none", Status.NOT_CONVERGED).reason(box.reason).build());
    }
    return List.of(
        builder
            .method("certificate", Status.INFINITE)
            .reason("disjoint boxes of no smaller volume follow each other without end")
            .detail(
                "certificate",
                boxes.get().certificate(subject.network().parameterCount(), r, POINTS))
            .build());
  }

  /** The box around the parameters in which the loss is sampled. */
  private static final class Box {
    private final Subject subject;
    private final double[] theta;
    private final Seed seed;
    private final double[] slope;
    private final double loss;
    private String reason;

    Box(Subject subject, Seed seed) {
      this.subject = subject;
      this.theta = subject.theta();
      this.seed = seed;
      this.slope = new double[theta.length];
      this.loss = subject.surface().valueAndGradient(theta, slope);
    }

    double radius(double first, double epsilon) {
      if (!Double.isFinite(loss)) {
        reason = "the loss is not finite at the parameters";
        return Double.NaN;
      }
      double r = first;
      for (int halving = 0; halving <= HALVINGS; halving++, r /= 2) {
        int below = 0;
        while (below < POINTS && !subject.timeIsUp() && below(point(below, r), epsilon)) {
          below++;
        }
        if (below == POINTS) {
          return r;
        }
        if (subject.timeIsUp()) {
          reason = "the time limit has passed at radius " + r;
          return Double.NaN;
        }
        subject.progress().update("volume-flatness: radii", halving + 1, HALVINGS);
      }
      reason = "the loss passes L + epsilon at every radius down to " + 2 * r;
      return Double.NaN;
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
