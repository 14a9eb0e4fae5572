package dev.flatness.basispath;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;

/**
 * What the values of the basis paths are, without any data: {@code basis-path-count}, {@code
 * basis-path-ratio}, {@code basis-path-values} and {@code psi-l2-norm-squared}.
 *
 * <p>Formula: m − H; sup |v| / inf |v|, infinite where a value is 0; v itself, in the order of the
 * parameters, free edges left out; ‖v‖². Units: none; none; output per input; its square. Cost:
 * O(parameters). Invariant to neuron-wise rescaling.
 *
 * <p>Source: Yi et al. 2019, §2.2 and §5; docs/mathematics.md#psi. Immutable.
 */
public final class BasisPathNumber extends PsiMeasure {
  private enum Kind {
    COUNT("basis-path-count", "number of basis paths"),
    RATIO("basis-path-ratio", "largest over smallest basis-path value"),
    VALUES("basis-path-values", "values of the basis paths"),
    SQUARED_NORM("psi-l2-norm-squared", "squared 2-norm of the basis-path values");

    private final String id;
    private final String words;

    Kind(String id, String words) {
      this.id = id;
      this.words = words;
    }
  }

  private final Kind kind;

  private BasisPathNumber(Kind kind) {
    super(kind.id, kind.words, "Yi et al. 2019, §2.2 and §5");
    this.kind = kind;
  }

  /**
   * Returns the number of basis paths.
   *
   * @return {@code basis-path-count}
   */
  public static BasisPathNumber count() {
    return new BasisPathNumber(Kind.COUNT);
  }

  /**
   * Returns the ratio of the largest to the smallest value.
   *
   * @return {@code basis-path-ratio}
   */
  public static BasisPathNumber ratio() {
    return new BasisPathNumber(Kind.RATIO);
  }

  /**
   * Returns the values.
   *
   * @return {@code basis-path-values}
   */
  public static BasisPathNumber values() {
    return new BasisPathNumber(Kind.VALUES);
  }

  /**
   * Returns the squared norm of the values.
   *
   * @return {@code psi-l2-norm-squared}
   */
  public static BasisPathNumber squaredNorm() {
    return new BasisPathNumber(Kind.SQUARED_NORM);
  }

  @Override
  Estimate evaluate(Subject subject, PsiPoint point) {
    BasisPaths paths = point.paths();
    return switch (kind) {
      case COUNT -> exact(paths.count()).withDetail("hiddenUnits", paths.skeleton().hiddenUnits());
      case RATIO -> ratio(paths);
      case VALUES -> Estimate.networkList(id(), claim(), paths.values(), Outcome.exact(Double.NaN));
      case SQUARED_NORM -> exact(Vectors.dot(paths.values(), paths.values()));
    };
  }

  private Estimate ratio(BasisPaths paths) {
    Outcome infinite = Outcome.of(Double.NaN, Outcome.EXACT, Status.INFINITE);
    Estimate ratio =
        network(
                paths.smallest() == 0
                    ? infinite.because(
                        "the basis path " + paths.smallest(1).get(0) + " has the value 0")
                    : Outcome.exact(paths.ratio()))
            .withDetail("largest", paths.largest())
            .withDetail("smallest", paths.smallest());
    return Double.isFinite(paths.radius())
        ? ratio.withDetail("chartRadius", paths.radius())
        : ratio;
  }
}
