package dev.flatness.cost;

import dev.flatness.internal.engine.LayerCost;
import dev.flatness.internal.engine.MinimalFiltering;
import dev.flatness.internal.engine.PooledConvolution;
import dev.flatness.internal.engine.StorageLayout;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.tensor.Precision;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a pass costs a sample: floating-point operations and bytes moved, counted layer by layer.
 *
 * <p>Formula: a layer with weights is u = d · m · P multiply-adds forward (d outputs, m inputs of a
 * window, P positions; a quarter of it and what the last tiles waste where minimal filtering makes
 * a 3 × 3 convolution), two operations each. A gradient takes 3 u, a Hessian product 8 u (value,
 * tangent 2, cotangent, its tangent 2, weight gradient 2), 6 u with activations kept, a
 * Gauss–Newton product 5 u; what leads to the input of a layer that only data feed is left out. All
 * but the value of a convolution before a maximum pooling is made only at the positions that the
 * pooling selected, at most Q of P. Closed forms take u for each of the K cotangents plus K d (m +
 * min(d, m)) (dense) or 2 K d m (P + min(d, m)) (convolution). Bytes are those of a layer's input,
 * output and, for windows of several taps, twice its patches, times the same multiplicities; other
 * layers move input and output.
 *
 * <p>Units: operations and bytes a sample. Not counted: losses, biases, the arithmetic of
 * activations and the vectors of parameters. Cost: one walk over the graph for each layer.
 * Immutable.
 *
 * <p>Source: counted on the engine's passes (docs/mathematics.md#closed-forms).
 */
public final class PassCosts {
  private final Map<Pass, Cost> costs;
  private final double keptBytes;

  private PassCosts(Map<Pass, Cost> costs, double keptBytes) {
    this.costs = costs;
    this.keptBytes = keptBytes;
  }

  private record Cost(double operations, double bytes) {
    Cost plus(Cost other) {
      return new Cost(operations + other.operations, bytes + other.bytes);
    }
  }

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
    costs.put(Pass.VALUE, counter.value());
    costs.put(Pass.GRADIENT, counter.value().plus(counter.derivatives(1, 1)));
    costs.put(Pass.HESSIAN_PRODUCT, counter.value().plus(counter.derivatives(2, 5)));
    costs.put(Pass.CACHED_PRODUCT, counter.derivatives(2, 4));
    costs.put(Pass.GAUSS_NEWTON_PRODUCT, counter.value().plus(counter.derivatives(2, 2)));
    costs.put(Pass.LAYER_PRODUCTS, counter.layerProducts());
    costs.put(Pass.CLOSED_FORMS, counter.closedForms());
    return new PassCosts(costs, counter.kept());
  }

  /**
   * Returns how many floating-point operations a pass takes.
   *
   * @param pass the pass
   * @return additions and multiplications a sample
   */
  public double operations(Pass pass) {
    return Objects.requireNonNull(costs.get(pass)).operations;
  }

  /**
   * Returns how many bytes a pass reads and writes, caches included.
   *
   * @param pass the pass
   * @return bytes a sample
   */
  public double bytes(Pass pass) {
    return Objects.requireNonNull(costs.get(pass)).bytes;
  }

  /**
   * Returns how much memory keeping the activations of a point takes.
   *
   * @return bytes a sample: values and cotangents of all layers
   */
  public double keptBytes() {
    return keptBytes;
  }

  /** Cotangents that are pulled at once. */
  private static final double MOST_FACTORS = 16;

  /** Walks the graph. */
  private static final class Counter {
    final int size;
    private final Network network;
    private final int outputs;

    /** Whether parameters lie before a node's output. */
    private final boolean[] behind;

    /** What is left of a node's derivatives where a pooling has chosen; 1 elsewhere. */
    private final double[] shares;

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
      this.shares = new double[network.nodes().size()];
      Arrays.fill(shares, 1);
      for (Node node : network.nodes()) {
        PooledConvolution pooled = PooledConvolution.before(network, node);
        if (pooled != null) {
          Arrays.fill(shares, pooled.convolution().index(), node.index() + 1, pooled.share());
        }
      }
    }

    Cost value() {
      double operations = 0;
      double bytes = 0;
      for (Node node : network.nodes()) {
        operations += 2 * unit(node);
        bytes += traffic(node);
      }
      return new Cost(operations, bytes);
    }

    /** Units of derivatives that every layer takes, and those that lead to its input. */
    Cost derivatives(double always, double inward) {
      double operations = 0;
      double bytes = 0;
      for (Node node : network.nodes()) {
        double times = always + (fed(node) ? inward : 0);
        operations += 2 * times * share(node) * unit(node);
        bytes += times * share(node) * traffic(node);
      }
      return new Cost(operations, bytes);
    }

    /** What a pooling leaves of a unit after it, which then is not filtered. */
    private double share(Node node) {
      double share = shares[node.index()];
      return share == 1 || !filtered(node) ? share : share / MinimalFiltering.share(node.shape());
    }

    /** K cotangents through all nodes as they are. */
    private Cost cotangents() {
      double operations = 0;
      double bytes = 0;
      for (Node node : network.nodes()) {
        operations += fed(node) ? 2.0 * outputs * unit(node) : 0;
        bytes += fed(node) ? outputs * traffic(node) : 0;
      }
      return new Cost(operations, bytes);
    }

    /**
     * K cotangents through everything, or a tangent and a cotangent a layer, as the engine does.
     */
    Cost layerProducts() {
      List<Node> layers = network.weightLayers();
      boolean[][] live = new boolean[layers.size()][];
      double own = 0;
      double slim = 0;
      double above = 0;
      double aboveBytes = 0;
      for (int l = 0; l < live.length; l++) {
        boolean[] active = new boolean[network.parameters().size()];
        active[layers.get(l).weight()] = true;
        live[l] = StorageLayout.live(network, active);
        own += 2 * unit(layers.get(l));
        slim += 2 * share(layers.get(l)) * unit(layers.get(l));
        for (Node node : network.nodes()) {
          boolean[] reached = live[l];
          boolean fed = node.inputs().stream().anyMatch(i -> reached[i]);
          above += fed ? 4 * share(node) * unit(node) : 0;
          aboveBytes += fed ? 2 * share(node) * traffic(node) : 0;
        }
      }
      boolean factors =
          network.piecewiseLinear()
              && LayerCost.of(network, layers, live).factorsAreCheaper(outputs);
      double blocks = Math.ceil(outputs / MOST_FACTORS);
      return factors
          ? value().plus(cotangents()).plus(new Cost((1 + blocks) * own, 0))
          : value().plus(new Cost(above + 2 * slim, aboveBytes));
    }

    Cost closedForms() {
      double forms = 0;
      double bytes = 0;
      for (Node node : network.weightLayers()) {
        double d = node.shape().extent(0);
        double weights = network.weight(node).size();
        double positions = node.shape().positions();
        forms +=
            node.layer() instanceof Layer.Convolution
                ? 4 * outputs * weights * (positions + Math.min(d, weights / d))
                : 2 * outputs * (weights + d * Math.min(d, weights / d));
        bytes += outputs * traffic(node);
      }
      return value().plus(cotangents()).plus(new Cost(forms, bytes));
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
      return filtered(node) ? u * MinimalFiltering.share(node.shape()) : u;
    }

    private boolean filtered(Node node) {
      return node.layer() instanceof Layer.Convolution layer
          && MinimalFiltering.fits(layer, node.shape());
    }

    private double traffic(Node node) {
      if (node.inputs().isEmpty() || node.layer() instanceof Layer.Reshape) {
        return 0;
      }
      double entries = node.shape().size();
      for (int i : node.inputs()) {
        entries += network.node(i).shape().size();
      }
      if (node.layer() instanceof Layer.Convolution layer && layer.window().taps() > 1) {
        double patches = (double) layer.inputChannels() * layer.window().taps();
        double kept = filtered(node) ? MinimalFiltering.share(node.shape()) : 1;
        entries += 2 * kept * patches * node.shape().positions();
      }
      if (node.layer() instanceof Layer.LinearMap map) {
        entries += map.matrix().entries();
      }
      return size * entries;
    }

    /** Values, but those that an activation overwrites, and cotangents of layers with weights. */
    double kept() {
      double entries = 0;
      for (Node node : network.nodes()) {
        boolean smooth =
            node.layer() instanceof Layer.Activate activate
                && !activate.function().piecewiseLinear();
        boolean stands =
            node.inputs().isEmpty()
                || node.layer() instanceof Layer.Reshape
                || node.layer() instanceof Layer.Activate function
                    && (smooth || StorageLayout.keepsSigns(function.function()));
        boolean read = node.weight() >= 0 || node.layer() instanceof Layer.MaxPool;
        // Of smooth activations the value, both derivatives and the cotangent.
        entries += smooth ? 4.0 * node.shape().size() : stands ? 0 : node.shape().size();
        entries += read && fed(node) ? node.shape().size() : 0;
      }
      return size * entries;
    }
  }
}
