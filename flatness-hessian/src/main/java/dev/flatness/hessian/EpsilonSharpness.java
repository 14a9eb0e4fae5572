package dev.flatness.hessian;

import dev.flatness.cost.Work;
import dev.flatness.measure.AbstractMeasure;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Fact;
import dev.flatness.measure.Facts;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Setting;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.sharpness.PerturbationSet;
import dev.flatness.sharpness.PerturbationSet.Norm;
import dev.flatness.sharpness.SharpnessResult;
import dev.flatness.sharpness.SharpnessSearch;
import dev.flatness.spectral.Lanczos;
import java.util.List;
import java.util.Optional;

/**
 * {@code epsilon-sharpness}: the highest loss near the parameters.
 *
 * <p>Formula: max (L(θ+δ) − L(θ)) / (1 + L(θ)) over ‖δ‖₂ ≤ ε, ε from the settings; over other sets
 * under ids of their own. Units: none. Cost: a {@link SharpnessSearch}, some 55 gradients, and 20
 * Hessian products; in the 2-norm ball instead the {@link Lanczos} run of the extreme eigenvalues,
 * shared, which has the eigenvector. A lower bound, with the details {@code epsilon}, {@code
 * starts}, {@code agreeing}, {@code gradients} and, in the 2-norm ball, {@code quadratic}: ‖H‖₂ ε²
 * / (2 (1 + L)). Not invariant to rescaling.
 *
 * <p>Source: Keskar et al. 2017, §2.2.2; Dinh et al. 2017, Def. 2. Immutable.
 */
public final class EpsilonSharpness extends AbstractMeasure implements SurfaceMeasure {
  /** The radius ε of the sharpness measures (Keskar et al. 2017). */
  public static final Setting<Double> EPSILON =
      Setting.positive(
              "epsilon",
              "E",
              "The radius of the sharpness measures, in basis-path coordinates at most a tenth of the"
                  + " chart's radius.")
          .byDefault(1e-3);

  private enum Set {
    BALL("", "a 2-norm ball"),
    MAX_BALL("-max-norm", "a maximum-norm ball"),
    BOX("-box", "Keskar's box"),
    SUBSPACE("-subspace", "Keskar's box in a random subspace");

    private final String suffix;
    private final String words;

    Set(String suffix, String words) {
      this.suffix = suffix;
      this.words = words;
    }
  }

  private static final int SUBSPACE_DIMENSION = 100;

  private final Set set;
  private final int subspace;
  private final SharpnessSearch search;

  private EpsilonSharpness(Set set, int subspace, SharpnessSearch search) {
    super(
        "epsilon-sharpness" + set.suffix,
        "highest loss within " + set.words,
        Invariance.NONE,
        set == Set.BALL ? "Dinh et al. 2017, Def. 2" : "Keskar et al. 2017, §2.2.2",
        Scope.NETWORK);
    this.set = set;
    this.subspace = subspace;
    this.search = search;
  }

  private static EpsilonSharpness over(Set set) {
    return new EpsilonSharpness(set, SUBSPACE_DIMENSION, SharpnessSearch.ofMeasures());
  }

  /**
   * Returns the measure over the ball of the 2-norm.
   *
   * @return {@code epsilon-sharpness}
   */
  public static EpsilonSharpness withDefaults() {
    return over(Set.BALL);
  }

  /**
   * Returns the measure over the ball of the maximum norm.
   *
   * @return {@code epsilon-sharpness-max-norm}
   */
  public static EpsilonSharpness maxNorm() {
    return over(Set.MAX_BALL);
  }

  /**
   * Returns the measure over Keskar's box, |δ_i| ≤ ε (|θ_i| + 1).
   *
   * @return {@code epsilon-sharpness-box}
   */
  public static EpsilonSharpness box() {
    return over(Set.BOX);
  }

  /**
   * Returns the measure over Keskar's box in a random subspace of 100 dimensions (Keskar et al.
   * 2017, §2.2.2).
   *
   * @return {@code epsilon-sharpness-subspace}
   */
  public static EpsilonSharpness subspace() {
    return over(Set.SUBSPACE);
  }

  /**
   * Returns the measure over Keskar's box in a random subspace.
   *
   * @param dimension its dimension
   * @return {@code epsilon-sharpness-subspace}
   * @throws IllegalArgumentException if less than 1
   */
  public static EpsilonSharpness subspace(int dimension) {
    if (dimension < 1) {
      throw new IllegalArgumentException(
          "the dimension of the random subspace is " + dimension + ", expected at least 1");
    }
    return new EpsilonSharpness(Set.SUBSPACE, dimension, SharpnessSearch.ofMeasures());
  }

  /**
   * Returns this measure with another search.
   *
   * @param method the search
   * @return the changed copy
   */
  public EpsilonSharpness withSearch(SharpnessSearch method) {
    return new EpsilonSharpness(set, subspace, method);
  }

  @Override
  public Optional<String> inapplicable(Subject subject) {
    int parameters = subject.network().parameterCount();
    return set == Set.SUBSPACE && subspace > parameters
        ? Optional.of(
            "the network has " + parameters + " parameters, fewer than the subspace's " + subspace)
        : Optional.empty();
  }

  @Override
  public Optional<String> inapplicable(SurfacePoint point) {
    return set == Set.SUBSPACE && subspace > point.dimension()
        ? Optional.of(
            "there are "
                + point.dimension()
                + " coordinates, fewer than the subspace's "
                + subspace)
        : Optional.empty();
  }

  @Override
  public List<Work> workAt(int dimension, Settings settings) {
    return set == Set.BALL
        ? List.of(HessianFacts.eigenvalueWork(HessianFacts.TOP_PRODUCTS), Searches.gradients(id()))
        : List.of(Searches.direction(id()), Searches.gradients(id()));
  }

  @Override
  protected List<Fact<?>> facts(Network network, Settings settings) {
    return set == Set.BALL
        ? List.of(HessianFacts.TOP_VECTOR, HessianFacts.NORM, Facts.SLOPE)
        : List.of(Facts.SLOPE);
  }

  @Override
  protected List<Work> ownWork(Network network, Settings settings) {
    return set == Set.BALL
        ? List.of(Searches.gradients(id()))
        : List.of(Searches.direction(id()), Searches.gradients(id()));
  }

  @Override
  protected List<Estimate> measure(Subject subject) {
    return List.of(at(SurfacePoint.ofNetwork(subject)));
  }

  @Override
  public Estimate at(SurfacePoint point) {
    double epsilon = point.settings().get(EPSILON);
    // In the 2-norm ball the run that the quadratic value needs has the eigenvector.
    Optional<double[]> top = set == Set.BALL ? point.topVector() : Optional.empty();
    SharpnessResult found =
        point.highest(
            search,
            perturbations(point, epsilon),
            new SharpnessSearch.Known(Optional.of(point.slope()), top),
            id());
    Estimate estimate =
        Searches.described(network(found.sharpness()), found).withDetail("epsilon", epsilon);
    if (set == Set.BALL) {
      double norm = point.spectralNorm().value();
      estimate =
          estimate.withDetail("quadratic", norm * epsilon * epsilon / (2 * (1 + found.loss())));
    }
    return set == Set.SUBSPACE ? estimate.withDetail("subspaceDimension", subspace) : estimate;
  }

  private PerturbationSet perturbations(SurfacePoint point, double epsilon) {
    double[] theta = point.point();
    return switch (set) {
      case BALL -> PerturbationSet.ball(theta.length, Norm.TWO, epsilon);
      case MAX_BALL -> PerturbationSet.ball(theta.length, Norm.MAX, epsilon);
      case BOX -> PerturbationSet.box(theta, epsilon);
      case SUBSPACE ->
          PerturbationSet.subspaceBox(theta, epsilon, subspace, point.seed().split("subspace"));
    };
  }

  @Override
  public boolean equals(Object other) {
    return super.equals(other)
        && subspace == ((EpsilonSharpness) other).subspace
        && search.equals(((EpsilonSharpness) other).search);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * super.hashCode() + subspace) + search.hashCode();
  }
}
