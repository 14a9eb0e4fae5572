package dev.flatness.internal.engine64;

import dev.flatness.internal.engine.ChunkRunner;
import dev.flatness.internal.kernels64.PlainLoops;
import dev.flatness.network.Layer;
import dev.flatness.network.Node;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The population standard deviation of every input coordinate of every weight layer behind the
 * first, in double (mathematics §6, Theorem 4 of Petzka et al. 2021): per coordinate of a dense
 * layer, per channel of a convolution.
 */
final class InputSpread {
  /**
   * Below this share of the root mean square a deviation is rounding: the coordinate is constant.
   */
  private static final /*64*/ double CONSTANT = 1e-10;

  private final /*64*/ double[][] scale;
  private final int[] constant;
  private final int[] dropped;

  private InputSpread(int nodes) {
    this.scale = new /*64*/ double[nodes][];
    this.constant = new int[nodes];
    this.dropped = new int[nodes];
  }

  /** Runs the network forward on a chunk. */
  interface Forward {
    Frame run(int worker, int chunk);
  }

  static InputSpread of(
      NetworkEngine engine,
      Collection<Node> wanted,
      int chunks,
      ChunkRunner runner,
      Forward forward) {
    List<Node> layers = new ArrayList<>();
    int length = 0;
    for (Node node : engine.network.weightLayers()) {
      if (wanted.contains(node) && engine.dependent[node.input()]) {
        layers.add(node);
        length += coordinates(engine, node);
      }
    }
    InputSpread spread = new InputSpread(engine.ops.length);
    if (layers.isEmpty()) {
      return spread;
    }
    int n = length;
    Moments total = new Moments(n);
    Moments[] parts = new Moments[engine.options.threads()];
    runner.run(
        chunks,
        (w, chunk) -> {
          Frame f = forward.run(w, chunk);
          Moments part = parts[w] == null ? new Moments(n) : parts[w];
          parts[w] = part;
          int at = 0;
          for (Node node : layers) {
            int rows = rows(engine, node) * f.columns;
            double[] x = f.value(node.input());
            for (int c = 0; c < coordinates(engine, node); c++) {
              part.set(at++, x, c * rows, rows);
            }
          }
        },
        w -> total.add(parts[w]));
    int at = 0;
    for (Node node : layers) {
      int index = node.index();
      spread.scale[index] = new /*64*/ double[coordinates(engine, node)];
      for (int c = 0; c < spread.scale[index].length; c++, at++) {
        /*64*/ double variance = total.deviations[at] / total.count[at];
        /*64*/ double deviation = Math.sqrt(variance);
        /*64*/ double rms = Math.sqrt(variance + total.mean[at] * total.mean[at]);
        if (rms == 0) {
          spread.dropped[index]++;
        } else if (deviation <= CONSTANT * rms) {
          spread.constant[index]++;
          deviation = Math.abs(total.mean[at]);
        }
        spread.scale[index][c] = deviation;
      }
    }
    return spread;
  }

  /** Count, mean and sum of squared deviations from it, per coordinate. */
  private static final class Moments {
    final /*64*/ double[] count;
    final /*64*/ double[] mean;
    final /*64*/ double[] deviations;

    Moments(int n) {
      count = new /*64*/ double[n];
      mean = new /*64*/ double[n];
      deviations = new /*64*/ double[n];
    }

    /** Those of a coordinate over a chunk, in two passes over what is in the cache. */
    void set(int at, double[] x, int from, int n) {
      /*64*/ double middle = PlainLoops.sum(x, from, n) / n;
      /*64*/ double sum = 0;
      for (int j = from; j < from + n; j++) {
        sum += (x[j] - middle) * (x[j] - middle);
      }
      count[at] = n;
      mean[at] = middle;
      deviations[at] = sum;
    }

    /** Joins two sets of samples (Chan, Golub and LeVeque 1983). */
    void add(Moments other) {
      for (int i = 0; i < count.length; i++) {
        /*64*/ double n = count[i] + other.count[i];
        /*64*/ double step = other.mean[i] - mean[i];
        mean[i] += step * (other.count[i] / n);
        deviations[i] += other.deviations[i] + step * step * (count[i] * (other.count[i] / n));
        count[i] = n;
      }
    }
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
