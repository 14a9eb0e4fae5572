package dev.flatness.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.network.Window;
import dev.flatness.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints of real tools against the models that the same tools exported with their values. */
class CheckpointTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"b.pt", "b.safetensors", "b-wrapped.pt", "b-checkpoint.ckpt", "b-double.pt"})
  void aModelWithACheckpointIsTheModelExportedFromIt(String weights) {
    Network expected = Fixtures.model("kept-b.onnx");
    Network actual = Fixtures.model("kept-a.onnx", weights);

    assertThat(actual.parameterVector()).isEqualTo(expected.parameterVector());
    assertThat(actual.parameterVector())
        .isNotEqualTo(Fixtures.model("kept-a.onnx").parameterVector());
  }

  @ParameterizedTest
  @ValueSource(strings = {"b-half.pt", "b-bfloat16.safetensors"})
  void halvesAreWidened(String weights) {
    Map<String, Tensor> exact = ParameterFile.read(Fixtures.file("b.pt")).tensors();
    Map<String, Tensor> rounded = ParameterFile.read(Fixtures.file(weights)).tensors();

    // float16 keeps 11 bits, bfloat16 8
    double bits = weights.contains("half") ? 0x1p-11 : 0x1p-8;
    assertThat(rounded.keySet()).isEqualTo(exact.keySet());
    exact.forEach(
        (name, tensor) -> {
          for (int i = 0; i < tensor.size(); i++) {
            double value = tensor.get(i);
            assertThat(rounded.get(name).get(i))
                .isCloseTo(value, within(bits * Math.abs(value) + 0x1p-25));
          }
        });
  }

  @Test
  void transposedProductsAreFoundByTheirLayers() {
    Network expected = Fixtures.model("products-b.onnx");
    Network actual = Fixtures.model("products-a.onnx", "products-b.pt");

    assertThat(actual.parameterVector()).isEqualTo(expected.parameterVector());
    assertThat(String.join("\n", actual.notes()))
        .contains("\"l1.weight\", \"l2.weight\", \"l3.weight\" in products-b.pt were reordered");
  }

  @Test
  void foldedNormalizationsAreRefusedWithTheirReason() {
    assertThatThrownBy(() -> Fixtures.model("folded-a.onnx", "b.pt"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("folded-a.onnx")
        .hasMessageContaining("b.pt")
        .hasMessageContaining("\"bn1.running_mean\"")
        .hasMessageContaining("TrainingMode.PRESERVE")
        .hasMessageContaining("do_constant_folding=False");
  }

  @Test
  void bothSidesAreListed() {
    assertThatThrownBy(() -> Fixtures.model("products-a.onnx", "b.pt"))
        .hasMessageContaining("holds no \"l1.bias\", \"l3.bias\", \"onnx::MatMul_16\"")
        .hasMessageContaining("but holds \"bn1.bias\"")
        .hasMessageContaining("Names like \"onnx::MatMul_16\"");
  }

  @Test
  void viewsHaveTheEntriesThatPyTorchShows() {
    ParameterFile file = ParameterFile.read(Fixtures.file("views.pt"));
    Map<String, Tensor> tensors = file.tensors();

    float[] transposed = new float[24];
    for (int i = 0; i < 24; i++) {
      transposed[i] = 6 * (i % 4) + i / 4;
    }
    assertThat(tensors.get("transposed")).isEqualTo(Tensor.of(transposed, 6, 4));
    assertThat(tensors.get("strided")).isEqualTo(Tensor.of(new float[] {5, 8, 11, 14, 17}, 5));
    assertThat(tensors.get("inner")).isEqualTo(Tensor.of(new float[] {14, 18, 22}, 3));
    assertThat(tensors.get("expanded")).isEqualTo(Tensor.of(new float[] {1, 1, 1, 1, 1, 1}, 2, 3));
    assertThat(tensors.get("parameter").get(23)).isEqualTo(23);
    assertThat(tensors.get("empty").shape().toArray()).containsExactly(0, 4);
    assertThat(tensors.get("scalar").get(0)).isEqualTo(2.5);
    assertThat(tensors).doesNotContainKey("whole");
    assertThat(file.notes()).containsExactly("tensors of whole numbers were left out: \"whole\"");
  }

  @Test
  void otherFormatsOfPyTorchAreRefusedWithWhatToDo() {
    assertThatThrownBy(() -> ParameterFile.read(Fixtures.file("b-legacy.pt")))
        .hasMessageContaining("before PyTorch 1.6")
        .hasMessageContaining("torch.save(torch.load(");
    assertThatThrownBy(() -> ParameterFile.read(Fixtures.file("b-object.pt")))
        .hasMessageContaining("\"__main__.Net\"")
        .hasMessageContaining("model.state_dict()");
    assertThatThrownBy(() -> ParameterFile.read(Fixtures.file("b-script.pt")))
        .hasMessageContaining("TorchScript");
  }

  private static Network keras(boolean channelsLast) {
    var builder = Network.builder(2, 6, 6);
    int conv =
        builder.convolution(
            "conv",
            0,
            Tensor.of(new double[36], 2, 2, 3, 3),
            Tensor.of(new double[2], 2),
            Window.of(3, 3),
            1);
    int at = builder.activate("relu", conv, Activation.RELU);
    at = channelsLast ? builder.transpose("last", at, 1, 2, 0) : at;
    at = builder.flatten("flat", at);
    at = builder.dense("fc1", at, Tensor.of(new double[160], 5, 32), Tensor.of(new double[5], 5));
    at = builder.activate("relu1", at, Activation.RELU);
    at = builder.dense("fc2", at, Tensor.of(new double[15], 3, 5), Tensor.of(new double[3], 3));
    return builder.build(at);
  }

  @ParameterizedTest
  @ValueSource(strings = {"k.weights.h5", "k.h5"})
  void aNetworkBuiltInJavaWithKerasWeightsHasKerasOutputs(String weights) throws IOException {
    Network network = ParameterFile.read(Fixtures.file(weights)).applyTo(keras(true));

    double[] image = new double[72];
    for (int i = 0; i < 72; i++) {
      int channel = i % 2;
      image[36 * channel + i / 2] = (float) i / 72;
    }
    double[] expected =
        Arrays.stream(Files.readString(Fixtures.file("k-outputs.csv")).strip().split(","))
            .mapToDouble(Double::parseDouble)
            .toArray();
    double[] outputs = network.outputs(image);
    double scale = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    for (int i = 0; i < 3; i++) {
      // Keras computes in float32, sums of up to 32 products
      assertThat(outputs[i]).isCloseTo(expected[i], within(1e-5 * scale));
    }
    assertThat(String.join("\n", network.notes())).contains("were reordered");
  }

  @Test
  void kerasColumnsAreNotTakenForAnotherOrder() {
    ParameterFile file = ParameterFile.read(Fixtures.file("k.weights.h5"));

    assertThatThrownBy(() -> file.applyTo(keras(false)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"flat\"")
        .hasMessageContaining("channels last");
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatThrownBy(() -> ParameterFile.read(java.nio.file.Path.of("none.pt")))
        .hasMessage("cannot read weights none.pt: there is no such file; check the path");
  }
}
