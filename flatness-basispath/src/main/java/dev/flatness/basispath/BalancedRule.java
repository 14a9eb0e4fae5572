package dev.flatness.basispath;

import dev.flatness.symmetry.Rescaling;
import java.util.Arrays;

/**
 * The rule that works for every graph: in the minimum-norm representative each hidden class takes
 * its largest out-edge among those that lead nearer to the output, then its largest in-edge among
 * those that come from nearer to the input, free edges first.
 */
final class BalancedRule {
  /**
   * Magnitudes that differ by less count as equal: the gauge is known to some 1e-12, and networks
   * of one orbit must get one skeleton.
   */
  private static final double TIE = 1e-9;

  private BalancedRule() {}

  static Skeleton choose(PathGraph graph) {
    double[] sizes = sizes(graph);
    int[] out = new int[graph.classes().freeCount()];
    Arrays.fill(out, -1);
    for (int position = 0; position < sizes.length; position++) {
      if (graph.isEdge(position) && sizes[position] > Double.NEGATIVE_INFINITY) {
        int tail = graph.from(position);
        if (graph.isHidden(tail)
            && graph.toOutput(graph.to(position)) < graph.toOutput(tail)
            && (out[tail] < 0 || larger(sizes, position, out[tail]))) {
          out[tail] = position;
        }
      }
    }
    int[] in = new int[out.length];
    Arrays.fill(in, -1);
    for (int position = 0; position < sizes.length; position++) {
      if (graph.isEdge(position) && sizes[position] > Double.NEGATIVE_INFINITY) {
        int tail = graph.from(position);
        int head = graph.to(position);
        if (tail != PathGraph.SOURCE
            && graph.isHidden(head)
            && nearer(graph, tail, head)
            && better(sizes, out, graph, position, in[head])) {
          in[head] = position;
        }
      }
    }
    return Skeleton.checked("balanced", graph, out, in);
  }

  /** A class that only biases reach has no distance and no in-edge. */
  private static boolean nearer(PathGraph graph, int tail, int head) {
    return graph.fromInput(tail) >= 0 && graph.fromInput(tail) < graph.fromInput(head);
  }

  private static boolean better(
      double[] sizes, int[] out, PathGraph graph, int position, int rival) {
    if (rival < 0) {
      return true;
    }
    boolean free = isFree(graph, out, position);
    boolean rivalFree = isFree(graph, out, rival);
    return free == rivalFree ? larger(sizes, position, rival) : free;
  }

  private static boolean isFree(PathGraph graph, int[] out, int position) {
    int tail = graph.from(position);
    return graph.isHidden(tail) && out[tail] == position;
  }

  private static boolean larger(double[] sizes, int position, int rival) {
    return sizes[position] > sizes[rival] + TIE;
  }

  /** ln |w| in the minimum-norm gauge, −∞ for zeros. */
  private static double[] sizes(PathGraph graph) {
    Rescaling gauge = graph.leastNorm();
    double[] sizes = new double[graph.theta().length];
    for (int position = 0; position < sizes.length; position++) {
      if (graph.isEdge(position)) {
        sizes[position] =
            StrictMath.log(Math.abs(graph.weight(position)))
                + StrictMath.log(gauge.factor(graph.to(position)))
                - StrictMath.log(gauge.factor(graph.from(position)));
      }
    }
    return sizes;
  }
}
