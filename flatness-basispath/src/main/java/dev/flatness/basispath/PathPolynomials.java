package dev.flatness.basispath;

import dev.flatness.internal.engine.RowMap;
import dev.flatness.network.Activation;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Window;
import dev.flatness.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A network's features as polynomials in its weights: for each product of weights the sum of what
 * its paths start with, times the slopes they meet.
 *
 * <p>With an input the activations and poolings are those of that input, and the polynomials'
 * values are the network's features; without one every path counts.
 */
final class PathPolynomials {
  private final Network network;
  private final double[] theta;
  private final boolean every;
  private final int most;
  private final List<List<Map<List<Integer>, Double>>> features = new ArrayList<>();

  /** {@code input} may be null. */
  PathPolynomials(Network network, double @Nullable [] input, int most) {
    this.network = network;
    this.theta = network.parameterVector();
    this.every = input == null;
    this.most = most;
    for (Node node : network.nodes()) {
      List<Map<List<Integer>, Double>> rows = new ArrayList<>();
      for (int row = 0; row < node.shape().size(); row++) {
        Map<List<Integer>, Double> start = new LinkedHashMap<>();
        if (node.layer() instanceof Layer.Input) {
          start.put(List.of(), input == null ? 1.0 : input[row]);
        }
        rows.add(start);
      }
      features.add(rows);
      fill(node, rows);
    }
  }

  /** The polynomial of each output: products of weights by ascending positions. */
  List<Map<List<Integer>, Double>> outputs() {
    return features.get(features.size() - 1);
  }

  /** A polynomial's value at the network's weights. */
  double value(Map<List<Integer>, Double> polynomial) {
    double sum = 0;
    for (Map.Entry<List<Integer>, Double> term : polynomial.entrySet()) {
      sum += term.getValue() * value(term.getKey());
    }
    return sum;
  }

  double value(List<Integer> product) {
    double value = 1;
    for (int position : product) {
      value *= theta[position];
    }
    return value;
  }

  private void fill(Node node, List<Map<List<Integer>, Double>> rows) {
    Layer layer = node.layer();
    if (layer instanceof Layer.Input) {
      return;
    }
    List<Map<List<Integer>, Double>> input = features.get(node.input());
    int positions = node.shape().positions();
    if (layer instanceof Layer.Dense dense) {
      int at = network.weight(node).offset();
      for (int s = 0; s < dense.outputs(); s++) {
        for (int t = 0; t < dense.inputs(); t++) {
          add(input.get(t), at++, 1, rows.get(s));
        }
      }
    } else if (layer instanceof Layer.Convolution convolution) {
      convolve(node, convolution, input, rows);
    } else if (layer instanceof Layer.Affine) {
      for (int row = 0; row < rows.size(); row++) {
        add(input.get(row), network.weight(node).offset() + row / positions, 1, rows.get(row));
      }
    } else if (layer instanceof Layer.Activate activate) {
      for (int row = 0; row < rows.size(); row++) {
        add(input.get(row), -1, slope(activate.function(), input.get(row)), rows.get(row));
      }
    } else if (layer instanceof Layer.MaxPool pool) {
      pool(node, pool.window(), input, rows);
    } else if (layer instanceof Layer.Reshape) {
      for (int row = 0; row < rows.size(); row++) {
        add(input.get(row), -1, 1, rows.get(row));
      }
    } else {
      linear(node, rows);
    }
    if (node.bias() >= 0) {
      for (int row = 0; row < rows.size(); row++) {
        List<Integer> bias = List.of(network.bias(node).offset() + row / positions);
        rows.get(row).merge(bias, 1.0, Double::sum);
      }
    }
  }

  private double slope(Activation function, Map<List<Integer>, Double> polynomial) {
    return every ? 1 : function.derivative(value(polynomial));
  }

  /** Adds a polynomial times a weight, if one is named, and a number. */
  private void add(
      Map<List<Integer>, Double> from, int position, double scale, Map<List<Integer>, Double> to) {
    if (scale == 0) {
      return;
    }
    for (Map.Entry<List<Integer>, Double> term : from.entrySet()) {
      List<Integer> product = term.getKey();
      if (position >= 0) {
        product = new ArrayList<>(product);
        product.add(position);
        product.sort(null);
      }
      to.merge(product, scale * term.getValue(), Double::sum);
      if (to.size() > most) {
        throw new IllegalArgumentException(
            "the network has more than "
                + most
                + " paths, expected a small network; raise the limit, or use BasisPaths, which lists"
                + " no others");
      }
    }
  }

  private void convolve(
      Node node,
      Layer.Convolution layer,
      List<Map<List<Integer>, Double>> input,
      List<Map<List<Integer>, Double>> rows) {
    Shape in = network.node(node.input()).shape();
    int perGroup = layer.inputChannels() / layer.groups();
    int taps = layer.window().taps();
    int outputs = node.shape().positions();
    int offset = network.weight(node).offset();
    for (int s = 0; s < layer.outputChannels(); s++) {
      int first = s / (layer.outputChannels() / layer.groups()) * perGroup;
      for (int c = 0; c < perGroup; c++) {
        for (int tap = 0; tap < taps; tap++) {
          int position = offset + (s * perGroup + c) * taps + tap;
          for (int out = 0; out < outputs; out++) {
            int read = source(layer.window(), in, node.shape(), tap, out);
            if (read >= 0) {
              add(
                  input.get((first + c) * in.positions() + read),
                  position,
                  1,
                  rows.get(s * outputs + out));
            }
          }
        }
      }
    }
  }

  /** The input position that a tap reads for an output position, −1 for padding. */
  private static int source(Window window, Shape in, Shape out, int tap, int at) {
    int row =
        at / out.extent(2) * window.strideHeight()
            - window.padTop()
            + tap / window.kernelWidth() * window.dilationHeight();
    int column =
        at % out.extent(2) * window.strideWidth()
            - window.padLeft()
            + tap % window.kernelWidth() * window.dilationWidth();
    boolean inside = row >= 0 && row < in.extent(1) && column >= 0 && column < in.extent(2);
    return inside ? row * in.extent(2) + column : -1;
  }

  /** Of an input, the largest entry of each window, the first of equal ones; else all of them. */
  private void pool(
      Node node,
      Window window,
      List<Map<List<Integer>, Double>> input,
      List<Map<List<Integer>, Double>> rows) {
    Shape in = network.node(node.input()).shape();
    int positions = node.shape().positions();
    for (int row = 0; row < rows.size(); row++) {
      Map<List<Integer>, Double> largest = null;
      for (int tap = 0; tap < window.taps(); tap++) {
        int read = source(window, in, node.shape(), tap, row % positions);
        if (read < 0) {
          continue;
        }
        Map<List<Integer>, Double> entry = input.get(row / positions * in.positions() + read);
        if (every) {
          add(entry, -1, 1, rows.get(row));
        } else if (largest == null || value(entry) > value(largest)) {
          largest = entry;
        }
      }
      if (largest != null) {
        add(largest, -1, 1, rows.get(row));
      }
    }
  }

  private void linear(Node node, List<Map<List<Integer>, Double>> rows) {
    RowMap map = RowMap.of(network, node);
    int[] inputs = node.inputs().stream().mapToInt(Integer::intValue).toArray();
    for (int j = 0; j < inputs.length; j++) {
      for (int e = map.start(j); e < map.start(j + 1); e++) {
        for (int i = 0; i < map.length(e); i++) {
          add(
              features.get(inputs[j]).get(map.source(e) + i),
              -1,
              map.scale(e),
              rows.get(map.target(e) + i));
        }
      }
    }
    for (int row = 0; row < rows.size(); row++) {
      if (map.shift(row) != 0) {
        rows.get(row).merge(List.of(), map.shift(row), Double::sum);
      }
    }
  }

  /** A product as an array. */
  static int[] positions(List<Integer> product) {
    int[] positions = new int[product.size()];
    Arrays.setAll(positions, product::get);
    return positions;
  }
}
