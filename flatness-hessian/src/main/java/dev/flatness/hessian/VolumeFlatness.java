package dev.flatness.hessian;

import dev.flatness.cost.Pass;
import dev.flatness.cost.Work;
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
import dev.flatness.symmetry.Rescaling;
import java.util.List;
import java.util.Optional;

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
 * Disjointness and volumes are exact. The loss in the box is looked at, not bounded: it stays below
 * L + ε at the corners along the signs of the gradient and, to both sides, of the leading
 * eigenvectors, at 4 random corners, at 4 uniform points, and wherever a maximum-norm {@link
 * dev.flatness.sharpness.SharpnessSearch} comes to, all in the box of twice the radius. 2r is
 * ‖θ₁‖∞/2 or one of its halvings whose double did not pass that. The detail {@code lookedAt} of the
 * certificate lists the points, {@code highestIncrease} is the largest L − L(θ) seen there. ε is
 * the setting epsilon.
 *
 * <p>Cost: one gradient, shared; some 20 products for 3 eigenvectors; some 40 evaluations; a search
 * of some 55 gradients for each radius that the points let pass, mostly one to three.
 *
 * <p>Not defined for networks without such a class.
 *
 * <p>Source: Dinh et al. 2017, Def. 1 and Theorem 2. Immutable.
 */
public final class VolumeFlatness extends AbstractMeasure {
  private static final VolumeFlatness DEFAULTS = new VolumeFlatness();

  private static final String NONE =
      "no hidden unit that can be rescaled has both a non-zero incoming parameter and a non-zero"
          + " outgoing weight, so the volume cannot be shown to be infinite";

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

  /**
   * The disjoint boxes of a network, to be looked at.
   *
   * @param step T_α, or T_{1/α} where n₁ &lt; n₂: it leads from a box to the next one
   * @param radius r′ of box 0, which is |δ_i| ≤ r′ around the parameters
   * @param alpha α
   * @param scaleClass the free class that is scaled
   * @param incoming n₁
   * @param outgoing n₂
   * @param epsilon ε
   */
  public record Boxes(
      Rescaling step,
      double radius,
      double alpha,
      int scaleClass,
      int incoming,
      int outgoing,
      double epsilon) {}

  /**
   * Finds the boxes whose volumes the measure adds up.
   *
   * @param subject the network, data and loss
   * @return the boxes
   * @throws IllegalArgumentException if no class qualifies, or no radius is found
   */
  public Boxes boxes(Subject subject) {
    VolumeCertificate boxes =
        VolumeCertificate.of(subject.network())
            .orElseThrow(
                () -> new IllegalArgumentException(id() + " is not defined here: " + NONE));
    double epsilon = subject.settings().get(EpsilonSharpness.EPSILON);
    SublevelBox box = new SublevelBox(subject, epsilon, subject.seed().split(id()));
    double r = box.radius(boxes.radius(Double.POSITIVE_INFINITY));
    if (Double.isNaN(r)) {
      throw new IllegalArgumentException("there is no box of " + id() + ": " + box.reason());
    }
    double radius = boxes.radius(r);
    double alpha = boxes.alpha(radius);
    return new Boxes(
        boxes.rescaling(alpha, 1),
        radius,
        alpha,
        boxes.scaleClass(),
        boxes.in(),
        boxes.out(),
        epsilon);
  }

  @Override
  public Optional<String> inapplicable(Subject subject) {
    return VolumeCertificate.of(subject.network()).isPresent()
        ? Optional.empty()
        : Optional.of(NONE);
  }

  @Override
  protected List<Fact<?>> facts(Network network, Settings settings) {
    return List.of(Facts.SLOPE);
  }

  @Override
  protected List<Work> ownWork(Network network, Settings settings) {
    return List.of(
        new Work(id() + ": eigenvectors", Pass.HESSIAN_PRODUCT, 20),
        new Work(id() + ": points", Pass.VALUE, 40),
        new Work(id() + ": searches", Pass.GRADIENT, 110));
  }

  @Override
  protected List<Estimate> measure(Subject subject) {
    VolumeCertificate boxes = VolumeCertificate.of(subject.network()).orElseThrow();
    double epsilon = subject.settings().get(EpsilonSharpness.EPSILON);
    SublevelBox box = new SublevelBox(subject, epsilon, subject.seed().split(id()));
    double r = box.radius(boxes.radius(Double.POSITIVE_INFINITY));
    if (Double.isNaN(r)) {
      Outcome none = Outcome.of(Double.NaN, "none", Status.NOT_CONVERGED).because(box.reason());
      return List.of(network(none).withDetail("epsilon", epsilon));
    }
    Outcome infinite =
        Outcome.of(Double.NaN, "certificate", Status.INFINITE)
            .because("disjoint boxes of no smaller volume follow each other without end");
    return List.of(
        network(infinite)
            .withDetail("epsilon", epsilon)
            .withDetail(
                "certificate", boxes.certificate(subject.network().parameterCount(), r, box)));
  }
}
