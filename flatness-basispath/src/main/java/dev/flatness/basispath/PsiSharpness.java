package dev.flatness.basispath;

import dev.flatness.cost.Pass;
import dev.flatness.cost.Work;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.MeasureSettings;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.sharpness.ExpectedIncrease;
import dev.flatness.sharpness.PerturbationSet;
import dev.flatness.sharpness.SharpnessResult;
import dev.flatness.sharpness.SharpnessSearch;
import dev.flatness.spectral.Lanczos.End;
import dev.flatness.spectral.LanczosRun;
import java.util.List;

/**
 * {@code psi-epsilon-sharpness} and {@code psi-expected-sharpness}: the highest and the average
 * loss near the values of the basis paths.
 *
 * <p>Formula: max (l(v+δ) − l(v)) / (1 + l(v)) over ‖δ‖₂ ≤ ε; |E l(v+u) − l(v)|, u uniform in that
 * ball. ε is the settings' where one is given, else min(1e-3, R/10) with the chart's radius R = min
 * |v_r|. Units: none; loss. From ε = R on the weights, which grow like 1/v_r, have no bound: the
 * value is +∞, the status outside-chart. A Gaussian u would have no expectation for any variance.
 *
 * <p>Cost: a {@link SharpnessSearch} of 4 starts and at most 8 gradients each, from the eigenvector
 * of psi-top-eigenvalue, a lower bound; an {@link ExpectedIncrease} of 16 pairs with a standard
 * error. Details: {@code epsilon}, {@code chartRadius}, {@code chartEdge}, and {@code quadratic} =
 * λ_max ε² / (2 (1 + l)). Invariant to neuron-wise rescaling, and so is the number found: the
 * search and the draws happen in v.
 *
 * <p>Source: Yi et al. 2019, Def. 4.1 and §5. Immutable.
 */
public final class PsiSharpness extends PsiMeasure {
  private final SharpnessSearch search;
  private final ExpectedIncrease estimator;

  private PsiSharpness(String id, SharpnessSearch search, ExpectedIncrease estimator) {
    super(id, "Yi et al. 2019, Def. 4.1");
    this.search = search;
    this.estimator = estimator;
  }

  /**
   * Returns the highest loss.
   *
   * @return {@code psi-epsilon-sharpness}
   */
  public static PsiSharpness worst() {
    return worst(SharpnessSearch.ofMeasures());
  }

  /**
   * Returns the highest loss, found by another search.
   *
   * @param method the search
   * @return {@code psi-epsilon-sharpness}
   */
  public static PsiSharpness worst(SharpnessSearch method) {
    return new PsiSharpness("psi-epsilon-sharpness", method, null);
  }

  /**
   * Returns the average loss.
   *
   * @return {@code psi-expected-sharpness}
   */
  public static PsiSharpness expected() {
    return expected(ExpectedIncrease.withDefaults().withPairs(16));
  }

  /**
   * Returns the average loss from another estimator.
   *
   * @param method its budget and target
   * @return {@code psi-expected-sharpness}
   */
  public static PsiSharpness expected(ExpectedIncrease method) {
    return new PsiSharpness("psi-expected-sharpness", null, method);
  }

  @Override
  public List<Work> work(Network network, MeasureSettings settings) {
    return search == null
        ? List.of(new Work(id() + ": pairs", Pass.VALUE, 33))
        : List.of(
            new Work(PsiSpectrum.NAME, Pass.HESSIAN_PRODUCT, 20),
            new Work(id() + ": gradients", Pass.GRADIENT, 28));
  }

  @Override
  Estimate.Builder evaluate(Subject subject, PsiPoint point, Seed seed) {
    double epsilon = point.epsilon(subject);
    double radius = point.paths().radius();
    Estimate.Builder builder =
        epsilon >= radius
            ? number(point, Double.NaN)
                .method("chart", Status.OUTSIDE_CHART)
                .reason(
                    "epsilon "
                        + epsilon
                        + " reaches the radius "
                        + radius
                        + " of the chart, where the weights have no bound")
            : search == null
                ? expected(subject, point, epsilon, seed)
                : worst(subject, point, epsilon, seed);
    builder.detail("epsilon", epsilon);
    if (Double.isFinite(radius)) {
      builder
          .detail("chartRadius", radius)
          .detail("chartEdge", point.paths().radiusPath().coordinateEdge().toString());
    }
    return builder;
  }

  private Estimate.Builder worst(Subject subject, PsiPoint point, double epsilon, Seed seed) {
    double[] v = point.paths().values();
    long total = 1 + (long) search.starts() * search.gradients();
    PsiSpectrum spectrum = PsiSpectrum.advanced(subject, point, End.LARGEST, seed);
    SharpnessResult found =
        search.maximise(
            point.surface(),
            v,
            PerturbationSet.ball(v.length, PerturbationSet.Norm.TWO, epsilon),
            spectrum.topVector(),
            seed.split(id()),
            subject::timeIsUp,
            done -> subject.progress().update(id() + ": gradients", done, total));
    LanczosRun.Found top = spectrum.run().found(End.LARGEST);
    Estimate.Builder builder =
        number(point, found.sharpness())
            .method("projected-gradient-ascent", found.status())
            .products(found.products())
            .reason(found.reason())
            .detail("gradients", found.gradients())
            .detail("agreeing", found.agreeing())
            .detail("starts", found.starts().size());
    if (top != null) {
      builder.detail("quadratic", top.value() * epsilon * epsilon / (2 * (1 + found.loss())));
    }
    return builder;
  }

  private Estimate.Builder expected(Subject subject, PsiPoint point, double epsilon, Seed seed) {
    ExpectedIncrease.Result found =
        estimator.estimate(
            point.surface(),
            point.paths().values(),
            ExpectedIncrease.Noise.uniformInBall(epsilon),
            seed.split(id()),
            subject::timeIsUp,
            done -> subject.progress().update(id() + ": pairs", done, estimator.pairs()));
    return number(point, Math.abs(found.mean()))
        .method("antithetic-pairs", found.status())
        .standardError(found.standardError())
        .reason(found.reason())
        .detail("pairs", found.pairs());
  }
}
