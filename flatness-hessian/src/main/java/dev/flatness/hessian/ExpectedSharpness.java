package dev.flatness.hessian;

import dev.flatness.cost.Work;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.MeasureSettings;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.sharpness.ExpectedIncrease;
import java.util.List;

/**
 * {@code expected-sharpness}: by how much Gaussian noise in the parameters changes the loss on
 * average.
 *
 * <p>Formula: |E_u L(θ+u) − L(θ)|, u ~ N(0, σ² I), σ from the settings; σ²/2 · Tr H to second
 * order. Units: loss. Cost: an {@link ExpectedIncrease}, 33 evaluations (1 pass a sample each),
 * with a standard error. Details: {@code sigma}, {@code pairs}, {@code meanIncrease} with its sign.
 * Not invariant to rescaling.
 *
 * <p>Source: Yi et al. 2019, Def. 2.1; Neyshabur et al. 2017, §3. Immutable.
 */
public final class ExpectedSharpness extends HessianMeasure {
  private static final ExpectedSharpness DEFAULTS =
      new ExpectedSharpness(ExpectedIncrease.ofMeasures());

  private final ExpectedIncrease method;

  private ExpectedSharpness(ExpectedIncrease method) {
    super(
        "expected-sharpness",
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
  public List<Work> work(Network network, MeasureSettings settings) {
    return List.of(Costs.pairs(id()));
  }

  @Override
  public List<Estimate> evaluate(Subject subject, Seed seed) {
    double sigma = subject.settings().sigma();
    ExpectedIncrease.Result found =
        Searches.run(method, subject, ExpectedIncrease.Noise.gaussian(sigma), id(), seed);
    Estimate.Builder builder =
        Searches.estimate(id(), claim(), Math.abs(found.mean()), found).detail("sigma", sigma);
    if (Double.isFinite(found.mean())) {
      builder.detail("meanIncrease", found.mean());
    }
    return List.of(builder.build());
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
