package dev.flatness.onnx;

import static dev.flatness.onnx.ModelBuilder.attribute;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.AttributeProto;
import dev.flatness.network.Activation;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ActivationOperatorsTest {
  private static final double SIXTH = 1.0 / 6;

  @TempDir Path folder;

  private static ModelBuilder vectors() {
    return new ModelBuilder(13).input("x", -1, 3);
  }

  private List<Activation> activations(ModelBuilder model) {
    return model.output("y").read(folder).network().nodes().stream()
        .filter(node -> node.layer() instanceof Layer.Activate)
        .map(node -> ((Layer.Activate) node.layer()).function())
        .toList();
  }

  record Case(String operator, Activation function, AttributeProto... attributes) {}

  static List<Case> cases() {
    return List.of(
        new Case("HardSigmoid", Activation.hardSigmoid((float) 0.2, 0.5)),
        new Case(
            "HardSigmoid",
            Activation.hardSigmoid(0.25, 0.125),
            attribute("alpha", 0.25f),
            attribute("beta", 0.125f)),
        new Case("HardSwish", Activation.HARD_SWISH),
        new Case("Mish", Activation.MISH),
        new Case("Softsign", Activation.SOFTSIGN),
        new Case("Celu", Activation.celu(2), attribute("alpha", 2f)),
        new Case("Selu", Activation.selu(1.67326319217681884765625, 1.05070102214813232421875)),
        new Case("ThresholdedRelu", Activation.thresholdedRelu(1)),
        new Case("ThresholdedRelu", Activation.RELU, attribute("alpha", 0f)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void operatorsAreTheActivationsTheyAre(Case one) {
    assertThat(activations(vectors().node(one.operator(), "x", "y", one.attributes())))
        .containsExactly(one.function());
  }

  @Test
  void clippingTakesItsBoundsFromInputs() {
    ModelBuilder model =
        vectors().doubles("low", new double[] {-1}).doubles("high", new double[] {6});
    assertThat(activations(model.node("Clip", "x low high", "y")))
        .containsExactly(Activation.clip(-1, 6));
    assertThat(activations(vectors().doubles("c", new double[] {6}).node("Min", "x c", "y")))
        .containsExactly(Activation.clip(Double.NEGATIVE_INFINITY, 6));
    assertThat(activations(vectors().doubles("c", new double[] {-2}).node("Max", "c x", "y")))
        .containsExactly(Activation.clip(-2, Double.POSITIVE_INFINITY));
  }

  @Test
  void slopesAreByChannelOrByEntry() {
    ModelBuilder model =
        new ModelBuilder(13)
            .input("x", -1, 2, 1, 2)
            .doubles("s", new double[] {0.1, -0.2}, 2, 1, 1)
            .node("PRelu", "x s", "y")
            .output("y");
    Network network = model.read(folder).network();
    assertThat(network.outputs(new double[] {-1, 2, -3, -4}))
        .containsExactly(-0.1, 2, 0.2 * 3, 0.8);
    assertThat(network.parameterCount()).isZero();
    assertThat(network.piecewiseLinear()).isTrue();
    ModelBuilder row =
        new ModelBuilder(13)
            .input("x", -1, 2, 1, 3)
            .doubles("s", new double[] {0.5, -1}, 2)
            .node("PRelu", "x s", "y")
            .output("y");
    assertThat(row.read(folder).network().outputs(new double[] {-1, -1, -1, -1, -1, 1}))
        .containsExactly(-0.5, -0.5, -0.5, 1, 1, 1);
    ModelBuilder entries =
        vectors().doubles("s", new double[] {0, 1, 2}, 3).node("PRelu", "x s", "y").output("y");
    assertThat(entries.read(folder).network().outputs(new double[] {-1, -1, -1}))
        .containsExactly(-0.0, -1, -2);
  }

  @Test
  void productsWithASigmoidAreSilu() {
    assertThat(activations(vectors().node("Sigmoid", "x", "s").node("Mul", "s x", "y")))
        .containsExactly(Activation.SILU);
    ModelBuilder scaled = vectors().doubles("c", new double[] {1.5});
    assertThat(
            activations(
                scaled.node("Mul", "x c", "a").node("Sigmoid", "a", "s").node("Mul", "x s", "y")))
        .containsExactly(Activation.silu(1.5));
  }

  @Test
  void productsAreFoundBehindAScale() {
    ModelBuilder plain = vectors().doubles("c", new double[] {0.5}).node("Mul", "x c", "h");
    assertThat(activations(plain.node("Sigmoid", "h", "s").node("Mul", "h s", "y")))
        .containsExactly(Activation.SILU);
    for (double a : new double[] {1.5, 2}) {
      ModelBuilder both =
          vectors()
              .doubles("c", new double[] {0.5})
              .doubles("a", new double[] {a})
              .node("Mul", "x c", "h")
              .node("Mul", "h a", "g")
              .node("Sigmoid", "g", "s")
              .node("Mul", "s h", "y");
      assertThat(activations(both)).containsExactly(Activation.silu(a));
    }
    ModelBuilder shifted =
        vectors()
            .doubles("c", new double[] {0.5})
            .doubles("three", new double[] {3})
            .doubles("six", new double[] {6})
            .doubles("zero", new double[] {0})
            .node("Mul", "x c", "h")
            .node("Add", "h three", "a")
            .node("Clip", "a zero six", "b")
            .node("Mul", "h b", "p")
            .node("Div", "p six", "y")
            .output("y");
    Network network = shifted.read(folder).network();
    double[] x = {-9, -2, 3};
    double[] y = network.outputs(x);
    for (int i = 0; i < x.length; i++) {
      assertThat(y[i])
          .isCloseTo(
              Activation.HARD_SWISH.value(x[i] / 2), org.assertj.core.data.Offset.offset(1e-15));
    }
  }

  @Test
  void productsWithTanhOfSoftplusAreMish() {
    assertThat(
            activations(
                vectors()
                    .node("Softplus", "x", "p")
                    .node("Tanh", "p", "t")
                    .node("Mul", "x t", "y")))
        .containsExactly(Activation.MISH);
  }

  @ParameterizedTest
  @ValueSource(strings = {"hard", "before", "after"})
  void productsWithAHardSigmoidAreHardSwish(String form) {
    ModelBuilder model =
        new ModelBuilder(13)
            .input("x", -1, 3)
            .weights("w", 3, 3)
            .doubles("three", new double[] {3})
            .doubles("six", new double[] {6})
            .doubles("zero", new double[] {0})
            .node("MatMul", "x w", "h");
    if (form.equals("hard")) {
      model =
          model
              .node("HardSigmoid", "h", "s", attribute("alpha", (float) SIXTH))
              .node("Mul", "h s", "y");
    } else {
      model = model.node("Add", "h three", "a").node("Clip", "a zero six", "c");
      model =
          form.equals("before")
              ? model.node("Div", "c six", "s").node("Mul", "h s", "y")
              : model.node("Mul", "h c", "p").node("Div", "p six", "y");
    }
    Network network = model.output("y").read(folder).network();
    assertThat(network.nodes()).hasSize(3);
    assertThat(network.parameterCount()).isEqualTo(9);
    assertThat(network.node(2).layer()).isEqualTo(new Layer.Activate(Activation.HARD_SWISH));
  }

  /** The orders in which exporters write ½x(1 + tanh(√(2/π)(x + 0.044715x³))). */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Pow x three q; Mul q c r; Add x r s; Mul s k t; Tanh t u; Add u one v; Mul x v w; Mul w half y",
        "Mul x x p; Mul p x q; Mul c q r; Add r x s; Mul k s t; Tanh t u; Add one u v; Mul half x w;"
            + " Mul w v y",
        "Mul x k a; Mul x c b; Mul b x d; Add d one e; Mul a e t; Tanh t u; Add u one v; Mul x half w;"
            + " Mul w v y",
        "Pow x three q; Mul q c r; Add x r s; Mul s k t; Tanh t u; Add u one v; Mul v half w; Mul x w y"
      })
  void theTanhFormOfGeluIsReadInAnyOrder(String nodes) {
    ModelBuilder model =
        vectors()
            .doubles("three", new double[] {3})
            .doubles("one", new double[] {1})
            .doubles("half", new double[] {0.5})
            .doubles("c", new double[] {0.044715})
            .doubles("k", new double[] {Math.sqrt(2 / Math.PI)});
    for (String node : nodes.split("; *")) {
      String[] words = node.split(" ");
      String inputs = String.join(" ", Arrays.copyOfRange(words, 1, words.length - 1));
      model = model.node(words[0], inputs, words[words.length - 1]);
    }
    assertThat(activations(model)).containsExactly(Activation.GELU_TANH);
  }
}
