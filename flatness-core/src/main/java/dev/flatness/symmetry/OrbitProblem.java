package dev.flatness.symmetry;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * A separable convex problem on the rescaling orbit of a network: where on the orbit a weighted sum
 * of squares is least.
 *
 * <p>Formula: minimize F(x) = Σ_e A_e e^{2(x_b−x_a)} − 2 B_e (x_b − x_a) over x = ln c of the free
 * classes, e = (a→b), x = 0 at anchored classes and the source; A_e ≥ 0, B_e ≥ 0, B_e = 0 where A_e
 * = 0. {@link #layerWise} minimizes over one factor a layer instead.
 *
 * <p>Cost, attainment and errors: those of {@link SeparableProblem}, with as many edges as there
 * are pairs of classes that weights join. Immutable. Source: docs/mathematics.md#orbit-problem.
 */
public final class OrbitProblem {
  private final ScaleClasses classes;
  private final IntUnaryOperator variableOf;
  private final SeparableProblem problem;

  private OrbitProblem(
      ScaleClasses classes, IntUnaryOperator variableOf, SeparableProblem problem) {
    this.classes = classes;
    this.variableOf = variableOf;
    this.problem = problem;
  }

  /**
   * Sets up a problem without linear terms.
   *
   * @param classes the scale classes
   * @param a A_e, one per parameter; an entry of a shared parameter does not move
   * @return the problem
   */
  public static OrbitProblem of(ScaleClasses classes, double[] a) {
    return of(classes, a, new double[a.length]);
  }

  /**
   * Sets up a problem.
   *
   * @param classes the scale classes
   * @param a A_e, one per parameter
   * @param b B_e, one per parameter, 0 wherever A_e is
   * @return the problem
   */
  public static OrbitProblem of(ScaleClasses classes, double[] a, double[] b) {
    return of(classes, classes.freeCount(), c -> c, a, b);
  }

  /**
   * Sets up a problem over the rescalings that multiply every weight tensor by one number; a bias
   * takes the factor of its layer's output.
   *
   * @param classes the scale classes
   * @param a A_e, one per parameter
   * @return the problem
   */
  public static OrbitProblem layerWise(ScaleClasses classes, double[] a) {
    LayerWiseSubgroup subgroup = LayerWiseSubgroup.of(classes);
    return of(classes, subgroup.factors(), subgroup::factorOf, a, new double[a.length]);
  }

  private static OrbitProblem of(
      ScaleClasses classes,
      int variables,
      IntUnaryOperator variableOfFreeClass,
      double[] a,
      double[] b) {
    int parameters = classes.network().parameterCount();
    if (a.length != parameters || b.length != parameters) {
      throw new IllegalArgumentException(
          "there are "
              + a.length
              + " and "
              + b.length
              + " coefficients, expected one per parameter ("
              + parameters
              + ")");
    }
    IntUnaryOperator variableOf =
        c ->
            c == ScaleClasses.SOURCE || !classes.isFree(c)
                ? SeparableProblem.FIXED
                : variableOfFreeClass.applyAsInt(c);
    SeparableProblem.Builder edges = SeparableProblem.over(variables);
    BitSet seen = new BitSet();
    classes.forEachEdge(
        (position, from, to) -> {
          if (!seen.get(position)) {
            seen.set(position);
            try {
              edges.add(
                  variableOf.applyAsInt(from), variableOf.applyAsInt(to), a[position], b[position]);
            } catch (IllegalArgumentException e) {
              throw new IllegalArgumentException(
                  "parameter entry " + position + ": " + e.getMessage(), e);
            }
          }
        });
    return new OrbitProblem(classes, variableOf, edges.build());
  }

  /**
   * Returns a copy with another bound on the relative gradient.
   *
   * @param bound the bound; 1e-12 by default (ours: some hundred roundings of a sum)
   * @return the changed copy
   */
  public OrbitProblem withTolerance(double bound) {
    return new OrbitProblem(classes, variableOf, problem.withTolerance(bound));
  }

  /**
   * Tells whether the minimum is attained; if not, some terms tend to 0 along an unbounded
   * direction.
   *
   * @return whether every edge counts at the minimum
   */
  public boolean attained() {
    return problem.attained();
  }

  /**
   * Solves the problem.
   *
   * @return the minimizer with its certificate
   */
  public OrbitMinimum solve() {
    SeparableProblem.Minimum minimum = problem.solve();
    double[] variables = minimum.factors();
    double[] factors = new double[classes.freeCount()];
    int[] variable = new int[factors.length];
    Arrays.setAll(variable, variableOf);
    Arrays.setAll(factors, c -> variable[c] < 0 ? 1 : variables[variable[c]]);
    BitSet unbounded = new BitSet();
    minimum.unbounded().forEach(unbounded::set);
    List<Integer> runaways =
        IntStream.range(0, factors.length)
            .filter(c -> variable[c] >= 0 && unbounded.get(variable[c]))
            .boxed()
            .toList();
    return new OrbitMinimum(
        Rescaling.of(classes, factors),
        minimum.value(),
        minimum.residual(),
        minimum.converged(),
        minimum.droppedEdges(),
        runaways,
        minimum.iterations());
  }
}
