package dev.flatness.training;

import dev.flatness.network.Activation;
import dev.flatness.network.GraphBuilder;
import dev.flatness.network.Network;
import dev.flatness.network.Window;
import dev.flatness.tensor.Shape;
import dev.flatness.tensor.Tensor;
import java.util.List;

/**
 * The architectures that the sources train; parameters are 0 until an {@link Initialization} draws
 * them.
 */
public final class Architectures {
  private Architectures() {}

  /**
   * Makes a multi-layer perceptron with biases.
   *
   * @param input the shape of one input; flattened where it has more than one axis
   * @param hidden the widths of the hidden layers, each at least 1
   * @param outputs the number of outputs
   * @param activation the activation after every hidden layer
   * @return the network, layers named {@code fc1}, {@code fc2}, …
   * @throws IllegalArgumentException if a width is below 1 or a layer has more than 2³¹−1 weights
   */
  public static Network perceptron(
      Shape input, List<Integer> hidden, int outputs, Activation activation) {
    GraphBuilder graph = Network.builder(input.toArray());
    int at = input.rank() == 1 ? graph.input() : graph.flatten("flatten", graph.input());
    int layer = 0;
    for (int width : hidden) {
      at = dense(graph, "fc" + ++layer, at, width);
      at = graph.activate("activation" + layer, at, activation);
    }
    return graph.build(dense(graph, "fc" + ++layer, at, outputs));
  }

  /**
   * Makes LeNet-5 with ReLUs and max-pooling: two 5×5 convolutions of 6 and 16 channels and dense
   * layers of 120 and 84. 28×28 inputs are padded by 2, as in the original.
   *
   * @param input {@code [channels, height, width]}
   * @param outputs the number of outputs
   * @return the network, layers named {@code conv1}, {@code conv2}, {@code fc1}, {@code fc2},
   *     {@code fc3}
   * @throws IllegalArgumentException if the input is no feature map or too small
   */
  public static Network lenet5(Shape input, int outputs) {
    if (input.rank() != 3) {
      throw new IllegalArgumentException(
          "LeNet-5 reads images [channels, height, width], but the inputs have shape " + input);
    }
    GraphBuilder graph = Network.builder(input.toArray());
    int pad = input.extent(1) == 28 ? 2 : 0;
    Window pool = Window.of(2, 2).withStride(2);
    int at = convolution(graph, "conv1", graph.input(), 6, Window.of(5, 5).withPadding(pad));
    at = graph.maxPool("pool1", graph.activate("relu1", at, Activation.RELU), pool);
    at = convolution(graph, "conv2", at, 16, Window.of(5, 5));
    at = graph.maxPool("pool2", graph.activate("relu2", at, Activation.RELU), pool);
    at = graph.flatten("flatten", at);
    at = graph.activate("relu3", dense(graph, "fc1", at, 120), Activation.RELU);
    at = graph.activate("relu4", dense(graph, "fc2", at, 84), Activation.RELU);
    return graph.build(dense(graph, "fc3", at, outputs));
  }

  private static int dense(GraphBuilder graph, String name, int input, int outputs) {
    if (outputs < 1) {
      throw new IllegalArgumentException(
          "width of layer \"" + name + "\" is " + outputs + ", expected at least 1");
    }
    int inputs = graph.shape(input).size();
    if ((long) outputs * inputs > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "layer \""
              + name
              + "\" of "
              + inputs
              + " inputs and "
              + outputs
              + " outputs has "
              + (long) outputs * inputs
              + " weights, expected at most "
              + Integer.MAX_VALUE
              + "; make it narrower, or check the largest label");
    }
    Tensor weight = Tensor.of(new double[outputs * inputs], outputs, inputs);
    return graph.dense(name, input, weight, Tensor.of(new double[outputs], outputs));
  }

  private static int convolution(
      GraphBuilder graph, String name, int input, int outputs, Window window) {
    int channels = graph.shape(input).extent(0);
    int size = outputs * channels * window.taps();
    Tensor weight =
        Tensor.of(new double[size], outputs, channels, window.kernelHeight(), window.kernelWidth());
    return graph.convolution(
        name, input, weight, Tensor.of(new double[outputs], outputs), window, 1);
  }
}
