package dev.flatness.symmetry;

import java.util.Arrays;
import java.util.BitSet;

/**
 * A separable convex problem on the rescaling orbit of a network: where on the orbit a weighted sum
 * of squares is least.
 *
 * <p>Formula: minimise F(x) = Σ_e A_e e^{2(x_b−x_a)} − 2 B_e (x_b − x_a) over x = ln c of the free
 * classes, e = (a→b), x = 0 at anchored classes and the source; A_e ≥ 0, B_e ≥ 0, B_e = 0 where A_e
 * = 0. With y_e = A_e e^{2(x_b−x_a)} the minimum is where every class balances: Σ_in y − Σ_out y =
 * Σ_in B − Σ_out B.
 *
 * <p>The minimum is attained exactly if each edge with A_e &gt; 0 lies in a strong component of the
 * graph of edges with A_e &gt; 0, forwards, and B_e &gt; 0, backwards, all anchored classes being
 * one node. Otherwise the edges between components tend to 0 along an unbounded direction; they are
 * dropped, and what is left has the same infimum.
 *
 * <p>Cost: a few sweeps over the edges for coordinate steps, then a few Newton steps by conjugate
 * gradients on a weighted graph Laplacian. Errors: negative or non-finite coefficients are {@link
 * IllegalArgumentException}s. Immutable. Source: mathematics §9; the coordinate step is the
 * positive root of P u² − β u − Q = 0, u = e^{2δ}.
 */
public final class OrbitProblem {
  private final ScaleClasses classes;
  private final OrbitGraph graph;
  private final double constant;
  private final int dropped;
  private final double tolerance;

  private OrbitProblem(
      ScaleClasses classes, OrbitGraph graph, double constant, int dropped, double tolerance) {
    this.classes = classes;
    this.graph = graph;
    this.constant = constant;
    this.dropped = dropped;
    this.tolerance = tolerance;
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
    for (int i = 0; i < parameters; i++) {
      if (!(a[i] >= 0 && a[i] < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "coefficient A of parameter entry "
                + i
                + " is "
                + a[i]
                + ", expected a finite number of at least 0");
      }
      if (!(b[i] >= 0 && b[i] < Double.POSITIVE_INFINITY) || (b[i] > 0 && a[i] == 0)) {
        throw new IllegalArgumentException(
            "coefficient B of parameter entry "
                + i
                + " is "
                + b[i]
                + ", expected a finite number of at least 0, and 0 where A is 0");
      }
    }
    OrbitEdges edges = new OrbitEdges(classes.freeCount());
    double[] constant = new double[1];
    BitSet seen = new BitSet();
    classes.forEachEdge(
        (position, from, to) -> {
          if (a[position] > 0 && !seen.get(position)) {
            seen.set(position);
            int tail = classes.freeIndex(from);
            int head = classes.freeIndex(to);
            if (tail == head) {
              constant[0] += a[position];
            } else {
              edges.add(tail, head, a[position], b[position]);
            }
          }
        });
    OrbitEdges aggregated = edges.aggregated();
    OrbitEdges kept = aggregated.withinStrongComponents();
    return new OrbitProblem(
        classes, new OrbitGraph(kept), constant[0], aggregated.size() - kept.size(), 1e-12);
  }

  /**
   * Returns a copy with another bound on the relative gradient.
   *
   * @param bound the bound; 1e-12 by default (ours: some hundred roundings of a sum)
   * @return the changed copy
   */
  public OrbitProblem withTolerance(double bound) {
    if (!(bound > 0 && bound < 1)) {
      throw new IllegalArgumentException(
          "tolerance is " + bound + ", expected a number between 0 and 1");
    }
    return new OrbitProblem(classes, graph, constant, dropped, bound);
  }

  /**
   * Tells whether the minimum is attained; if not, some terms tend to 0 along an unbounded
   * direction.
   *
   * @return whether every edge counts at the minimum
   */
  public boolean attained() {
    return dropped == 0;
  }

  /**
   * Solves the problem.
   *
   * @return the minimiser with its certificate
   */
  public OrbitMinimum solve() {
    OrbitDescent descent = new OrbitDescent(graph);
    int iterations = descent.minimise(tolerance);
    double[] factors = Arrays.stream(descent.x()).map(Math::exp).toArray();
    double residual = descent.relativeGradient();
    return new OrbitMinimum(
        Rescaling.of(classes, factors),
        constant + descent.value(),
        residual,
        residual <= tolerance,
        dropped,
        iterations);
  }
}
