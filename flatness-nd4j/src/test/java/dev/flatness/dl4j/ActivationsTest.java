package dev.flatness.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.stream.Stream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationCube;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationHardSigmoid;
import org.nd4j.linalg.activations.impl.ActivationHardTanH;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationMish;
import org.nd4j.linalg.activations.impl.ActivationRReLU;
import org.nd4j.linalg.activations.impl.ActivationRationalTanh;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU6;
import org.nd4j.linalg.activations.impl.ActivationRectifiedTanh;
import org.nd4j.linalg.activations.impl.ActivationSELU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftPlus;
import org.nd4j.linalg.activations.impl.ActivationSoftSign;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.activations.impl.ActivationThresholdedReLU;

/** Every activation against DL4J itself. */
class ActivationsTest {
  static Stream<IActivation> activations() {
    return Stream.of(
        new ActivationIdentity(),
        new ActivationReLU(),
        new ActivationReLU(2.0, 0.0, 0.0),
        new ActivationReLU(2.0, null, null),
        new ActivationReLU(null, 0.25, 0.0),
        new ActivationReLU(null, 0.0, 0.2),
        new ActivationReLU6(),
        new ActivationLReLU(),
        new ActivationLReLU(0.3),
        new ActivationELU(),
        new ActivationELU(0.7),
        new ActivationSELU(),
        new ActivationGELU(),
        new ActivationHardSigmoid(),
        new ActivationHardTanH(),
        new ActivationMish(),
        new ActivationRectifiedTanh(),
        new ActivationSigmoid(),
        new ActivationSoftPlus(),
        new ActivationSoftSign(),
        new ActivationSwish(),
        new ActivationTanH(),
        new ActivationThresholdedReLU(),
        new ActivationThresholdedReLU(0.3));
  }

  @ParameterizedTest
  @MethodSource("activations")
  void isThatOfDl4j(IActivation activation) {
    MultiLayerNetwork model = Models.activated(activation);
    Dl4jNetwork<MultiLayerNetwork> imported = Dl4jNetwork.of(model);
    double[][] x = LayersTest.inputs(imported.network(), 40);
    assertThat(LayersTest.difference(imported.network().outputs(x), imported.outputs(x)))
        .isLessThan(1e-12);
  }

  @Test
  void othersAreNamed() {
    for (IActivation activation :
        new IActivation[] {
          new ActivationCube(), new ActivationRationalTanh(), new ActivationRReLU(), new Own()
        }) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Dl4jNetwork.of(Models.activated(activation)))
          .withMessage(
              "1 of the 3 layers and vertices cannot be imported: \"layer1\" (DenseLayer): its"
                  + " activation "
                  + activation.getClass().getSimpleName()
                  + " is none here");
    }
  }

  /** A user's own activation is not taken for what it extends. */
  private static final class Own extends ActivationTanH {
    private static final long serialVersionUID = 1;
  }
}
