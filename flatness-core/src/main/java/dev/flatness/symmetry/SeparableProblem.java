package dev.flatness.symmetry;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A convex problem that is a sum over edges, each of them a function of the ratio of two positive
 * factors: the form of every minimization over a rescaling orbit.
 *
 * <p>Formula: minimize F(x) = Σ_e A_e e^{2(x_b−x_a)} − 2 B_e (x_b − x_a) over x = ln c of the
 * variables, e = (a→b), x = 0 at {@link #FIXED}; A_e ≥ 0, B_e ≥ 0, B_e = 0 where A_e = 0. With y_e
 * = A_e e^{2(x_b−x_a)} the minimum is where every variable balances: Σ_in y − Σ_out y = Σ_in B −
 * Σ_out B.
 *
 * <p>The minimum is attained exactly if each edge with A_e &gt; 0 lies in a strong component of the
 * graph of edges with A_e &gt; 0, forwards, and B_e &gt; 0, backwards. Otherwise the edges between
 * components tend to 0 along an unbounded direction; they are dropped, and what is left has the
 * same infimum.
 *
 * <p>Cost: a few sweeps over the edges for coordinate steps, then a few Newton steps by conjugate
 * gradients on a weighted graph Laplacian; 32 bytes an edge. Replacing every A_e by A_e 4^{k_b−k_a}
 * with whole k changes no bit of the minimum. Errors: coefficients out of range are {@link
 * IllegalArgumentException}s. Immutable. Source: docs/mathematics.md#orbit-problem; the coordinate
 * step is the positive root of P u² − β u − Q = 0, u = e^{2δ}.
 */
public final class SeparableProblem {
  /** The end of an edge whose factor is 1. */
  public static final int FIXED = -1;

  private static final double DEFAULT_TOLERANCE = 1e-12;

  private final OrbitGraph graph;
  private final int[] powers;
  private final double constant;
  private final int dropped;
  private final List<Integer> unbounded;
  private final double tolerance;

  private SeparableProblem(
      OrbitGraph graph,
      int[] powers,
      double constant,
      int dropped,
      List<Integer> unbounded,
      double tolerance) {
    this.graph = graph;
    this.powers = powers;
    this.constant = constant;
    this.dropped = dropped;
    this.unbounded = unbounded;
    this.tolerance = tolerance;
  }

  /**
   * Starts a problem.
   *
   * @param variables how many factors there are
   * @return a builder without edges
   */
  public static Builder over(int variables) {
    return new Builder(variables);
  }

  /** Collects edges. */
  public static final class Builder {
    private final OrbitEdges edges;
    private double constant;

    private Builder(int variables) {
      this.edges = new OrbitEdges(variables);
    }

    /**
     * Adds an edge without a linear term.
     *
     * @param from a, a variable or {@link #FIXED}
     * @param to b, a variable or {@link #FIXED}
     * @param a A_e
     * @return this builder
     */
    public Builder add(int from, int to, double a) {
      return add(from, to, a, 0);
    }

    /**
     * Adds an edge.
     *
     * @param from a, a variable or {@link #FIXED}
     * @param to b, a variable or {@link #FIXED}
     * @param a A_e
     * @param b B_e, 0 where A_e is
     * @return this builder
     */
    public Builder add(int from, int to, double a, double b) {
      if (!(a >= 0 && a < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "coefficient A is " + a + ", expected a finite number of at least 0");
      }
      if (!(b >= 0 && b < Double.POSITIVE_INFINITY) || (b > 0 && a == 0)) {
        throw new IllegalArgumentException(
            "coefficient B is "
                + b
                + ", expected a finite number of at least 0, and 0 where A is 0");
      }
      int tail = node(from);
      int head = node(to);
      if (tail == head) {
        constant += a;
      } else if (a > 0) {
        edges.add(tail, head, a, b);
      }
      return this;
    }

    private int node(int end) {
      if (end < FIXED || end >= edges.nodes) {
        throw new IllegalArgumentException(
            "an edge ends at variable "
                + end
                + ", expected 0 to "
                + (edges.nodes - 1)
                + ", or -1 for a fixed end");
      }
      return end == FIXED ? edges.nodes : end;
    }

    /**
     * Ends the problem.
     *
     * @return the problem
     */
    public SeparableProblem build() {
      OrbitEdges all = edges.aggregated();
      int[] component = new StrongComponents(all).components();
      OrbitEdges kept = all.within(component);
      int n = edges.nodes;
      boolean[] runs = new boolean[n + 1];
      for (int e = 0; e < all.size(); e++) {
        if (component[all.tail[e]] != component[all.head[e]]) {
          runs[all.tail[e]] |= component[all.tail[e]] != component[n];
          runs[all.head[e]] |= component[all.head[e]] != component[n];
        }
      }
      OrbitGraph graph = new OrbitGraph(kept);
      int[] powers = graph.balancingPowers();
      kept.scale(powers);
      return new SeparableProblem(
          graph,
          powers,
          constant,
          all.size() - kept.size(),
          IntStream.range(0, n).filter(v -> runs[v]).boxed().toList(),
          DEFAULT_TOLERANCE);
    }
  }

  /**
   * The minimum with its certificate.
   *
   * @param factors the minimizer c = eˣ; where the minimum is not attained, of the problem without
   *     the dropped edges
   * @param value the minimum, or infimum
   * @param residual the largest imbalance of a variable, |Σ_in y − Σ_out y − β| / (Σ_in y + Σ_out y
   *     + |β|), β = Σ_in B − Σ_out B; the problem is convex, so this certifies the minimum
   * @param converged whether the residual met the tolerance
   * @param droppedEdges how many bundles of edges between two variables tend to 0 along an
   *     unbounded direction; 0 where the minimum is attained
   * @param unbounded the variables that run away along it
   * @param iterations sweeps and Newton steps
   */
  public record Minimum(
      double[] factors,
      double value,
      double residual,
      boolean converged,
      int droppedEdges,
      List<Integer> unbounded,
      int iterations) {
    /**
     * Copies the lists.
     *
     * @param factors the minimiser c = eˣ; where the minimum is not attained, of the problem
     *     without the dropped edges
     * @param value the minimum, or infimum
     * @param residual the largest imbalance of a variable, |Σ_in y − Σ_out y − β| / (Σ_in y + Σ_out
     *     y + |β|), β = Σ_in B − Σ_out B; the problem is convex, so this certifies the minimum
     * @param converged whether the residual met the tolerance
     * @param droppedEdges how many bundles of edges between two variables tend to 0 along an
     *     unbounded direction; 0 where the minimum is attained
     * @param unbounded the variables that run away along it
     * @param iterations sweeps and Newton steps
     */
    public Minimum {
      factors = factors.clone();
      unbounded = List.copyOf(unbounded);
    }

    /**
     * Returns a copy.
     *
     * @return a copy
     */
    @Override
    public double[] factors() {
      return factors.clone();
    }
  }

  /**
   * Returns a copy with another bound on the relative gradient.
   *
   * @param bound the bound; 1e-12 by default (ours: some hundred roundings of a sum)
   * @return the changed copy
   */
  public SeparableProblem withTolerance(double bound) {
    if (!(bound > 0 && bound < 1)) {
      throw new IllegalArgumentException(
          "tolerance is " + bound + ", expected a number between 0 and 1");
    }
    return new SeparableProblem(graph, powers, constant, dropped, unbounded, bound);
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
   * @return the minimizer with its certificate
   */
  public Minimum solve() {
    OrbitDescent descent = new OrbitDescent(graph);
    int iterations = descent.minimise(tolerance);
    double[] x = descent.x();
    double[] factors = new double[x.length];
    Arrays.setAll(factors, v -> Math.scalb(Math.exp(x[v]), powers[v]));
    double linear = 0;
    for (int e = 0; e < graph.edges.size(); e++) {
      int steps = powers[graph.edges.head[e]] - powers[graph.edges.tail[e]];
      linear += 2 * graph.edges.b[e] * steps * Math.log(2);
    }
    double residual = descent.relativeGradient();
    return new Minimum(
        factors,
        constant + descent.value() - linear,
        residual,
        residual <= tolerance,
        dropped,
        unbounded,
        iterations);
  }
}
