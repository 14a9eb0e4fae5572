package dev.flatness.symmetry;

import dev.flatness.coordinates.AffineMap;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * Folds the inverse of an affine map of the inputs into the layers that read them.
 *
 * <p>With u = S x + t what a layer reads and z = A x + b: W u + c = W′ (S z + t) + c′ for W′ = W S
 * A⁻¹ S⁻¹ and c′ = c + W t − W S A⁻¹ b − W′ t.
 */
final class InputFolding {
  private final Network network;
  private final AffineMap map;
  private final double @Nullable [] diagonal;
  private final double[] b;
  private final double[] theta;

  private InputFolding(Network network, AffineMap map) {
    this.network = network;
    this.map = map;
    this.diagonal = map.diagonal().orElse(null);
    this.b = map.shift();
    this.theta = network.parameterVector();
  }

  static Network fold(Network network, AffineMap map) {
    if (map.dimension() != network.inputShape().size()) {
      throw new IllegalArgumentException(
          "the transformation is of "
              + map.dimension()
              + " entries, but the network reads inputs of shape "
              + network.inputShape());
    }
    return network.withParameters(new InputFolding(network, map).folded());
  }

  private double[] folded() {
    @Nullable InputReading[] readings = new InputReading[network.nodes().size()];
    readings[0] = InputReading.input(map.dimension());
    for (Node node : network.nodes()) {
      if (node.index() == 0 || node.inputs().stream().allMatch(input -> readings[input] == null)) {
        continue;
      }
      InputReading reading = readings[node.input()];
      if (node.inputs().size() > 1 || reading == null) {
        throw refused(node, "combines the input with other values");
      }
      if (node.layer() instanceof Layer.Dense dense) {
        dense(node, dense, reading);
      } else if (node.layer() instanceof Layer.Convolution convolution) {
        convolution(node, convolution, reading);
      } else if (node.layer() instanceof Layer.Affine affine) {
        affine(node, affine, reading);
      } else {
        readings[node.index()] = reading.through(network, node);
      }
    }
    if (readings[network.nodes().size() - 1] != null) {
      throw new IllegalArgumentException(
          "the network has no layer with weights, so there is nothing to fold the inverse into");
    }
    return theta;
  }

  private void dense(Node node, Layer.Dense layer, InputReading reading) {
    int weight = weight(node);
    double[] row = new double[layer.inputs()];
    for (int s = 0; s < layer.outputs(); s++) {
      double[] covector = new double[map.dimension()];
      double summand = 0;
      for (int i = 0; i < row.length; i++) {
        row[i] = theta[weight + s * row.length + i];
        summand += row[i] * reading.shift()[i];
        covector[reading.source()[i]] += row[i] * reading.scale()[i];
      }
      double[] moved = map.covector(covector);
      for (int i = 0; i < b.length; i++) {
        summand -= moved[i] * b[i];
      }
      for (int i = 0; i < row.length; i++) {
        double entry = moved[reading.source()[i]] / reading.scale()[i];
        theta[weight + s * row.length + i] = entry;
        summand -= entry * reading.shift()[i];
      }
      addToBias(node, s, summand);
    }
  }

  private void convolution(Node node, Layer.Convolution layer, InputReading reading) {
    int weight = weight(node);
    double[][] channels = channels(node, layer.inputChannels(), reading);
    if (layer.window().padded()) {
      for (int c = 0; c < channels[1].length; c++) {
        if (channels[1][c] != 0) {
          throw refused(
              node,
              "pads with zeros, and the transformation shifts its input channel "
                  + c
                  + " by "
                  + channels[1][c]);
        }
      }
    }
    int taps = layer.window().taps();
    int read = layer.inputChannels() / layer.groups();
    for (int s = 0; s < layer.outputChannels(); s++) {
      int first = s * layer.groups() / layer.outputChannels() * read;
      double summand = 0;
      for (int c = 0; c < read; c++) {
        for (int tap = 0; tap < taps; tap++) {
          int at = weight + (s * read + c) * taps + tap;
          theta[at] /= channels[0][first + c];
          summand -= theta[at] * channels[1][first + c];
        }
      }
      addToBias(node, s, summand);
    }
  }

  private void affine(Node node, Layer.Affine layer, InputReading reading) {
    if (node.weight() < 0) {
      throw refused(node, "has no scale");
    }
    int weight = weight(node);
    double[][] channels = channels(node, layer.channels(), reading);
    for (int c = 0; c < layer.channels(); c++) {
      theta[weight + c] /= channels[0][c];
      addToBias(node, c, -theta[weight + c] * channels[1][c]);
    }
  }

  /** ũ = α u + β of every channel of u: α and β, which all positions of it must share. */
  private double[][] channels(Node node, int count, InputReading reading) {
    if (diagonal == null) {
      throw refused(
          node, "has one weight for all positions, expected a transformation with a diagonal");
    }
    double[] factors = new double[count];
    double[] summands = new double[count];
    int positions = reading.source().length / count;
    for (int i = 0; i < reading.source().length; i++) {
      int x = reading.source()[i];
      int c = i / positions;
      double factor = diagonal[x];
      double summand = reading.scale()[i] * b[x] + reading.shift()[i] * (1 - factor);
      if (i % positions == 0) {
        factors[c] = factor;
        summands[c] = summand;
      } else if (factor != factors[c] || summand != summands[c]) {
        throw refused(
            node,
            "has one weight for all positions of a channel, expected one scale and shift a channel"
                + " (entry "
                + x
                + " has another than the first of channel "
                + c
                + ")");
      }
    }
    return new double[][] {factors, summands};
  }

  private int weight(Node node) {
    for (Node other : network.nodes()) {
      if (other.index() != node.index()
          && (shares(other, node.weight()) || shares(other, node.bias()))) {
        throw refused(node, "shares parameters with layer \"" + other.name() + "\"");
      }
    }
    return network.weight(node).offset();
  }

  private static boolean shares(Node node, int parameter) {
    return parameter >= 0 && (node.weight() == parameter || node.bias() == parameter);
  }

  private void addToBias(Node node, int channel, double summand) {
    if (summand == 0) {
      return;
    }
    if (node.bias() < 0) {
      throw refused(node, "has no bias, and the transformation shifts what it reads");
    }
    Parameter bias = network.bias(node);
    if (bias.size() == 1 && network.node(node.index()).shape().extent(0) > 1) {
      throw refused(node, "has one bias for all channels");
    }
    theta[bias.offset() + channel] += summand;
  }

  private static IllegalArgumentException refused(Node node, String why) {
    return new IllegalArgumentException(
        "layer \""
            + node.name()
            + "\" "
            + why
            + ": the inverse of the transformation cannot be folded into it; take another"
            + " transformation or another network");
  }
}
