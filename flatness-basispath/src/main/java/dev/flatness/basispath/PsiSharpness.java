package dev.flatness.basispath;

import dev.flatness.cost.Pass;
import dev.flatness.cost.Work;
import dev.flatness.hessian.EpsilonSharpness;
import dev.flatness.hessian.SurfacePoint;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Fact;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.sharpness.ExpectedIncrease;
import dev.flatness.sharpness.PerturbationSet;
import dev.flatness.sharpness.SharpnessResult;
import dev.flatness.sharpness.SharpnessSearch;
import dev.flatness.spectral.Lanczos;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code psi-epsilon-sharpness} and {@code psi-expected-sharpness}: the highest and the average
 * loss near the values of the basis paths.
 *
 * <p>Formula: max (l(v+δ) − l(v)) / (1 + l(v)) over ‖δ‖₂ ≤ ε; |E l(v+u) − l(v)|, u uniform in that
 * ball. ε is the settings' where one is given, else min(1e-3, R/10) with the chart's radius R = min
 * |v_r|. Units: none; loss. From ε = R on the weights, which grow like 1/v_r, have no bound: the
 * value is +∞, the status outside-chart. A Gaussian u would have no expectation for any variance.
 *
 * <p>Cost: a {@link SharpnessSearch}, some 55 gradients, from the eigenvector of
 * psi-top-eigenvalue, a lower bound; an {@link ExpectedIncrease} of 16 pairs with a standard error.
 * Details: {@code epsilon}, {@code chartRadius}, {@code chartEdge}, and {@code quadratic} = λ_max
 * ε² / (2 (1 + l)). Invariant to neuron-wise rescaling, and so is the number found: the search and
 * the draws happen in v.
 *
 * <p>Source: Yi et al. 2019, Def. 4.1 and §5. Immutable.
 */
public final class PsiSharpness extends PsiMeasure {
  private final @Nullable SharpnessSearch search;
  private final @Nullable ExpectedIncrease estimator;

  private PsiSharpness(
      String id, @Nullable SharpnessSearch search, @Nullable ExpectedIncrease estimator) {
    super(
        id,
        (search == null ? "average" : "highest") + " loss within a ball of path values",
        "Yi et al. 2019, Def. 4.1");
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
  protected List<Fact<?>> facts(Network network, Settings settings) {
    return search == null ? List.of() : List.of(PsiPoint.TOP);
  }

  @Override
  protected List<Work> ownWork(Network network, Settings settings) {
    return List.of(
        search == null
            ? new Work(id() + ": pairs", Pass.VALUE, 37)
            : new Work(id() + ": gradients", Pass.GRADIENT, 60));
  }

  @Override
  Estimate evaluate(Subject subject, PsiPoint point) {
    double radius = point.paths().radius();
    Settings settings = subject.settings();
    // The given radius, or one well inside the chart.
    double epsilon =
        settings
            .given(EpsilonSharpness.EPSILON)
            .orElse(Math.min(settings.get(EpsilonSharpness.EPSILON), radius / 10));
    Estimate estimate =
        epsilon >= radius
            ? outside(epsilon, radius)
            : search == null ? expected(subject, epsilon) : worst(subject, epsilon);
    estimate = estimate.withDetail("epsilon", epsilon);
    return Double.isFinite(radius)
        ? estimate
            .withDetail("chartRadius", radius)
            .withDetail(
                "chartEdge",
                Objects.requireNonNull(point.paths().radiusPath()).coordinateEdge().toString())
        : estimate;
  }

  private Estimate outside(double epsilon, double radius) {
    return network(
        Outcome.of(Double.NaN, "chart", Status.OUTSIDE_CHART)
            .because(
                "epsilon "
                    + epsilon
                    + " reaches the radius "
                    + radius
                    + " of the chart, where the weights have no bound"));
  }

  private Estimate worst(Subject subject, double epsilon) {
    SurfacePoint at = subject.get(PsiPoint.AT);
    SharpnessResult found =
        at.highest(
            Objects.requireNonNull(search),
            PerturbationSet.ball(at.dimension(), PerturbationSet.Norm.TWO, epsilon),
            new SharpnessSearch.Known(Optional.empty(), at.topVector()),
            id());
    Outcome top = at.eigenvalue(Lanczos.End.LARGEST);
    Estimate estimate =
        network(found.sharpness())
            .withDetail("gradients", found.gradients())
            .withDetail("agreeing", found.agreeing())
            .withDetail("startSpread", found.spread())
            .withDetail("starts", found.starts().size());
    return top.residual().isPresent()
        ? estimate.withDetail(
            "quadratic", top.value() * epsilon * epsilon / (2 * (1 + found.loss())))
        : estimate;
  }

  private Estimate expected(Subject subject, double epsilon) {
    ExpectedIncrease.Result found =
        subject
            .get(PsiPoint.AT)
            .average(
                Objects.requireNonNull(estimator),
                ExpectedIncrease.Noise.uniformInBall(epsilon),
                id());
    return network(found.mean().magnitude())
        .withDetail("pairs", found.pairs())
        .withDetail("rounding", found.rounding());
  }
}
