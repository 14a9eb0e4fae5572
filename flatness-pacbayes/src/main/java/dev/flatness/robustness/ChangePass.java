package dev.flatness.robustness;

import dev.flatness.data.Dataset;
import dev.flatness.linalg.Gemm;
import dev.flatness.linalg.Gemms;
import dev.flatness.loss.Loss;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.surface.NetworkSurface;
import java.util.Arrays;

/**
 * What a change of one layer's inputs, seen by that layer alone, does to the loss of every sample:
 * the change is carried through the rest of the network by itself, so that it keeps its digits
 * however small it is.
 *
 * <p>Samples come in chunks, whose size depends on the network alone.
 */
final class ChangePass {
  private static final double[] ZEROS = {};
  private static final int MOST_SAMPLES = 64;
  private static final int CHUNK_NUMBERS = 1 << 20;
  private static final int BLOCK_NUMBERS = 1 << 18;
  private static final int LEAST_DRAWS = 16;

  private final NetworkSurface surface;
  private final Network network;
  private final Node layer;
  private final Gemm gemm;
  private final double[][] parameters;
  private final double[][] absolute;

  /** Which nodes a change of the layer reaches. */
  private final boolean[] reached;

  /** Of each max pooling, by node. */
  private final int[][][] windows;

  private final int chunkSize;
  private final long reachedNumbers;

  ChangePass(NetworkSurface surface, Node layer) {
    this.surface = surface;
    this.network = surface.network();
    this.layer = layer;
    String asked = surface.options().gemm();
    this.gemm = asked.equals("auto") ? Gemms.best() : Gemms.byId(asked);
    this.parameters = network.parameters().stream().map(network::values).toArray(double[][]::new);
    this.absolute = new double[parameters.length][];
    for (int i = 0; i < parameters.length; i++) {
      absolute[i] = parameters[i].clone();
      for (int j = 0; j < absolute[i].length; j++) {
        absolute[i][j] = Math.abs(absolute[i][j]);
      }
    }
    this.windows = new int[network.nodes().size()][][];
    this.reached = new boolean[network.nodes().size()];
    long largest = 1;
    long following = 0;
    for (Node node : network.nodes()) {
      windows[node.index()] = KinkRules.windows(network, node);
      reached[node.index()] =
          node == layer || node.inputs().stream().anyMatch(input -> reached[input]);
      long size = node.shape().size();
      following += reached[node.index()] ? size : 0;
      if (node.layer() instanceof Layer.Convolution convolution) {
        size =
            (long) convolution.inputChannels()
                * convolution.window().taps()
                * node.shape().positions();
      }
      largest = Math.max(largest, size);
    }
    this.reachedNumbers = following;
    this.chunkSize = (int) Math.max(1, Math.min(MOST_SAMPLES, CHUNK_NUMBERS / largest));
  }

  int chunks() {
    return (surface.dataset().size() + chunkSize - 1) / chunkSize;
  }

  /**
   * How many draws to make of a chunk before the next: many where little of the network follows.
   */
  int block() {
    return (int) Math.max(LEAST_DRAWS, BLOCK_NUMBERS / reachedNumbers);
  }

  int samples() {
    return surface.dataset().size();
  }

  Dataset dataset() {
    return surface.dataset();
  }

  /** Reads a chunk and evaluates the network on it. */
  Chunk chunk(int index) {
    int first = index * chunkSize;
    return new Chunk(index, first, Math.min(chunkSize, samples() - first));
  }

  /** Some samples with the value of every node. */
  final class Chunk {
    private final int index;
    private final int first;
    private final int count;
    private final double[][] values;
    private final int[][] tops;
    private final double[] targets;
    private final int targetSize;
    private final double[] losses;
    private final double[] inputs;
    private final LossChange change;
    private final double[] f;
    private final double[] moved;
    private final double[] target;

    private Chunk(int index, int first, int count) {
      this.index = index;
      this.first = first;
      this.count = count;
      int size = network.inputShape().size();
      double[] rows = new double[count * size];
      this.targetSize = surface.dataset().targetSize();
      this.targets = new double[count * targetSize];
      surface.dataset().read(first, count, rows, targets);
      this.values = new double[network.nodes().size()][];
      double[] input = new double[rows.length];
      for (int i = 0; i < count; i++) {
        for (int j = 0; j < size; j++) {
          input[j * count + i] = rows[i * size + j];
        }
      }
      values[0] = input;
      for (Node node : network.nodes()) {
        if (node.index() > 0) {
          values[node.index()] =
              KinkRules.holds(node)
                  ? KinkRules.value(windows[node.index()], node, values[node.input()], count)
                  : rules(node, values, LinearRules.Of.VALUE);
        }
      }
      this.tops = new int[values.length][];
      for (Node node : network.nodes()) {
        tops[node.index()] =
            node.index() == 0
                ? new int[0]
                : KinkRules.tops(windows[node.index()], values[node.input()], count);
      }
      this.inputs = layerInputs();
      Loss loss = surface.loss();
      int outputs = network.output().shape().size();
      this.change = new LossChange(loss, outputs);
      this.f = new double[outputs];
      this.moved = new double[outputs];
      this.target = new double[targetSize];
      this.losses = new double[count];
      double[] output = values[values.length - 1];
      for (int i = 0; i < count; i++) {
        sample(output, i, f);
        System.arraycopy(targets, i * targetSize, target, 0, targetSize);
        losses[i] = loss.value(f, target);
      }
    }

    private double[] rules(Node node, double[][] of, LinearRules.Of what) {
      double[][] factors = what == LinearRules.Of.BOUND ? absolute : parameters;
      return node.layer().accept(new LinearRules(network, factors, gemm, node, of, count, what));
    }

    private double[] layerInputs() {
      double[] x = values[layer.input()];
      return layer.layer() instanceof Layer.Convolution convolution
          ? LinearRules.patches(
              convolution, network.node(layer.input()).shape(), layer.shape(), x, count)
          : x;
    }

    private double[][] still() {
      double[][] zeros = new double[values.length][];
      Arrays.fill(zeros, ZEROS);
      return zeros;
    }

    private void sample(double[] matrix, int i, double[] row) {
      for (int k = 0; k < row.length; k++) {
        row[k] = matrix[k * count + i];
      }
    }

    int index() {
      return index;
    }

    int first() {
      return first;
    }

    int count() {
      return count;
    }

    /** ℓ of every sample. */
    double[] losses() {
      return losses;
    }

    /** The layer's inputs, [features × samples]; of a convolution its patches. */
    double[] inputs() {
      return inputs;
    }

    /** A matrix in the layout of the layer's weight times the layer's inputs. */
    double[] product(double[] matrix) {
      return product(matrix, inputs);
    }

    /** A matrix in the layout of the layer's weight times other inputs. */
    double[] product(double[] matrix, double[] x) {
      double[] y = new double[layer.shape().size() * count];
      if (layer.layer() instanceof Layer.Convolution convolution) {
        LinearRules.product(gemm, convolution, layer.shape(), matrix, x, y, count);
      } else {
        int d = layer.shape().size();
        int m = matrix.length / d;
        gemm.multiply(false, false, d, count, m, 1, matrix, 0, m, x, 0, count, 0, y, 0, count);
      }
      return y;
    }

    /**
     * Evaluates ℓ(z + scale · direction) − ℓ(z) of every sample, z the layer's value.
     *
     * @param changes receives it
     * @param crossed is set where a unit changed sides of a kink; not cleared
     * @return the sum of the rounding errors where losses were subtracted
     */
    double changes(double[] direction, double scale, double[] changes, boolean[] crossed) {
      double[][] moving = still();
      double[] start = new double[direction.length];
      for (int i = 0; i < start.length; i++) {
        start[i] = scale * direction[i];
      }
      moving[layer.index()] = start;
      for (Node node : network.nodes()) {
        if (reached[node.index()] && node != layer) {
          moving[node.index()] =
              KinkRules.holds(node)
                  ? KinkRules.change(
                      windows[node.index()],
                      tops[node.index()],
                      node,
                      values,
                      moving[node.input()],
                      count,
                      crossed)
                  : rules(node, moving, LinearRules.Of.CHANGE);
        }
      }
      double[] output = values[values.length - 1];
      double[] end = moving[values.length - 1];
      for (int i = 0; i < count; i++) {
        sample(output, i, f);
        sample(end, i, moved);
        System.arraycopy(targets, i * targetSize, target, 0, targetSize);
        changes[i] = change.of(f, moved, target, losses[i]);
      }
      return change.rounding();
    }

    /**
     * Returns the largest δ below which no unit changes sides of a kink on these samples, whatever
     * the direction, if every entry of it is bounded.
     *
     * @param bounds of the change of the layer's value at δ = 1
     * @return the kink margin; infinite where no kink follows
     */
    double margin(double[] bounds) {
      double[][] reach = still();
      reach[layer.index()] = bounds;
      double margin = Double.POSITIVE_INFINITY;
      for (Node node : network.nodes()) {
        if (reached[node.index()] && node != layer) {
          if (KinkRules.holds(node)) {
            KinkRules.Bound bound =
                KinkRules.bound(windows[node.index()], node, values, reach[node.input()], count);
            margin = Math.min(margin, bound.margin());
            reach[node.index()] = bound.reach();
          } else {
            reach[node.index()] = rules(node, reach, LinearRules.Of.BOUND);
          }
        }
      }
      return margin;
    }
  }
}
