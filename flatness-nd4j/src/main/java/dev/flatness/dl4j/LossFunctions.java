package dev.flatness.dl4j;

import dev.flatness.loss.BinaryCrossEntropy;
import dev.flatness.loss.Loss;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.loss.SquaredError;
import dev.flatness.network.Network;
import dev.flatness.network.OutputActivation;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossL2;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;
import org.nd4j.linalg.lossfunctions.impl.LossNegativeLogLikelihood;
import org.nd4j.linalg.lossfunctions.impl.LossSparseMCXENT;

/** The loss of the library that equals a loss function of DL4J on a network. */
final class LossFunctions {
  private LossFunctions() {}

  /**
   * A loss and what is to be said about it.
   *
   * @param loss the loss; empty if none fits
   * @param note one sentence
   */
  record Fit(Optional<Loss> loss, String note) {}

  /** Finds the loss of the layer that ends a network. */
  static Fit of(@Nullable Layer last, Network network) {
    ILossFunction function =
        last instanceof BaseOutputLayer output
            ? output.getLossFn()
            : last instanceof LossLayer loss ? loss.getLossFn() : null;
    if (function == null) {
      return new Fit(Optional.empty(), "the network does not end in an output or loss layer");
    }
    Optional<OutputActivation> end = network.outputActivation();
    Class<?> kind = function.getClass();
    String name = kind.getSimpleName();
    if (kind == LossMCXENT.class
        || kind == LossNegativeLogLikelihood.class
        || kind == LossSparseMCXENT.class) {
      return end.equals(Optional.of(OutputActivation.SOFTMAX))
          ? crossEntropy((LossMCXENT) function, name)
          : none(name + " of outputs that are not made by a softmax is no loss here");
    } else if (kind == LossBinaryXENT.class) {
      LossBinaryXENT binary = (LossBinaryXENT) function;
      if (!end.equals(Optional.of(OutputActivation.SIGMOID)) || binary.getWeights() != null) {
        return none(name + " with weights or without sigmoids at the end is no loss here");
      }
      return new Fit(
          Optional.of(BinaryCrossEntropy.onLogits()),
          name
              + " is binary-cross-entropy, but for DL4J's limits on the probabilities (clipEps "
              + binary.getClipEps()
              + ")");
    } else if (kind == LossMSE.class || kind == LossL2.class) {
      if (((LossL2) function).getWeights() != null) {
        return none(name + " with weights is no loss here");
      }
      int outputs = network.output().shape().size();
      return kind == LossMSE.class && outputs > 1
          ? new Fit(
              Optional.of(SquaredError.averaged()),
              name + " is squared-error divided by the " + outputs + " outputs")
          : new Fit(Optional.of(SquaredError.summed()), name + " is squared-error");
    }
    return none(name + " is no loss here; choose one that is defined on these outputs");
  }

  private static Fit none(String note) {
    return new Fit(Optional.empty(), note);
  }

  private static Fit crossEntropy(LossMCXENT function, String name) {
    INDArray weights = function.getWeights();
    String clipped =
        ", but for DL4J's limit on the probabilities (softmaxClipEps "
            + function.getSoftmaxClipEps()
            + ")";
    if (weights == null) {
      return new Fit(
          Optional.of(SoftmaxCrossEntropy.onLogits()), name + " is cross-entropy" + clipped);
    }
    List<Double> factors = Arrays.stream(Entries.of(weights)).boxed().toList();
    return new Fit(
        Optional.of(SoftmaxCrossEntropy.onLogits().withClassWeights(factors)),
        name
            + " is cross-entropy with the class weights "
            + factors
            + clipped
            + "; DL4J divides by the number of samples, not by their weights");
  }
}
