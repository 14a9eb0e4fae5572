package dev.flatness.network;

import dev.flatness.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Builds a chain of layers; each method appends one and returns this builder.
 *
 * <p>Errors: as {@link GraphBuilder}. Layers without a name of their own are called by their
 * operation and position.
 */
public final class SequentialBuilder {
  private final GraphBuilder graph;
  private int last;

  SequentialBuilder(GraphBuilder graph) {
    this.graph = graph;
    this.last = graph.input();
  }

  /**
   * Appends a dense layer; a feature map is flattened first.
   *
   * @param name the layer's name
   * @param weight W, {@code [out, in]}
   * @param bias b, {@code [out]}, or null
   * @return this builder
   */
  public SequentialBuilder dense(String name, Tensor weight, @Nullable Tensor bias) {
    if (graph.shape(last).rank() != 1) {
      last = graph.flatten(name + ".flatten", last);
    }
    last = graph.dense(name, last, weight, bias);
    return this;
  }

  /**
   * Appends a convolution of one group.
   *
   * @param name the layer's name
   * @param weight W, {@code [out, in, kernelHeight, kernelWidth]}
   * @param bias b, {@code [out]}, or null
   * @param window the geometry
   * @return this builder
   */
  public SequentialBuilder convolution(
      String name, Tensor weight, @Nullable Tensor bias, Window window) {
    last = graph.convolution(name, last, weight, bias, window, 1);
    return this;
  }

  /**
   * Appends a ReLU.
   *
   * @return this builder
   */
  public SequentialBuilder relu() {
    return activate(Activation.RELU);
  }

  /**
   * Appends an activation.
   *
   * @param function the function
   * @return this builder
   */
  public SequentialBuilder activate(Activation function) {
    last = graph.activate("activation_" + (last + 1), last, function);
    return this;
  }

  /**
   * Appends a max pooling.
   *
   * @param window the window
   * @return this builder
   */
  public SequentialBuilder maxPool(Window window) {
    last = graph.maxPool("pool_" + (last + 1), last, window);
    return this;
  }

  /**
   * Appends an average pooling whose divisor leaves padding out.
   *
   * @param window the window
   * @return this builder
   */
  public SequentialBuilder averagePool(Window window) {
    last = graph.averagePool("pool_" + (last + 1), last, window, false);
    return this;
  }

  /**
   * Appends a flatten.
   *
   * @return this builder
   */
  public SequentialBuilder flatten() {
    last = graph.flatten("flatten_" + (last + 1), last);
    return this;
  }

  /**
   * Ends the chain.
   *
   * @return the network
   */
  public Network build() {
    return graph.build(last);
  }
}
