package dev.flatness.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** What has no counterpart is named, all of it in one message. */
class RefusalsTest {
  @Test
  void everyLayerWithoutCounterpartIsNamed() {
    MultiLayerNetwork model =
        Models.chain(
            DataType.FLOAT,
            Models.image(),
            Models.convolution(4, 2, 2).activation(Activation.CUBE).name("first").build(),
            new LocalResponseNormalization.Builder().build(),
            new SubsamplingLayer.Builder(PoolingType.PNORM).pnorm(2).kernelSize(2, 2).build(),
            new DenseLayer.Builder().nOut(4).hasLayerNorm(true).build(),
            Models.softmax(3));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Dl4jNetwork.of(model, Models.IMAGE))
        .withMessage(
            "4 of the 5 layers and vertices cannot be imported: \"first\" (ConvolutionLayer): its"
                + " activation ActivationCube is none here; \"layer1\" (LocalResponseNormalization):"
                + " there is no such layer here; \"layer2\" (SubsamplingLayer): it pools by PNORM,"
                + " expected MAX, AVG or SUM; \"layer3\" (DenseLayer): it normalizes its values"
                + " (hasLayerNorm)");
  }

  @Test
  void verticesWithoutCounterpartAreNamed() {
    ComputationGraphConfiguration.GraphBuilder graph =
        Models.configuration(DataType.FLOAT).graphBuilder().addInputs("in");
    graph.addLayer("a", Models.dense(4), "in").addLayer("b", Models.dense(4), "in");
    graph.addVertex("product", new ElementWiseVertex(ElementWiseVertex.Op.Product), "a", "b");
    graph.addVertex("norm", new L2NormalizeVertex(), "product");
    graph.addLayer("out", Models.softmax(3), "norm").setOutputs("out");
    ComputationGraph model =
        new ComputationGraph(graph.setInputTypes(InputType.feedForward(6)).build());
    model.init();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Dl4jNetwork.of(model))
        .withMessage(
            "2 of the 5 layers and vertices cannot be imported: \"product\" (ElementWiseVertex):"
                + " there is no layer here for its operation Product; \"norm\" (L2NormalizeVertex):"
                + " there is no such layer here");
  }

  @Test
  void severalOutputsAreNamed() {
    ComputationGraphConfiguration.GraphBuilder graph =
        Models.configuration(DataType.FLOAT).graphBuilder().addInputs("in");
    graph.addLayer("one", Models.softmax(3), "in").addLayer("two", Models.softmax(3), "in");
    graph.setOutputs("one", "two").setInputTypes(InputType.feedForward(6));
    ComputationGraph model = new ComputationGraph(graph.build());
    model.init();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Dl4jNetwork.of(model))
        .withMessageContaining("the graph has 2 outputs [one, two], expected one");
  }

  @Test
  void aSoftmaxInsideIsNamed() {
    MultiLayerNetwork model =
        Models.chain(
            DataType.FLOAT,
            InputType.feedForward(6),
            new DenseLayer.Builder().nOut(4).activation(Activation.SOFTMAX).build(),
            Models.softmax(3));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Dl4jNetwork.of(model))
        .withMessageContaining(
            "\"layer1\" (OutputLayer): it reads a softmax, which can only end the network");
  }

  @Test
  void anActivationAfterASoftmaxIsNamed() {
    for (org.deeplearning4j.nn.conf.layers.Layer last :
        new org.deeplearning4j.nn.conf.layers.Layer[] {
          new ActivationLayer(Activation.RELU),
          new LossLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).build()
        }) {
      MultiLayerNetwork model =
          Models.chain(
              DataType.FLOAT,
              InputType.feedForward(6),
              new DenseLayer.Builder().nOut(4).activation(Activation.SOFTMAX).build(),
              last);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Dl4jNetwork.of(model))
          .withMessageStartingWith(
              "1 of the 2 layers and vertices cannot be imported: \"layer1\" (")
          .withMessageContaining("it reads a softmax, which can only end the network");
    }
  }

  @Test
  void whatIsSeenWhileBuildingIsNamedToo() {
    MultiLayerNetwork model =
        Models.chain(
            DataType.FLOAT,
            Models.image(),
            Models.convolution(4, 2, 2).build(),
            new PReLULayer.Builder().inputShape(4, 8, 7).build(),
            Models.convolution(4, 2, 2).build(),
            new ActivationLayer(Activation.SOFTMAX));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Dl4jNetwork.of(model, Models.IMAGE))
        .withMessage(
            "2 of the 4 layers and vertices cannot be imported: \"layer1\" (PReLULayer): it has"
                + " slopes of shape [4, 8, 7], expected one, or one per channel; let PReLULayer"
                + " share the other axes; \"layer3\" (ActivationLayer): its softmax reads a value"
                + " of shape [4, 7, 6], expected one axis; flatten it or pool it before");
  }

  @Test
  void averagesWithDilationAreNamed() {
    MultiLayerNetwork model =
        Models.chain(
            DataType.FLOAT,
            Models.image(),
            new SubsamplingLayer.Builder(PoolingType.AVG)
                .kernelSize(2, 2)
                .stride(1, 1)
                .dilation(2, 2)
                .build(),
            new LocalResponseNormalization.Builder().build(),
            Models.softmax(3));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Dl4jNetwork.of(model, Models.IMAGE))
        .withMessageStartingWith("2 of the 3 layers and vertices cannot be imported: ")
        .withMessageContaining(
            "\"layer0\" (SubsamplingLayer): it averages with the dilation 2×2, expected 1×1")
        .withMessageContaining("\"layer1\" (LocalResponseNormalization)");
  }

  @Test
  void channelsLastAreNamed() {
    MultiLayerNetwork model =
        Models.chain(
            DataType.FLOAT,
            InputType.convolutional(9, 8, 3, CNN2DFormat.NHWC),
            Models.convolution(4, 2, 2).dataFormat(CNN2DFormat.NHWC).build(),
            new ActivationLayer(Activation.RELU),
            Models.softmax(3));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Dl4jNetwork.of(model, 3, 9, 8))
        .withMessageContaining("\"layer0\" (ConvolutionLayer): it reads channels last (NHWC)")
        .withMessageContaining("rows of a dense layer after a flatten are in another order")
        .withMessageContaining("\"layer2\" (OutputLayer): it flattens channels last (NHWC)");
  }

  private static MultiLayerNetwork map(CNN2DFormat format) {
    return Models.chain(
        DataType.DOUBLE,
        InputType.convolutional(5, 4, 3, format),
        Models.convolution(2, 2, 2).dataFormat(format).build(),
        Models.softmax(3));
  }

  /** What the refusals of channels last say to do gives a model of the same outputs. */
  @Test
  void aModelRebuiltWithChannelsFirstIsTheSame() {
    MultiLayerNetwork last = map(CNN2DFormat.NHWC);
    MultiLayerNetwork first = map(CNN2DFormat.NCHW);
    first.setParam("0_W", last.getParam("0_W"));
    first.setParam("0_b", last.getParam("0_b"));
    first.setParam("1_b", last.getParam("1_b"));
    // rows go by height 4, width 3 and channel 2
    INDArray rows = last.getParam("1_W").dup('c').reshape('c', 4, 3, 2, 3).permute(2, 0, 1, 3);
    first.setParam("1_W", rows.dup('c').reshape('c', 24, 3));
    INDArray x = Nd4j.rand(DataType.DOUBLE, 6, 3, 5, 4);
    double[] expected = last.output(x.permute(0, 2, 3, 1).dup('c')).dup('c').data().asDouble();
    assertThat(first.output(x).dup('c').data().asDouble()).containsExactly(expected, within(1e-12));
  }

  @Test
  void aMissingShapeAndOneThatDoesNotFitAreNamed() {
    MultiLayerNetwork model =
        Models.chain(
            DataType.FLOAT, Models.image(), Models.convolution(4, 2, 2).build(), Models.softmax(3));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Dl4jNetwork.of(model))
        .withMessageContaining("does not hold the shape of the input")
        .withMessageContaining("--input-shape");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Dl4jNetwork.of(model, 3, 9, 9))
        .withMessageContaining("\"layer1\" (OutputLayer): layer \"layer1\" dense weight");
  }

  @Test
  void aModelThatWasNotInitializedIsNamed() {
    MultiLayerNetwork model =
        new MultiLayerNetwork(
            Models.configuration(DataType.FLOAT)
                .list(Models.softmax(3))
                .setInputType(InputType.feedForward(6))
                .build());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Dl4jNetwork.of(model))
        .withMessage("the model has no parameters yet; call its init() first");
  }

  @Test
  void anotherNetworkIsNotWrittenBack() {
    MultiLayerNetwork model =
        Models.chain(DataType.FLOAT, InputType.feedForward(6), Models.dense(4), Models.softmax(3));
    MultiLayerNetwork wider =
        Models.chain(DataType.FLOAT, InputType.feedForward(6), Models.dense(5), Models.softmax(3));
    Dl4jNetwork<MultiLayerNetwork> imported = Dl4jNetwork.of(model);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> imported.write(Dl4jNetwork.of(wider).network()))
        .withMessageContaining("expected those of the imported one");
  }
}
