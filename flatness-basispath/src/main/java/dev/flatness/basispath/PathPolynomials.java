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
  private final double @Nullable [] sample;
  private final boolean every;
  private final int most;
  private final List<List<Map<List<Integer>, Double>>> features = new ArrayList<>();

  /** {@code sample} may be null. */
  PathPolynomials(Network network, double @Nullable [] sample, int most) {
    this.network = network;
    this.theta = network.parameterVector();
    this.sample = sample;
    this.every = sample == null;
    this.most = most;
    for (Node node : network.nodes()) {
      List<Map<List<Integer>, Double>> rows = new ArrayList<>();
      for (int row = 0; row < node.shape().size(); row++) {
        rows.add(new LinkedHashMap<>());
      }
      features.add(rows);
      node.layer().accept(new Filling(node, rows));
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

  /** Fills the polynomials of one node. */
  private final class Filling implements RowMap.LinearVisitor<Void> {
    private final Node node;
    private final List<Map<List<Integer>, Double>> rows;
    private final List<Map<List<Integer>, Double>> input;
    private final Shape in;
    private final int positions;

    Filling(Node node, List<Map<List<Integer>, Double>> rows) {
      boolean first = node.inputs().isEmpty();
      this.node = node;
      this.rows = rows;
      this.input = first ? List.of() : features.get(node.input());
      this.in = first ? node.shape() : network.node(node.input()).shape();
      this.positions = node.shape().positions();
    }

    @Override
    public Void input(Layer.Input layer) {
      for (int row = 0; row < rows.size(); row++) {
        rows.get(row).put(List.of(), sample == null ? 1 : sample[row]);
      }
      return null;
    }

    @Override
    public Void dense(Layer.Dense layer) {
      int at = network.weight(node).offset();
      for (int s = 0; s < layer.outputs(); s++) {
        for (int t = 0; t < layer.inputs(); t++) {
          accumulate(input.get(t), at++, 1, rows.get(s));
        }
      }
      return addBias();
    }

    @Override
    public Void convolution(Layer.Convolution layer) {
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
                accumulate(
                    input.get((first + c) * in.positions() + read),
                    position,
                    1,
                    rows.get(s * outputs + out));
              }
            }
          }
        }
      }
      return addBias();
    }

    @Override
    public Void affine(Layer.Affine layer) {
      for (int row = 0; row < rows.size(); row++) {
        int position = node.weight() < 0 ? -1 : network.weight(node).offset() + row / positions;
        accumulate(input.get(row), position, 1, rows.get(row));
      }
      return addBias();
    }

    @Override
    public Void activate(Layer.Activate layer) {
      for (int row = 0; row < rows.size(); row++) {
        Activation function = layer.function().at(row / positions);
        double at = every ? 0 : value(input.get(row));
        double slope = every ? 1 : function.derivative(at);
        accumulate(input.get(row), -1, slope, rows.get(row));
        // A clipped unit emits a constant, on which no path leads.
        boolean constant = !every && !function.positivelyHomogeneous();
        double emitted = constant ? function.value(at) - slope * at : 0;
        if (emitted != 0) {
          rows.get(row).merge(List.of(), emitted, Double::sum);
        }
      }
      return null;
    }

    /** Of a sample, the largest entry of each window, the first of equal ones; else all of them. */
    @Override
    public Void maxPool(Layer.MaxPool layer) {
      for (int row = 0; row < rows.size(); row++) {
        Map<List<Integer>, Double> largest = null;
        for (int tap = 0; tap < layer.window().taps(); tap++) {
          int read = source(layer.window(), in, node.shape(), tap, row % positions);
          if (read < 0) {
            continue;
          }
          Map<List<Integer>, Double> entry = input.get(row / positions * in.positions() + read);
          if (every) {
            accumulate(entry, -1, 1, rows.get(row));
          } else if (largest == null || value(entry) > value(largest)) {
            largest = entry;
          }
        }
        if (largest != null) {
          accumulate(largest, -1, 1, rows.get(row));
        }
      }
      return null;
    }

    /** A path goes through to its own output. */
    @Override
    public Void softmax(Layer.Softmax layer) {
      return copy();
    }

    @Override
    public Void reshape(Layer.Reshape layer) {
      return copy();
    }

    private Void copy() {
      for (int row = 0; row < rows.size(); row++) {
        accumulate(input.get(row), -1, 1, rows.get(row));
      }
      return null;
    }

    @Override
    public Void linear(Layer layer) {
      RowMap map = RowMap.of(network, node);
      int[] inputs = node.inputs().stream().mapToInt(Integer::intValue).toArray();
      for (int j = 0; j < inputs.length; j++) {
        for (int e = map.start(j); e < map.start(j + 1); e++) {
          for (int i = 0; i < map.length(e); i++) {
            accumulate(
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
      return null;
    }

    private Void addBias() {
      if (node.bias() >= 0) {
        for (int row = 0; row < rows.size(); row++) {
          int entry = network.bias(node).size() == 1 ? 0 : row / positions;
          List<Integer> bias = List.of(network.bias(node).offset() + entry);
          rows.get(row).merge(bias, 1.0, Double::sum);
        }
      }
      return null;
    }
  }

  /** Adds a polynomial times a weight, if one is named, and a number. */
  private void accumulate(
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

  /** A product as an array. */
  static int[] positions(List<Integer> product) {
    int[] positions = new int[product.size()];
    Arrays.setAll(positions, product::get);
    return positions;
  }
}
