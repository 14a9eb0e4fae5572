package dev.flatness;

import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.symmetry.ScaleClasses;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * The least of Σ a_e e^{2(x_from − x_to)} by descent in one variable at a time: minimal traces and
 * the gauge of least norm of small networks. Variable 0 is held at 0.
 */
final class DenseOrbit {
  private record Edge(int from, int to, double a) {}

  private final List<Edge> edges = new ArrayList<>();
  private final int variables;

  DenseOrbit(int variables) {
    this.variables = variables;
  }

  void add(int from, int to, double a) {
    if (a > 0) {
      edges.add(new Edge(from, to, a));
    }
  }

  /**
   * The minimizer and the least value; terms that tend to 0 along an unbounded direction count 0.
   */
  record Minimum(double[] x, double value) {}

  Minimum solve() {
    boolean[][] reach = new boolean[variables][variables];
    for (int i = 0; i < variables; i++) {
      reach[i][i] = true;
    }
    edges.forEach(edge -> reach[edge.from()][edge.to()] = true);
    for (int k = 0; k < variables; k++) {
      for (int i = 0; i < variables; i++) {
        for (int j = 0; j < variables; j++) {
          reach[i][j] |= reach[i][k] && reach[k][j];
        }
      }
    }
    // An edge that no circle holds can be made as small as one likes.
    List<Edge> kept = edges.stream().filter(edge -> reach[edge.to()][edge.from()]).toList();
    double[] x = new double[variables];
    for (int round = 0; round < 300; round++) {
      double moved = 0;
      for (int j = 1; j < variables; j++) {
        double in = 0;
        double out = 0;
        for (Edge edge : kept) {
          if (edge.from() != edge.to()) {
            in += edge.to() == j ? edge.a() * Math.exp(2 * x[edge.from()]) : 0;
            out += edge.from() == j ? edge.a() * Math.exp(-2 * x[edge.to()]) : 0;
          }
        }
        if (in > 0 && out > 0) {
          double next = Math.log(in / out) / 4;
          moved = Math.max(moved, Math.abs(next - x[j]));
          x[j] = next;
        }
      }
      if (moved < 1e-15) {
        break;
      }
    }
    for (int step = 0; step < 30; step++) {
      newton(kept, x);
    }
    double value = 0;
    for (Edge edge : kept) {
      value += edge.a() * Math.exp(2 * (x[edge.from()] - x[edge.to()]));
    }
    return new Minimum(x, value);
  }

  /** A step of Newton's method, along no direction in which the sum is constant. */
  private void newton(List<Edge> kept, double[] x) {
    double[] gradient = new double[variables - 1];
    double[][] hessian = new double[variables - 1][variables - 1];
    for (Edge edge : kept) {
      double term = edge.a() * Math.exp(2 * (x[edge.from()] - x[edge.to()]));
      int i = edge.from() - 1;
      int j = edge.to() - 1;
      if (i == j) {
        continue;
      }
      if (i >= 0) {
        gradient[i] += 2 * term;
        hessian[i][i] += 4 * term;
      }
      if (j >= 0) {
        gradient[j] -= 2 * term;
        hessian[j][j] += 4 * term;
      }
      if (i >= 0 && j >= 0) {
        hessian[i][j] -= 4 * term;
        hessian[j][i] -= 4 * term;
      }
    }
    DenseMatrices.Eigen eigen = DenseMatrices.eigen(hessian);
    for (int k = 0; k < gradient.length; k++) {
      if (eigen.values()[k] > 1e-13 * eigen.norm()) {
        double along = 0;
        for (int i = 0; i < gradient.length; i++) {
          along += gradient[i] * eigen.vectors()[k][i];
        }
        double step = along / eigen.values()[k];
        for (int i = 0; i < gradient.length; i++) {
          x[i + 1] -= Math.max(-1, Math.min(1, step)) * eigen.vectors()[k][i];
        }
      }
    }
  }

  /** A scale class's variable: 0 where it is anchored. */
  interface Variable {
    int of(int scaleClass);
  }

  /** One factor per free class. */
  static Variable neuronWise(ScaleClasses classes) {
    return c -> c == ScaleClasses.SOURCE || !classes.isFree(c) ? 0 : c + 1;
  }

  /** One factor for all classes that a layer writes; with an anchored one among them none. */
  static Variable layerWise(ScaleClasses classes, Network network) {
    int[] group = new int[classes.count()];
    Arrays.setAll(group, c -> classes.isFree(c) ? c + 1 : 0);
    boolean changed = true;
    while (changed) {
      changed = false;
      for (Node node : network.nodes()) {
        int[] written = classes.classesOf(node.index());
        int least = Arrays.stream(written).map(c -> group[c]).min().orElseThrow();
        for (int c : written) {
          changed |= group[c] != least;
          group[c] = least;
        }
      }
    }
    return c -> c == ScaleClasses.SOURCE ? 0 : group[c];
  }

  /** The positions in θ of parameters into or out of units through which nothing flows. */
  static BitSet dead(Network network, ScaleClasses classes) {
    double[] theta = network.parameterVector();
    boolean[] reached = new boolean[classes.count()];
    boolean[] leads = new boolean[classes.count()];
    for (int c = 0; c < reached.length; c++) {
      String anchors = classes.anchors(c).toString();
      reached[c] = anchors.contains("INPUT") || anchors.contains("CONSTANT");
      leads[c] = anchors.contains("OUTPUT");
    }
    for (Node node : network.nodes()) {
      // What is not 0 at 0 is a source.
      if (node.layer() instanceof Layer.Activate activate
          && activate.function().at(0).value(0) != 0) {
        Arrays.stream(classes.classesOf(node.index())).forEach(c -> reached[c] = true);
      }
    }
    for (int round = 0; round <= 2 * reached.length; round++) {
      classes.forEachEdge(
          (position, from, to) -> {
            if (theta[position] != 0) {
              reached[to] |= from == ScaleClasses.SOURCE || reached[from];
              if (from != ScaleClasses.SOURCE) {
                leads[from] |= leads[to];
              }
            }
          });
    }
    BitSet positions = new BitSet();
    classes.forEachEdge(
        (position, from, to) -> {
          boolean alive = !classes.isFree(to) || (reached[to] && leads[to]);
          if (from != ScaleClasses.SOURCE && classes.isFree(from)) {
            alive &= reached[from] && leads[from];
          }
          if (!alive) {
            positions.set(position);
          }
        });
    return positions;
  }

  /** Least Σ a_e (c_tail/c_head)², or with {@code reversed} (c_head/c_tail)². */
  static Minimum least(
      ScaleClasses classes, Variable variable, double[] a, BitSet dead, boolean reversed) {
    DenseOrbit problem = new DenseOrbit(classes.count() + 1);
    BitSet seen = new BitSet();
    classes.forEachEdge(
        (position, from, to) -> {
          if (!dead.get(position) && !seen.get(position)) {
            seen.set(position);
            int tail = variable.of(from);
            int head = variable.of(to);
            problem.add(reversed ? head : tail, reversed ? tail : head, a[position]);
          }
        });
    return problem.solve();
  }
}
