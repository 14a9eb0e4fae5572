package dev.flatness.symmetry;

import java.util.Arrays;

/** Coordinate steps until they are near, then Newton steps on the graph Laplacian. */
final class OrbitDescent {
  private static final int SWEEPS = 20;
  private static final int NEWTON_STEPS = 100;

  private final OrbitGraph graph;
  private final int n;
  private final int edges;

  /** x of every class; the last entry is everything anchored and stays 0. */
  private final double[] x;

  private final double[] logA;
  private final double[] y;

  OrbitDescent(OrbitGraph graph) {
    this.graph = graph;
    this.n = graph.classes;
    this.edges = graph.edges.size();
    this.x = new double[n + 1];
    this.y = new double[edges];
    this.logA = new double[edges];
    Arrays.setAll(logA, e -> Math.log(graph.edges.a[e]));
  }

  double[] x() {
    return Arrays.copyOf(x, n);
  }

  int minimise(double tolerance) {
    update(x, y);
    int iterations = 0;
    while (iterations < SWEEPS && relativeGradient() > tolerance) {
      sweep();
      update(x, y);
      iterations++;
    }
    for (int step = 0; step < NEWTON_STEPS && relativeGradient() > tolerance; step++) {
      iterations++;
      if (!newtonStep()) {
        break;
      }
    }
    return iterations;
  }

  double value() {
    return value(x, y);
  }

  double relativeGradient() {
    double[] balance = balance();
    double[] total = totals();
    double largest = 0;
    for (int c = 0; c < n; c++) {
      if (total[c] != 0) {
        double scale = total[c] + Math.abs(graph.beta[c]);
        largest = Math.max(largest, Math.abs(balance[c]) / scale);
      }
    }
    return largest;
  }

  private void update(double[] at, double[] into) {
    for (int e = 0; e < edges; e++) {
      into[e] = Math.exp(logA[e] + 2 * (at[graph.edges.head[e]] - at[graph.edges.tail[e]]));
    }
  }

  private double value(double[] at, double[] terms) {
    double sum = 0;
    for (int e = 0; e < edges; e++) {
      double step = at[graph.edges.head[e]] - at[graph.edges.tail[e]];
      sum += terms[e] - 2 * graph.edges.b[e] * step;
    }
    return sum;
  }

  /** Half the gradient: Σ_in y − Σ_out y − β. */
  private double[] balance() {
    double[] balance = new double[n + 1];
    for (int e = 0; e < edges; e++) {
      balance[graph.edges.head[e]] += y[e];
      balance[graph.edges.tail[e]] -= y[e];
    }
    for (int c = 0; c < n; c++) {
      balance[c] -= graph.beta[c];
    }
    balance[n] = 0;
    return balance;
  }

  private double[] totals() {
    double[] total = new double[n + 1];
    for (int e = 0; e < edges; e++) {
      total[graph.edges.head[e]] += y[e];
      total[graph.edges.tail[e]] += y[e];
    }
    return total;
  }

  /** One exact minimization per class: P u² − β u − Q = 0 for u = e^{2δ}. */
  private void sweep() {
    for (int c = 0; c < n; c++) {
      double p = 0;
      double q = 0;
      for (int i = graph.inStart[c]; i < graph.inStart[c + 1]; i++) {
        p += y[graph.in[i]];
      }
      for (int i = graph.outStart[c]; i < graph.outStart[c + 1]; i++) {
        q += y[graph.out[i]];
      }
      double u = positiveRoot(p, graph.beta[c], q);
      if (!(u > 0 && u < Double.POSITIVE_INFINITY)) {
        continue;
      }
      x[c] += 0.5 * Math.log(u);
      for (int i = graph.inStart[c]; i < graph.inStart[c + 1]; i++) {
        y[graph.in[i]] *= u;
      }
      for (int i = graph.outStart[c]; i < graph.outStart[c + 1]; i++) {
        y[graph.out[i]] /= u;
      }
    }
  }

  /** Without cancellation for either sign of β. */
  private static double positiveRoot(double p, double beta, double q) {
    double root = Math.hypot(beta, 2 * Math.sqrt(p) * Math.sqrt(q));
    return beta >= 0 ? (beta + root) / (2 * p) : 2 * q / (root - beta);
  }

  /** Moves to a better point along the Newton direction; false if rounding leaves none. */
  private boolean newtonStep() {
    double[] gradient = balance();
    double[] direction = solveLaplacian(gradient);
    double before = value(x, y);
    double normBefore = relativeGradient();
    double[] trial = new double[n + 1];
    double[] old = x.clone();
    for (double length = 1; length > 1e-6; length /= 2) {
      for (int c = 0; c < n; c++) {
        trial[c] = old[c] - length * direction[c];
      }
      update(trial, y);
      double after = value(trial, y);
      // Near the minimum values agree to rounding; there the gradient decides.
      if (after < before || relativeGradient() < normBefore) {
        System.arraycopy(trial, 0, x, 0, n);
        return true;
      }
    }
    update(x, y);
    return false;
  }

  /**
   * Conjugate gradients with the diagonal as preconditioner for 2 Σ_e y_e (d_b − d_a)² = gradient.
   */
  private double[] solveLaplacian(double[] gradient) {
    double[] diagonal = totals();
    double[] d = new double[n + 1];
    double[] r = gradient.clone();
    double[] z = new double[n + 1];
    double[] p = new double[n + 1];
    double rz = precondition(r, diagonal, z);
    double target = rz * 1e-20;
    System.arraycopy(z, 0, p, 0, n);
    for (int k = 0; k < 2 * n + 10 && rz > target && rz > 0; k++) {
      double[] product = laplacian(p);
      double step = rz / dot(p, product);
      for (int c = 0; c < n; c++) {
        d[c] += step * p[c];
        r[c] -= step * product[c];
      }
      double next = precondition(r, diagonal, z);
      for (int c = 0; c < n; c++) {
        p[c] = z[c] + next / rz * p[c];
      }
      rz = next;
    }
    return d;
  }

  private double[] laplacian(double[] d) {
    double[] product = new double[n + 1];
    for (int e = 0; e < edges; e++) {
      double flow = 2 * y[e] * (d[graph.edges.head[e]] - d[graph.edges.tail[e]]);
      product[graph.edges.head[e]] += flow;
      product[graph.edges.tail[e]] -= flow;
    }
    product[n] = 0;
    return product;
  }

  private double precondition(double[] r, double[] diagonal, double[] z) {
    double sum = 0;
    for (int c = 0; c < n; c++) {
      z[c] = diagonal[c] > 0 ? r[c] / (2 * diagonal[c]) : 0;
      sum += r[c] * z[c];
    }
    return sum;
  }

  private double dot(double[] u, double[] v) {
    double sum = 0;
    for (int c = 0; c < n; c++) {
      sum += u[c] * v[c];
    }
    return sum;
  }
}
