package dev.flatness.internal.engine64;

import dev.flatness.internal.engine.MinimalFiltering;
import dev.flatness.internal.engine.PooledConvolution;
import dev.flatness.internal.engine.RowMap;
import dev.flatness.internal.engine.StorageLayout;
import dev.flatness.internal.kernels64.Kernels;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import java.util.Arrays;

/** Makes the operation of one node; null where its value is its input's. */
final class Compilation implements RowMap.LinearVisitor<Op> {
  private final Network network;
  private final Node node;
  private final StorageLayout layout;
  private final Kernels kernels;
  private final Rows rows;

  private Compilation(
      Network network, Node node, StorageLayout layout, Kernels kernels, Rows rows) {
    this.network = network;
    this.node = node;
    this.layout = layout;
    this.kernels = kernels;
    this.rows = rows;
  }

  /** The operations of all nodes. */
  static Op[] of(Network network, StorageLayout layout, Kernels kernels, Rows rows) {
    return network.nodes().stream()
        .map(node -> node.layer().accept(new Compilation(network, node, layout, kernels, rows)))
        .toArray(Op[]::new);
  }

  /** The operations of gradients and products: convolutions before a pooling are one with it. */
  static PassOp[] fused(Network network, StorageLayout layout, Kernels kernels, Op[] ops) {
    PassOp[] plan = Arrays.copyOf(ops, ops.length, PassOp[].class);
    for (Node node : network.nodes()) {
      PooledConvolution layers = PooledConvolution.before(network, node);
      if (layers != null) {
        Arrays.fill(plan, layers.convolution().index(), node.index(), null);
        plan[node.index()] = new PooledConvolutionOp(network, layers, layout, kernels);
      }
    }
    return plan;
  }

  @Override
  public Op input(Layer.Input layer) {
    return null;
  }

  @Override
  public Op dense(Layer.Dense layer) {
    return new DenseOp(network, node, layout, kernels);
  }

  @Override
  public Op convolution(Layer.Convolution layer) {
    return MinimalFiltering.fits(layer, node.shape())
        ? new WinogradOp(network, node, layout, kernels)
        : new ConvolutionOp(network, node, layout, kernels);
  }

  @Override
  public Op affine(Layer.Affine layer) {
    return new AffineOp(network, node, layout, rows);
  }

  @Override
  public Op activate(Layer.Activate layer) {
    return new ActivationOp(node, layout, rows);
  }

  @Override
  public Op maxPool(Layer.MaxPool layer) {
    return new MaxPoolOp(network, node, layout, rows);
  }

  @Override
  public Op reshape(Layer.Reshape layer) {
    return null;
  }

  @Override
  public Op softmax(Layer.Softmax layer) {
    return new SoftmaxOp(node, layout);
  }

  @Override
  public Op linear(Layer layer) {
    return new LinearOp(network, node, layout, RowMap.of(network, node), rows);
  }
}
