package dev.flatness.basispath;

import dev.flatness.data.Dataset;
import dev.flatness.internal.linalg.Vectors;
import dev.flatness.network.Activation;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A network of the kind that Theorem 5.1 is about: dense layers without biases, one width for all
 * hidden layers, ReLU between.
 */
final class DenseChain {
  private static final int CHUNK = 256;

  private final Network network;
  private final List<Node> layers;

  private DenseChain(Network network) {
    this.network = network;
    this.layers = network.weightLayers();
  }

  /** Why a network is of another kind. */
  static Optional<String> refusal(Network network) {
    List<Node> layers = new ArrayList<>();
    boolean between = false;
    for (Node node : network.nodes()) {
      Layer layer = node.layer();
      boolean moved = layer instanceof Layer.Input || layer instanceof Layer.Reshape;
      if (layer instanceof Layer.Dense) {
        if (node.bias() >= 0) {
          return Optional.of("layer \"" + node.name() + "\" has a bias");
        }
        if (!layers.isEmpty() && !between) {
          return Optional.of("no ReLU stands before layer \"" + node.name() + "\"");
        }
        layers.add(node);
        between = false;
      } else if (layer instanceof Layer.Activate activate
          && activate.function().equals(Activation.RELU)) {
        between = true;
      } else if (!moved) {
        return Optional.of("\"" + node.name() + "\" is neither a dense layer nor a ReLU");
      }
    }
    if (layers.size() < 2) {
      return Optional.of("it has no hidden layer");
    }
    if (between) {
      return Optional.of("its outputs pass a ReLU");
    }
    if (network.sharesParameters()) {
      return Optional.of("layers share weights");
    }
    int width = layers.get(0).shape().size();
    return layers.subList(0, layers.size() - 1).stream()
        .filter(node -> node.shape().size() != width)
        .findFirst()
        .map(
            node ->
                "its hidden layers have different widths, "
                    + width
                    + " and "
                    + node.shape().size());
  }

  /** The chain of a network for which there is no refusal. */
  static DenseChain of(Network network) {
    refusal(network)
        .ifPresent(
            reason -> {
              throw new IllegalArgumentException("the network is no plain chain: " + reason);
            });
    return new DenseChain(network);
  }

  /** N. */
  int depth() {
    return layers.size();
  }

  int inputs() {
    return network.inputShape().size();
  }

  int width() {
    return layers.get(0).shape().size();
  }

  int outputs() {
    return network.output().shape().size();
  }

  /**
   * What one pass over the data sees.
   *
   * @param largestInput the largest 2-norm of any layer's input
   * @param margins per hidden layer the smallest |z| / A, z a unit's input, A the same sum with all
   *     magnitudes of what units that are on pass on: the relative change of weights that can turn
   *     a sign is not smaller
   */
  record Extremes(double largestInput, double[] margins) {}

  Extremes over(Dataset data) {
    double largest = 0;
    double[] margins = new double[layers.size() - 1];
    java.util.Arrays.fill(margins, Double.POSITIVE_INFINITY);
    double[] theta = network.parameterVector();
    double[] inputs = new double[CHUNK * inputs()];
    double[] targets = new double[CHUNK * data.targetSize()];
    for (int first = 0; first < data.size(); first += CHUNK) {
      int count = Math.min(CHUNK, data.size() - first);
      data.read(first, count, inputs, targets);
      for (int sample = 0; sample < count; sample++) {
        double[] x =
            java.util.Arrays.copyOfRange(inputs, sample * inputs(), (sample + 1) * inputs());
        double[] sizes = java.util.Arrays.stream(x).map(Math::abs).toArray();
        for (int l = 0; l < layers.size(); l++) {
          largest = Math.max(largest, Vectors.norm(x));
          if (l < margins.length) {
            double[] z = new double[width()];
            double[] bound = new double[width()];
            apply(theta, l, x, sizes, z, bound);
            for (int i = 0; i < z.length; i++) {
              // A unit whose input is 0 whatever the weights' sizes has no sign to turn.
              margins[l] = Math.min(margins[l], bound[i] == 0 ? 1 : Math.abs(z[i]) / bound[i]);
              // While no sign turns, a unit that is off stays off and passes nothing on.
              bound[i] = z[i] > 0 ? bound[i] : 0;
              z[i] = Math.max(0, z[i]);
            }
            x = z;
            sizes = bound;
          }
        }
      }
    }
    return new Extremes(largest, margins);
  }

  private void apply(
      double[] theta, int l, double[] x, double[] sizes, double[] z, double[] bound) {
    int at = network.weight(layers.get(l)).offset();
    for (int s = 0; s < z.length; s++) {
      double sum = 0;
      double all = 0;
      for (int t = 0; t < x.length; t++, at++) {
        sum += theta[at] * x[t];
        all += Math.abs(theta[at]) * sizes[t];
      }
      z[s] = sum;
      bound[s] = all;
    }
  }
}
