package dev.flatness.internal.engine;

import dev.flatness.network.Activation;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Window;

/**
 * A convolution whose outputs are only read by a maximum pooling, perhaps through a ReLU. Of its
 * positions only those that the pooling chose matter to any derivative: one in as many as a window
 * holds.
 *
 * @param convolution the convolution
 * @param slope of the activation left of 0; 1 where there is none
 * @param pool the pooling
 */
public record PooledConvolution(Node convolution, double slope, Node pool) {
  /** With a smaller share of positions left out, matrix products over all of them are faster. */
  private static final double LEAST_SHARE = 4;

  /** With fewer channels the runs of a patch are too short. */
  private static final int FEWEST_CHANNELS = 4;

  /** Finds the convolution before a pooling; null where there is none that gains by it. */
  public static PooledConvolution before(Network network, Node pool) {
    if (!(pool.layer() instanceof Layer.MaxPool)) {
      return null;
    }
    double slope = 1;
    Node at = network.node(pool.input());
    boolean chain = onlyReader(network, pool, at);
    if (at.layer() instanceof Layer.Activate activate) {
      Activation function = activate.function();
      boolean rectifies = StorageLayout.keepsSigns(function) && !function.perChannel();
      chain &= rectifies;
      slope = rectifies ? function.derivative(-1) : 1;
      Node before = network.node(at.input());
      chain &= onlyReader(network, at, before);
      at = before;
    }
    return chain && at.layer() instanceof Layer.Convolution layer && gains(layer, at, pool)
        ? new PooledConvolution(at, slope, pool)
        : null;
  }

  private static boolean gains(Layer.Convolution layer, Node convolution, Node pool) {
    Window w = layer.window();
    return layer.groups() == 1
        && layer.inputChannels() >= FEWEST_CHANNELS
        && w.dilationHeight() == 1
        && w.dilationWidth() == 1
        && convolution.shape().positions() >= LEAST_SHARE * pool.shape().positions();
  }

  /** Whether a node reads another, which stands just before it and which nothing else reads. */
  private static boolean onlyReader(Network network, Node reader, Node read) {
    return reader.index() == read.index() + 1
        && reader.inputs().size() == 1
        && network.nodes().stream()
            .allMatch(
                node -> node.index() == reader.index() || !node.inputs().contains(read.index()));
  }

  /** The share of positions that is left. */
  public double share() {
    return (double) pool.shape().positions() / convolution.shape().positions();
  }
}
