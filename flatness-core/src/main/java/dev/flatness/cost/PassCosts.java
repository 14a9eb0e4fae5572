package dev.flatness.cost;

import dev.flatness.internal.engine.MinimalFiltering;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.tensor.Precision;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a pass costs a sample: floating-point operations and bytes moved, counted layer by layer.
 *
 * <p>Formula: a layer with weights is u = d · m · P multiply-adds forward (d outputs, m inputs of a
 * window, P positions; 4/9 of it where minimal filtering makes a 3 × 3 convolution), two operations
 * each. A gradient takes 3 u, a Hessian product 8 u (value, tangent 2, cotangent, its tangent 2,
 * weight gradient 2), 6 u with activations kept, a Gauss–Newton product 5 u; closed forms u for
 * each of the K cotangents beside 4 K d m (dense) or 2 K d m (P + min(d, m)) (convolution); of a
 * layer that only the input feeds, what leads to its input is left out. Bytes are those of a
 * layer's input, output and, for windows of several taps, twice its patches, times the same
 * multiplicities; other layers move input and output.
 *
 * <p>Units: operations and bytes a sample. What stays small beside it is left out: losses, biases,
 * the arithmetic of activations and the vectors of parameters. Cost: one walk over the graph.
 * Immutable.
 *
 * <p>Source: counted on the engine's passes (mathematics §2, §3, §5, §6).
 */
public final class PassCosts {
  private final Map<Pass, Cost> costs;
  private final double keptBytes;

  private PassCosts(Map<Pass, Cost> costs, double keptBytes) {
    this.costs = costs;
    this.keptBytes = keptBytes;
  }

  private record Cost(double operations, double bytes) {}

  /**
   * Counts.
   *
   * @param network the network
   * @param precision the float type of the arithmetic
   * @return what each pass costs a sample
   */
  public static PassCosts of(Network network, Precision precision) {
    Counter counter = new Counter(network, precision == Precision.FLOAT32 ? 4 : 8);
    Map<Pass, Cost> costs = new EnumMap<>(Pass.class);
    costs.put(Pass.VALUE, counter.times(1, 0));
    costs.put(Pass.GRADIENT, counter.times(2, 1));
    costs.put(Pass.HESSIAN_PRODUCT, counter.times(3, 5));
    costs.put(Pass.CACHED_PRODUCT, counter.times(2, 4));
    costs.put(Pass.GAUSS_NEWTON_PRODUCT, counter.times(3, 2));
    costs.put(Pass.LAYER_PRODUCTS, counter.layerProducts());
    costs.put(Pass.CLOSED_FORMS, counter.closedForms());
    return new PassCosts(costs, 2 * counter.size * counter.entries());
  }

  /**
   * Returns how many floating-point operations a pass takes.
   *
   * @param pass the pass
   * @return additions and multiplications a sample
   */
  public double operations(Pass pass) {
    return costs.get(pass).operations;
  }

  /**
   * Returns how many bytes a pass reads and writes, caches included.
   *
   * @param pass the pass
   * @return bytes a sample
   */
  public double bytes(Pass pass) {
    return costs.get(pass).bytes;
  }

  /**
   * Returns how much memory keeping the activations of a point takes.
   *
   * @return bytes a sample: values and cotangents of all layers
   */
  public double keptBytes() {
    return keptBytes;
  }

  /** Walks the graph. */
  private static final class Counter {
    final int size;
    private final Network network;
    private final int outputs;

    /** Whether parameters lie before a node's output. */
    private final boolean[] behind;

    Counter(Network network, int size) {
      this.network = network;
      this.size = size;
      this.outputs = network.output().shape().size();
      this.behind = new boolean[network.nodes().size()];
      for (Node node : network.nodes()) {
        behind[node.index()] =
            node.weight() >= 0
                || node.bias() >= 0
                || node.inputs().stream().anyMatch(i -> behind[i]);
      }
    }

    /** Units that every layer takes, and those that lead to its input. */
    Cost times(double always, double inward) {
      double operations = 0;
      double bytes = 0;
      for (Node node : network.nodes()) {
        double times = always + (fed(node) ? inward : 0);
        operations += 2 * times * unit(node);
        bytes += times * traffic(node);
      }
      return new Cost(operations, bytes);
    }

    /** The cheaper of K cotangents through everything, and a tangent and a cotangent a layer. */
    Cost layerProducts() {
      Cost shared = times(1, 1);
      Cost pulled = times(0, outputs);
      double own = 0;
      double above = 0;
      double aboveBytes = 0;
      for (Node layer : network.weightLayers()) {
        own += 2 * unit(layer);
        boolean[] live = new boolean[behind.length];
        for (Node node : network.nodes()) {
          boolean fed = node.inputs().stream().anyMatch(i -> live[i]);
          live[node.index()] = fed || node.index() == layer.index();
          above += fed ? 4 * unit(node) : 0;
          aboveBytes += fed ? 2 * traffic(node) : 0;
        }
      }
      boolean factors = pulled.operations < above;
      return new Cost(
          shared.operations + (factors ? pulled.operations + outputs * own : above + 2 * own),
          shared.bytes + (factors ? pulled.bytes : aboveBytes));
    }

    Cost closedForms() {
      Cost forward = times(1, 0);
      Cost pulled = times(0, outputs);
      double forms = 0;
      double bytes = 0;
      for (Node node : network.weightLayers()) {
        double d = node.shape().extent(0);
        double weights = network.weight(node).size();
        double positions = node.shape().positions();
        forms +=
            node.layer() instanceof Layer.Convolution
                ? 4 * outputs * weights * (positions + Math.min(d, weights / d))
                : 8 * outputs * weights;
        bytes += outputs * traffic(node);
      }
      return new Cost(
          forward.operations + pulled.operations + forms, forward.bytes + pulled.bytes + bytes);
    }

    private boolean fed(Node node) {
      return node.inputs().stream().anyMatch(i -> behind[i]);
    }

    /** Multiply-adds of a forward pass. */
    private double unit(Node node) {
      if (!network.weightLayers().contains(node)) {
        return 0;
      }
      double u = (double) network.weight(node).size() * node.shape().positions();
      return node.layer() instanceof Layer.Convolution layer && MinimalFiltering.fits(layer)
          ? u * MinimalFiltering.SHARE
          : u;
    }

    private double traffic(Node node) {
      double entries = node.shape().size();
      for (int i : node.inputs()) {
        entries += network.node(i).shape().size();
      }
      if (node.layer() instanceof Layer.Convolution layer && layer.window().taps() > 1) {
        double patches = (double) layer.inputChannels() * layer.window().taps();
        double kept = MinimalFiltering.fits(layer) ? 4.0 / layer.window().taps() : 1;
        entries += 2 * kept * patches * node.shape().positions();
      }
      return size * entries;
    }

    double entries() {
      List<Node> nodes = network.nodes();
      return nodes.stream().mapToDouble(node -> node.shape().size()).sum();
    }
  }
}
