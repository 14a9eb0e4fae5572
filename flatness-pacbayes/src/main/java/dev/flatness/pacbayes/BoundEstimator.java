package dev.flatness.pacbayes;

import dev.flatness.basispath.SkeletonRule;
import dev.flatness.cost.Pass;
import dev.flatness.cost.Work;
import dev.flatness.data.Dataset;
import dev.flatness.measure.Monitor;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * PAC-Bayes bounds of a trained network.
 *
 * <p>Formula: with δ + δ′ = 1 − confidence in the ratio 4 : 1, the risk of the posterior is drawn
 * with its own confidence 1 − δ′ ({@link RiskEstimate}) and enters the bounds of {@link PacBayes}
 * at δ by its upper end. What the prior's scale and Catoni's C cost is added to the divergence.
 *
 * <p>Cost: one pass over the samples a draw, 4 draws for each of some 17 candidates of a searched
 * σ, and 2 more a layer and step for one σ a layer. Memory: five vectors of parameters.
 * Deterministic.
 *
 * <p>Errors: a loss that is not in [0, 1], a prior of another graph and options that exclude each
 * other are refused. Source: docs/mathematics.md#pac-bayes-bounds.
 */
public final class BoundEstimator {
  /** How often the risk is drawn at a candidate of the search. */
  static final int SEARCH_DRAWS = 4;

  private List<Bound> bounds = List.of(Bound.values());
  private @Nullable SkeletonRule skeleton;
  private Posterior posterior = Posterior.searched();
  private Prior prior = Prior.zero();
  private Risk risk = Risk.zeroOne();
  private double confidence = 0.95;
  private int draws = 1000;
  private OptionalDouble catoni = OptionalDouble.empty();
  private @Nullable Dataset test;

  private BoundEstimator() {}

  /** A copy with one change. */
  private BoundEstimator changed(Consumer<BoundEstimator> change) {
    BoundEstimator copy = new BoundEstimator();
    copy.bounds = bounds;
    copy.skeleton = skeleton;
    copy.posterior = posterior;
    copy.prior = prior;
    copy.risk = risk;
    copy.confidence = confidence;
    copy.draws = draws;
    copy.catoni = catoni;
    copy.test = test;
    change.accept(copy);
    return copy;
  }

  /**
   * Returns the defaults: all bounds, in weights, a searched isotropic posterior, a prior around 0
   * with its scale from the grid, errors, confidence 0.95, 1,000 draws, C from a grid.
   *
   * @return the defaults
   */
  public static BoundEstimator withDefaults() {
    return new BoundEstimator();
  }

  /**
   * Changes which bounds are computed.
   *
   * @param some at least one
   * @return the changed estimator
   */
  public BoundEstimator withBounds(List<Bound> some) {
    if (some.isEmpty()) {
      throw new IllegalArgumentException(
          "no bound is named, expected some of " + String.join(", ", Bound.ids()));
    }
    return changed(copy -> copy.bounds = some.stream().distinct().toList());
  }

  /**
   * Takes prior and posterior in the values of basis paths instead of the weights.
   *
   * @param rule a rule; one that looks at weights is applied to the prior's network
   * @return the changed estimator
   */
  public BoundEstimator inBasisPaths(SkeletonRule rule) {
    return changed(copy -> copy.skeleton = Objects.requireNonNull(rule, "rule"));
  }

  /**
   * Changes the posterior.
   *
   * @param gaussian which Gaussian
   * @return the changed estimator
   */
  public BoundEstimator withPosterior(Posterior gaussian) {
    return changed(copy -> copy.posterior = Objects.requireNonNull(gaussian, "gaussian"));
  }

  /**
   * Changes the prior.
   *
   * @param gaussian which Gaussian
   * @return the changed estimator
   */
  public BoundEstimator withPrior(Prior gaussian) {
    return changed(copy -> copy.prior = Objects.requireNonNull(gaussian, "gaussian"));
  }

  /**
   * Changes the loss that is bounded.
   *
   * @param loss errors or a clipped loss
   * @return the changed estimator
   */
  public BoundEstimator withRisk(Risk loss) {
    return changed(copy -> copy.risk = Objects.requireNonNull(loss, "loss"));
  }

  /**
   * Changes the confidence.
   *
   * @param probability in (0, 1)
   * @return the changed estimator
   */
  public BoundEstimator withConfidence(double probability) {
    if (!(probability > 0 && probability < 1)) {
      throw new IllegalArgumentException(
          "the confidence is "
              + probability
              + ", expected a number between 0 and 1, both excluded");
    }
    return changed(copy -> copy.confidence = probability);
  }

  /**
   * Changes how often the risk is drawn.
   *
   * @param count at least 1
   * @return the changed estimator
   */
  public BoundEstimator withDraws(int count) {
    if (count < 1) {
      throw new IllegalArgumentException(
          "the number of draws is " + count + ", expected at least 1");
    }
    return changed(copy -> copy.draws = count);
  }

  /**
   * Fixes C of Catoni's bound, which is then free of charge.
   *
   * @param c C, positive, chosen before the samples were seen
   * @return the changed estimator
   */
  public BoundEstimator withCatoni(double c) {
    if (!(c > 0 && Double.isFinite(c))) {
      throw new IllegalArgumentException(
          "C of Catoni's bound is " + c + ", expected a positive number");
    }
    return changed(copy -> copy.catoni = OptionalDouble.of(c));
  }

  /**
   * Names test data, on which the risk of the stochastic predictor is reported beside the bound.
   *
   * @param data samples that neither training nor bound has seen
   * @return the changed estimator
   */
  public BoundEstimator withTest(Dataset data) {
    return changed(copy -> copy.test = Objects.requireNonNull(data, "data"));
  }

  /**
   * Bounds.
   *
   * @param surface the trained network on the samples; its loss chooses how errors are counted, or
   *     is what is clipped
   * @param monitor receives progress updates; may stop the draws
   * @param seed the root of all randomness
   * @return the bounds in the order asked for
   * @throws IllegalArgumentException if data, loss, prior and posterior do not fit
   */
  public List<BoundResult> bound(NetworkSurface surface, Monitor monitor, Seed seed) {
    return new BoundRun(this, surface, monitor, seed).results();
  }

  /**
   * Returns which bounds are computed.
   *
   * @return in order
   */
  public List<Bound> bounds() {
    return bounds;
  }

  /**
   * Tells what passes over the samples the bounds will take, before any work.
   *
   * @param network the trained network
   * @return the parts
   */
  public List<Work> work(Network network) {
    List<Work> parts = new ArrayList<>();
    double rest = 1 - prior.share();
    if (prior.isSplit() && prior.center().isEmpty()) {
      double epochs = prior.trainer().epochs() * prior.share();
      parts.add(new Work("training the prior", Pass.GRADIENT, epochs));
      parts.add(new Work("training the prior", Pass.VALUE, epochs));
    }
    if (posterior.search() == Posterior.Kind.SEARCHED) {
      parts.add(
          new Work("searching sigma", Pass.VALUE, 2 * rest * ScaleSearch.SHARED * SEARCH_DRAWS));
    } else if (posterior.search() == Posterior.Kind.PER_LAYER) {
      double candidates = ScaleSearch.candidates(network.weightLayers().size());
      parts.add(new Work("searching sigma", Pass.VALUE, 2 * rest * candidates * SEARCH_DRAWS));
    }
    if (posterior.search() == Posterior.Kind.OPTIMISED) {
      double epochs = posterior.optimizer().epochs();
      parts.add(new Work("optimising the posterior", Pass.GRADIENT, 2 * rest * epochs));
    }
    boolean local = skeleton == null && Draws.local(network, risk);
    parts.add(new Work("drawing the risk", Pass.VALUE, local ? 2 * rest : rest * draws));
    return parts;
  }

  /**
   * Returns what was chosen, for reports.
   *
   * @return values by report name
   */
  public Map<String, Object> settings() {
    Map<String, Object> chosen = new LinkedHashMap<>();
    chosen.put("bounds", bounds.stream().map(Bound::id).toList());
    chosen.put("coordinates", skeleton == null ? "weights" : "basis-paths");
    chosen.put("sigma", posterior.asked());
    chosen.put("prior", prior.isSplit() ? "split=" + prior.share() : prior.kind());
    chosen.put("priorSigma", prior.sigma().isPresent() ? prior.sigma().getAsDouble() : "grid");
    chosen.put("catoni", catoni.isPresent() ? catoni.getAsDouble() : "grid");
    chosen.put("confidence", confidence);
    chosen.put("draws", draws);
    chosen.put("risk", risk.id());
    return chosen;
  }

  Optional<SkeletonRule> skeleton() {
    return Optional.ofNullable(skeleton);
  }

  Posterior posterior() {
    return posterior;
  }

  Prior prior() {
    return prior;
  }

  Risk risk() {
    return risk;
  }

  double confidence() {
    return confidence;
  }

  int draws() {
    return draws;
  }

  OptionalDouble catoni() {
    return catoni;
  }

  Optional<Dataset> test() {
    return Optional.ofNullable(test);
  }
}
