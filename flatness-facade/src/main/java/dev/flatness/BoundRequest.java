package dev.flatness;

import dev.flatness.basispath.PsiMeasures;
import dev.flatness.basispath.SkeletonRule;
import dev.flatness.cost.Work;
import dev.flatness.data.Dataset;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Setting;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.pacbayes.Bound;
import dev.flatness.pacbayes.BoundEstimator;
import dev.flatness.pacbayes.Posterior;
import dev.flatness.pacbayes.Prior;
import dev.flatness.pacbayes.Risk;
import dev.flatness.random.Seed;
import dev.flatness.surface.Evaluation;
import dev.flatness.surface.NetworkSurface;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A request for PAC-Bayes bounds of a trained network.
 *
 * <p>Defaults: those of {@link BoundEstimator#withDefaults}, seed 0. Cost: that of {@link
 * BoundEstimator}. Immutable.
 */
public final class BoundRequest {
  private final Supplier<NetworkSurface> surface;
  private final BoundEstimator estimator;
  private final boolean basisPaths;
  private final Settings settings;
  private final Monitor monitor;
  private final Seed seed;

  private BoundRequest(
      Supplier<NetworkSurface> surface,
      BoundEstimator estimator,
      boolean basisPaths,
      Settings settings,
      Monitor monitor,
      Seed seed) {
    this.surface = surface;
    this.estimator = estimator;
    this.basisPaths = basisPaths;
    this.settings = settings;
    this.monitor = monitor;
    this.seed = seed;
  }

  static BoundRequest of(Supplier<NetworkSurface> surface, List<String> ids) {
    BoundEstimator all = BoundEstimator.withDefaults();
    return new BoundRequest(
        surface,
        ids.isEmpty() ? all : all.withBounds(ids.stream().map(Bound::of).toList()),
        false,
        Settings.withDefaults(),
        Monitor.NONE,
        Seed.of(0));
  }

  private BoundRequest with(BoundEstimator other) {
    return new BoundRequest(surface, other, basisPaths, settings, monitor, seed);
  }

  /**
   * Changes the prior.
   *
   * @param gaussian for instance {@link Prior#split(double)}
   * @return the changed request
   */
  public BoundRequest prior(Prior gaussian) {
    return with(estimator.withPrior(gaussian));
  }

  /**
   * Centers the prior at a network that has not seen the samples.
   *
   * @param initial a network of the same graph
   * @return the changed request
   */
  public BoundRequest prior(Network initial) {
    return prior(Prior.around(initial));
  }

  /**
   * Changes the posterior.
   *
   * @param gaussian for instance {@link Posterior#perLayer}
   * @return the changed request
   */
  public BoundRequest posterior(Posterior gaussian) {
    return with(estimator.withPosterior(gaussian));
  }

  /**
   * Takes prior and posterior in the values of basis paths; the skeleton is that of the setting
   * {@link PsiMeasures#SKELETON}.
   *
   * @return the changed request
   */
  public BoundRequest inBasisPaths() {
    return new BoundRequest(surface, estimator, true, settings, monitor, seed);
  }

  /**
   * Changes the loss that is bounded.
   *
   * @param loss errors or a clipped loss
   * @return the changed request
   */
  public BoundRequest risk(Risk loss) {
    return with(estimator.withRisk(loss));
  }

  /**
   * Changes the confidence.
   *
   * @param probability in (0, 1); default 0.95
   * @return the changed request
   */
  public BoundRequest confidence(double probability) {
    return with(estimator.withConfidence(probability));
  }

  /**
   * Changes how often the risk is drawn.
   *
   * @param count at least 1; default 1,000
   * @return the changed request
   */
  public BoundRequest draws(int count) {
    return with(estimator.withDraws(count));
  }

  /**
   * Fixes C of Catoni's bound.
   *
   * @param c positive, chosen before the samples were seen
   * @return the changed request
   */
  public BoundRequest catoni(double c) {
    return with(estimator.withCatoni(c));
  }

  /**
   * Names test data, on which the risk of the stochastic predictor is reported beside the bounds.
   *
   * @param data samples that neither training nor bound has seen
   * @return the changed request
   */
  public BoundRequest test(Dataset data) {
    return with(estimator.withTest(data));
  }

  /**
   * Changes the settings.
   *
   * @param changed time limit and skeleton
   * @return the changed request
   */
  public BoundRequest with(Settings changed) {
    return new BoundRequest(surface, estimator, basisPaths, changed, monitor, seed);
  }

  /**
   * Changes one setting.
   *
   * @param setting which, for instance {@code Settings.TIME_LIMIT}
   * @param value its value
   * @param <T> the type of its values
   * @return the changed request
   * @throws IllegalArgumentException if the value is outside the setting's range
   */
  public <T> BoundRequest with(Setting<T> setting, T value) {
    return with(settings.with(setting, value));
  }

  /**
   * Names who receives progress updates and may stop the work.
   *
   * @param who the monitor
   * @return the changed request
   */
  public BoundRequest monitor(Monitor who) {
    return new BoundRequest(surface, estimator, basisPaths, settings, who, seed);
  }

  /**
   * Sets the root of all randomness; default 0.
   *
   * @param value any number
   * @return the changed request
   */
  public BoundRequest seed(long value) {
    return new BoundRequest(surface, estimator, basisPaths, settings, monitor, Seed.of(value));
  }

  /**
   * Tells what passes over the samples the bounds will take, before any work.
   *
   * @return the parts
   */
  public List<Work> work() {
    return estimator.work(surface.get().network());
  }

  /**
   * Bounds.
   *
   * @return the report
   * @throws IllegalArgumentException if network, data, loss, prior and posterior do not fit, or the
   *     loss at the parameters is not finite
   */
  public BoundReport report() {
    Subject subject = Subject.of(surface.get(), settings, monitor, seed);
    Evaluation evaluation = Flatness.finite(subject);
    SkeletonRule rule = settings.get(PsiMeasures.SKELETON);
    BoundEstimator asked = basisPaths ? estimator.inBasisPaths(rule) : estimator;
    Map<String, Object> recorded = RunSettings.of(subject.surface(), seed);
    recorded.putAll(asked.settings());
    if (basisPaths) {
      recorded.put("skeleton", rule.id());
    }
    settings
        .given(Settings.TIME_LIMIT)
        .ifPresent(limit -> recorded.putAll(settings.recorded(List.of(Settings.TIME_LIMIT))));
    return new BoundReport(
        subject.surface(),
        evaluation,
        asked.bound(subject.surface(), subject.monitor(), seed),
        recorded);
  }
}
