package dev.flatness.hessian;

import dev.flatness.cost.Work;
import dev.flatness.measure.AbstractMeasure;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Setting;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.sharpness.ExpectedIncrease;
import java.util.List;

/**
 * {@code expected-sharpness}: by how much Gaussian noise in the parameters changes the loss on
 * average.
 *
 * <p>Formula: |E_u L(θ+u) − L(θ)|, u ~ N(0, σ² I), σ from the settings; σ²/2 · Tr H to second
 * order. Units: loss. Cost: an {@link ExpectedIncrease}, 37 evaluations (1 pass a sample each, in
 * float64 whatever the precision of the run), with a standard error. Details: {@code sigma}, {@code
 * pairs}, {@code rounding} (that of L(θ), which the standard error includes), {@code meanIncrease}
 * with its sign. Not invariant to rescaling.
 *
 * <p>Source: Yi et al. 2019, Def. 2.1; Neyshabur et al. 2017, §3. Immutable.
 */
public final class ExpectedSharpness extends AbstractMeasure implements SurfaceMeasure {
  /**
   * The standard deviation σ of the noise (ours, as ε: the sources leave it open; for trained
   * networks σ²/2 · Tr H holds there and rounding does not show).
   */
  public static final Setting<Double> SIGMA =
      Setting.positive("sigma", "S", "The standard deviation of the noise of expected-sharpness.")
          .byDefault(1e-3);

  private static final ExpectedSharpness DEFAULTS =
      new ExpectedSharpness(ExpectedIncrease.ofMeasures());

  private final ExpectedIncrease method;

  private ExpectedSharpness(ExpectedIncrease method) {
    super(
        "expected-sharpness",
        "average change of the loss under Gaussian noise",
        Invariance.NONE,
        "Yi et al. 2019, Def. 2.1; Neyshabur et al. 2017, §3",
        Scope.NETWORK);
    this.method = method;
  }

  /**
   * Returns the measure.
   *
   * @return the measure, with 16 pairs
   */
  public static ExpectedSharpness withDefaults() {
    return DEFAULTS;
  }

  /**
   * Returns this measure with another estimator.
   *
   * @param estimator its budget and target
   * @return the changed copy
   */
  public ExpectedSharpness withEstimator(ExpectedIncrease estimator) {
    return new ExpectedSharpness(estimator);
  }

  @Override
  protected List<Work> ownWork(Network network, Settings settings) {
    return List.of(Searches.pairs(id()));
  }

  @Override
  protected List<Estimate> measure(Subject subject) {
    return List.of(at(SurfacePoint.ofNetwork(subject)));
  }

  @Override
  public Estimate at(SurfacePoint point) {
    double sigma = point.settings().get(SIGMA);
    ExpectedIncrease.Result found =
        point.average(method, ExpectedIncrease.Noise.gaussian(sigma), id());
    double mean = found.mean().value();
    Estimate estimate =
        network(found.mean().magnitude())
            .withDetail("pairs", found.pairs())
            .withDetail("rounding", found.rounding())
            .withDetail("sigma", sigma);
    return Double.isFinite(mean) ? estimate.withDetail("meanIncrease", mean) : estimate;
  }

  @Override
  public List<Work> workAt(int dimension, Settings settings) {
    return List.of(Searches.pairs(id()));
  }

  @Override
  public boolean equals(Object other) {
    return super.equals(other) && method.equals(((ExpectedSharpness) other).method);
  }

  @Override
  public int hashCode() {
    return 31 * super.hashCode() + method.hashCode();
  }
}
