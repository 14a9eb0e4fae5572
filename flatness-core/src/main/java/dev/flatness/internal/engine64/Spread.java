package dev.flatness.internal.engine64;

import dev.flatness.internal.engine.ChunkRunner;
import dev.flatness.internal.engine.Layout;
import dev.flatness.network.Layer;
import dev.flatness.network.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The population standard deviation of every input coordinate of every weight layer behind the
 * first, in two passes in double (mathematics §6, Theorem 4 of Petzka et al. 2021): per coordinate
 * of a dense layer, per channel of a convolution.
 */
final class Spread {
  /**
   * Below this share of the root mean square a deviation is rounding: the coordinate is constant.
   */
  private static final /*64*/ double CONSTANT = 1e-10;

  private final /*64*/ double[][] scale;
  private final int[] constant;
  private final int[] dropped;

  private Spread(int nodes) {
    this.scale = new /*64*/ double[nodes][];
    this.constant = new int[nodes];
    this.dropped = new int[nodes];
  }

  /** Runs the network forward on a chunk. */
  interface Forward {
    Frame run(int worker, int chunk);
  }

  static Spread of(NetworkEngine engine, int chunks, ChunkRunner runner, Forward forward) {
    boolean[] active = new boolean[engine.network.parameters().size()];
    Arrays.fill(active, true);
    boolean[] live = Layout.live(engine.network, active);
    List<Node> layers = new ArrayList<>();
    int length = 0;
    for (Node node : engine.network.weightLayers()) {
      if (live[node.input()]) {
        layers.add(node);
        length += coordinates(engine, node);
      }
    }
    Spread spread = new Spread(engine.ops.length);
    if (layers.isEmpty()) {
      return spread;
    }
    int n = length;
    // Counts, sums and sums of squares first; deviations from the means in a second pass.
    /*64*/ double[] first = new /*64*/ double[3 * n];
    runner.run(
        chunks,
        first,
        (w, chunk, result) -> {
          Frame f = forward.run(w, chunk);
          int at = 0;
          for (Node node : layers) {
            for (int c = 0; c < coordinates(engine, node); c++, at++) {
              int rows = rows(engine, node) * f.columns;
              double[] x = f.value(node.input());
              result[at] += rows;
              result[n + at] += WeightOp.sum(x, c * rows, rows);
              result[2 * n + at] += Rows.dot(x, c * rows, x, c * rows, rows);
            }
          }
        });
    /*64*/ double[] second = new /*64*/ double[n];
    runner.run(
        chunks,
        second,
        (w, chunk, result) -> {
          Frame f = forward.run(w, chunk);
          int at = 0;
          for (Node node : layers) {
            for (int c = 0; c < coordinates(engine, node); c++, at++) {
              int rows = rows(engine, node) * f.columns;
              double[] x = f.value(node.input());
              /*64*/ double mean = first[n + at] / first[at];
              /*64*/ double sum = 0;
              for (int j = c * rows; j < (c + 1) * rows; j++) {
                sum += (x[j] - mean) * (x[j] - mean);
              }
              result[at] += sum;
            }
          }
        });
    int at = 0;
    for (Node node : layers) {
      int index = node.index();
      spread.scale[index] = new /*64*/ double[coordinates(engine, node)];
      for (int c = 0; c < spread.scale[index].length; c++, at++) {
        /*64*/ double deviation = Math.sqrt(second[at] / first[at]);
        /*64*/ double rms = Math.sqrt(first[2 * n + at] / first[at]);
        if (rms == 0) {
          spread.dropped[index]++;
        } else if (deviation <= CONSTANT * rms) {
          spread.constant[index]++;
          deviation = Math.abs(first[n + at] / first[at]);
        }
        spread.scale[index][c] = deviation;
      }
    }
    return spread;
  }

  private static int coordinates(NetworkEngine engine, Node node) {
    return node.layer() instanceof Layer.Convolution convolution
        ? convolution.inputChannels()
        : ((Layer.Dense) node.layer()).inputs();
  }

  private static int rows(NetworkEngine engine, Node node) {
    return node.layer() instanceof Layer.Convolution
        ? engine.network.node(node.input()).shape().positions()
        : 1;
  }

  /**
   * The spread per coordinate, 0 for dropped ones; null for a layer that reads the network's input.
   */
  /*64*/ double[] scale(Node node) {
    return scale[node.index()];
  }

  int constant(Node node) {
    return constant[node.index()];
  }

  int dropped(Node node) {
    return dropped[node.index()];
  }
}
