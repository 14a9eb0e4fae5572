package dev.flatness.symmetry;

import dev.flatness.network.Network;
import java.util.Arrays;

/** The rescaling to incoming parameters of 2-norm 1, class by class in topological order. */
final class UnitIncoming {
  private final ScaleClasses classes;
  private final int free;

  /** The edges between free classes by tail: heads and positions; and all edges by head. */
  private final int[] outStart;

  private final int[] heads;
  private final int[] inStart;
  private final int[] tails;
  private final int[] positions;
  private final int[] open;

  private UnitIncoming(ScaleClasses classes, double[] theta) {
    this.classes = classes;
    this.free = classes.freeCount();
    this.outStart = new int[free + 1];
    this.inStart = new int[free + 1];
    this.open = new int[free];
    classes.forEachEdge(
        (position, from, to) -> {
          if (theta[position] != 0 && to < free) {
            inStart[to + 1]++;
            if (from >= 0 && from < free) {
              outStart[from + 1]++;
              open[to]++;
            }
          }
        });
    Arrays.parallelPrefix(outStart, Integer::sum);
    Arrays.parallelPrefix(inStart, Integer::sum);
    this.heads = new int[outStart[free]];
    this.tails = new int[inStart[free]];
    this.positions = new int[inStart[free]];
    int[] nextOut = outStart.clone();
    int[] nextIn = inStart.clone();
    classes.forEachEdge(
        (position, from, to) -> {
          if (theta[position] != 0 && to < free) {
            positions[nextIn[to]] = position;
            tails[nextIn[to]++] = from;
            if (from >= 0 && from < free) {
              heads[nextOut[from]++] = to;
            }
          }
        });
  }

  static Rescaling rescaling(Network pruned) {
    double[] theta = pruned.parameterVector();
    return new UnitIncoming(ScaleClasses.of(pruned), theta).solve(theta);
  }

  private Rescaling solve(double[] theta) {
    double[] factors = new double[free];
    Arrays.fill(factors, 1);
    int[] queue = new int[free];
    int filled = 0;
    for (int c = 0; c < free; c++) {
      if (open[c] == 0) {
        queue[filled++] = c;
      }
    }
    for (int step = 0; step < filled; step++) {
      int unit = queue[step];
      factors[unit] = factor(unit, theta, factors);
      for (int i = outStart[unit]; i < outStart[unit + 1]; i++) {
        if (--open[heads[i]] == 0) {
          queue[filled++] = heads[i];
        }
      }
    }
    if (filled < free) {
      throw cycle();
    }
    return Rescaling.of(classes, factors);
  }

  /** 1 over the norm of what comes in; the largest entry is taken out before squaring. */
  private double factor(int unit, double[] theta, double[] factors) {
    double largest = 0;
    for (int i = inStart[unit]; i < inStart[unit + 1]; i++) {
      largest = Math.max(largest, incoming(i, theta, factors));
    }
    if (largest == 0) {
      return 1;
    }
    double sum = 0;
    for (int i = inStart[unit]; i < inStart[unit + 1]; i++) {
      double relative = incoming(i, theta, factors) / largest;
      sum += relative * relative;
    }
    return 1 / (largest * Math.sqrt(sum));
  }

  private double incoming(int i, double[] theta, double[] factors) {
    int tail = tails[i];
    double scale = tail >= 0 && tail < free ? factors[tail] : 1;
    return Math.abs(theta[positions[i]]) / scale;
  }

  private IllegalArgumentException cycle() {
    int unit = 0;
    while (open[unit] == 0) {
      unit++;
    }
    return new IllegalArgumentException(
        "the weights into the hidden unit "
            + classes.describe(unit)
            + " depend on its own scale, as in residual networks, so that incoming norms of 1 do not"
            + " choose one scale for each unit; use the gauge minimum-norm or minimal-trace");
  }
}
