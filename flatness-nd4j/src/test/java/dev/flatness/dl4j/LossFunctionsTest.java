package dev.flatness.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.data.Datasets;
import dev.flatness.loss.Loss;
import dev.flatness.network.Network;
import dev.flatness.surface.NetworkSurface;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossHinge;
import org.nd4j.linalg.lossfunctions.impl.LossL2;
import org.nd4j.linalg.lossfunctions.impl.LossMAE;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;
import org.nd4j.linalg.lossfunctions.impl.LossNegativeLogLikelihood;

/** Losses against DL4J's scores, value and gradient. */
class LossFunctionsTest {
  private static MultiLayerNetwork model(ILossFunction loss, Activation activation, int outputs) {
    return Models.chain(
        DataType.DOUBLE,
        InputType.feedForward(6),
        Models.dense(5),
        new OutputLayer.Builder(loss).nOut(outputs).activation(activation).build());
  }

  static Stream<Arguments> fitting() {
    return Stream.of(
        Arguments.of(new LossMCXENT(), Activation.SOFTMAX, 3, "cross-entropy"),
        Arguments.of(new LossNegativeLogLikelihood(), Activation.SOFTMAX, 3, "cross-entropy"),
        Arguments.of(
            new LossMCXENT(Nd4j.createFromArray(0.5, 2.0, 1.0)),
            Activation.SOFTMAX,
            3,
            "cross-entropy"),
        Arguments.of(new LossBinaryXENT(), Activation.SIGMOID, 3, "binary-cross-entropy"),
        Arguments.of(new LossMSE(), Activation.IDENTITY, 3, "squared-error"),
        Arguments.of(new LossMSE(), Activation.IDENTITY, 1, "squared-error"),
        Arguments.of(new LossMSE(), Activation.SIGMOID, 3, "squared-error"),
        Arguments.of(new LossL2(), Activation.TANH, 3, "squared-error"));
  }

  @ParameterizedTest
  @MethodSource("fitting")
  void valuesAndGradientsAreThoseOfDl4j(
      ILossFunction function, Activation activation, int outputs, String id) {
    MultiLayerNetwork model = model(function, activation, outputs);
    Dl4jNetwork<MultiLayerNetwork> imported = Dl4jNetwork.of(model);
    Loss loss = imported.loss().orElseThrow();
    assertThat(loss.id()).isEqualTo(id);
    Network network = imported.network();
    double[][] x = LayersTest.inputs(network, 5);
    double[][] y = LayersTest.targets(outputs);
    NetworkSurface surface = NetworkSurface.of(network, Datasets.of(x, y), loss);
    double[] gradient = new double[surface.dimension()];
    double value = surface.valueAndGradient(network.parameterVector(), gradient);
    DataSet data = LayersTest.data(network, model, x, y);
    assertThat(value).isCloseTo(model.score(data, false), within(1e-9 * value));
    model.setInput(data.getFeatures());
    model.setLabels(data.getLabels());
    model.computeGradientAndScore();
    MultiLayerNetwork carrier = model.clone();
    model.gradient().gradientForVariable().forEach((k, g) -> carrier.getParam(k).assign(g.div(5)));
    double[] own = Dl4jNetwork.of(carrier).network().parameterVector();
    assertThat(LayersTest.difference(new double[][] {gradient}, new double[][] {own}))
        .isLessThan(1e-10);
  }

  static Stream<Arguments> other() {
    return Stream.of(
        Arguments.of(new LossMAE(), Activation.IDENTITY),
        Arguments.of(new LossHinge(), Activation.IDENTITY),
        Arguments.of(new LossMCXENT(), Activation.SIGMOID),
        Arguments.of(new LossBinaryXENT(), Activation.SOFTMAX),
        Arguments.of(new LossBinaryXENT(Nd4j.createFromArray(0.5, 2.0, 1.0)), Activation.SIGMOID),
        Arguments.of(new LossMSE(Nd4j.createFromArray(0.5, 2.0, 1.0)), Activation.IDENTITY));
  }

  @ParameterizedTest
  @MethodSource("other")
  void othersAreNamedAndTheNetworkIsImported(ILossFunction function, Activation activation) {
    MultiLayerNetwork model = model(function, activation, 3);
    Dl4jNetwork<MultiLayerNetwork> imported = Dl4jNetwork.of(model);
    assertThat(imported.loss()).isEmpty();
    assertThat(imported.lossNote())
        .startsWith(function.getClass().getSimpleName())
        .contains("no loss here");
  }

  @Test
  void regularizationIsNoted() {
    MultiLayerNetwork model =
        Models.chain(
            DataType.DOUBLE,
            InputType.feedForward(6),
            new org.deeplearning4j.nn.conf.layers.DenseLayer.Builder().nOut(5).l2(1e-3).build(),
            Models.softmax(3));
    assertThat(Dl4jNetwork.of(model).notes())
        .contains(
            "regularization (L1, L2, weight decay) is part of DL4J's score, not of the loss here:"
                + " layer0");
  }
}
