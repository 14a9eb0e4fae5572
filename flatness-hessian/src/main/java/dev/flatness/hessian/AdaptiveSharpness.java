package dev.flatness.hessian;

import dev.flatness.cost.Work;
import dev.flatness.measure.AbstractMeasure;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Fact;
import dev.flatness.measure.Facts;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.sharpness.ExpectedIncrease;
import dev.flatness.sharpness.PerturbationSet;
import dev.flatness.sharpness.PerturbationSet.Norm;
import dev.flatness.sharpness.SharpnessResult;
import dev.flatness.sharpness.SharpnessSearch;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code adaptive-sharpness}: how much the loss rises under perturbations that are small relative
 * to the parameters.
 *
 * <p>Formula: worst case max L(θ + |θ|∘z) − L(θ) over ‖z‖ ≤ ρ, in the maximum norm or the 2-norm;
 * average case E L(θ + ρ|θ|∘z) − L(θ), z ~ N(0, I). ρ is the settings' ε. A parameter that is 0
 * does not move. Units: loss. Cost: worst case a {@link SharpnessSearch}, some 55 gradients and 20
 * Hessian products, a lower bound; average case an {@link ExpectedIncrease}, 37 evaluations, with a
 * standard error. Details: {@code rho} and those of the method.
 *
 * <p>Invariant to neuron-wise rescaling, and so is the number found: the search and the draws
 * happen in z, which rescaling does not touch.
 *
 * <p>Source: Andriushchenko et al. 2023, §3, with c = |θ|; Kwon et al. 2021. Immutable.
 */
public final class AdaptiveSharpness extends AbstractMeasure {
  private static final String ID = "adaptive-sharpness";

  private final @Nullable Norm norm;
  private final @Nullable SharpnessSearch search;
  private final @Nullable ExpectedIncrease estimator;

  private AdaptiveSharpness(
      String id,
      @Nullable Norm norm,
      @Nullable SharpnessSearch search,
      @Nullable ExpectedIncrease estimator) {
    super(
        id,
        norm == null
            ? "average rise of the loss under relative noise"
            : "highest rise under relative perturbations",
        Invariance.NEURON_WISE,
        "Andriushchenko et al. 2023, §3",
        Scope.NETWORK);
    this.norm = norm;
    this.search = search;
    this.estimator = estimator;
  }

  /**
   * Returns the worst case in the maximum norm: every parameter moves by at most the same share.
   *
   * @return {@code adaptive-sharpness}
   */
  public static AdaptiveSharpness withDefaults() {
    return new AdaptiveSharpness(ID, Norm.MAX, SharpnessSearch.ofMeasures(), null);
  }

  /**
   * Returns the worst case in the 2-norm.
   *
   * @return {@code adaptive-sharpness-2-norm}
   */
  public static AdaptiveSharpness twoNorm() {
    return new AdaptiveSharpness(ID + "-2-norm", Norm.TWO, SharpnessSearch.ofMeasures(), null);
  }

  /**
   * Returns the average case.
   *
   * @return {@code adaptive-sharpness-average}
   */
  public static AdaptiveSharpness average() {
    return new AdaptiveSharpness(ID + "-average", null, null, ExpectedIncrease.ofMeasures());
  }

  /**
   * Returns this worst case with another search.
   *
   * @param method the search
   * @return the changed copy
   * @throws IllegalArgumentException for the average case
   */
  public AdaptiveSharpness withSearch(SharpnessSearch method) {
    if (norm == null) {
      throw new IllegalArgumentException(
          id() + " does not search, expected a worst case; give it an estimator instead");
    }
    return new AdaptiveSharpness(id(), norm, method, null);
  }

  /**
   * Returns this average case with another estimator.
   *
   * @param method its budget and target
   * @return the changed copy
   * @throws IllegalArgumentException for a worst case
   */
  public AdaptiveSharpness withEstimator(ExpectedIncrease method) {
    if (norm != null) {
      throw new IllegalArgumentException(
          id() + " does not sample, expected the average case; give it a search instead");
    }
    return new AdaptiveSharpness(id(), null, null, method);
  }

  @Override
  protected List<Fact<?>> facts(Network network, Settings settings) {
    return norm == null ? List.of() : List.of(Facts.SLOPE);
  }

  @Override
  protected List<Work> ownWork(Network network, Settings settings) {
    return norm == null
        ? List.of(Searches.pairs(id()))
        : List.of(Searches.direction(id()), Searches.gradients(id()));
  }

  @Override
  protected List<Estimate> measure(Subject subject) {
    double rho = subject.settings().get(EpsilonSharpness.EPSILON);
    double[] theta = subject.theta();
    Estimate estimate;
    if (norm == null) {
      ExpectedIncrease.Result found =
          Searches.run(
              java.util.Objects.requireNonNull(estimator),
              subject,
              ExpectedIncrease.Noise.relative(theta, rho),
              id());
      estimate =
          network(found.mean())
              .withDetail("pairs", found.pairs())
              .withDetail("rounding", found.rounding());
    } else {
      PerturbationSet set = PerturbationSet.relative(theta, norm, rho);
      SharpnessResult found =
          Searches.run(
              java.util.Objects.requireNonNull(search), subject, set, Optional.empty(), id());
      estimate = Searches.described(network(found.increase()), found);
    }
    return List.of(estimate.withDetail("rho", rho));
  }

  @Override
  public boolean equals(Object other) {
    return super.equals(other)
        && java.util.Objects.equals(search, ((AdaptiveSharpness) other).search)
        && java.util.Objects.equals(estimator, ((AdaptiveSharpness) other).estimator);
  }

  @Override
  public int hashCode() {
    return java.util.Objects.hash(super.hashCode(), search, estimator);
  }
}
