package dev.flatness.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.flatness.network.Activation;
import dev.flatness.network.GraphBuilder;
import dev.flatness.network.Network;
import dev.flatness.network.Window;
import dev.flatness.onnx.OnnxReader;
import dev.flatness.onnx.OnnxWriter;
import dev.flatness.tensor.Precision;
import dev.flatness.tensor.Shape;
import dev.flatness.tensor.Tensor;
import dev.flatness.training.Architectures;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The orders in which Keras holds kernels and flattens maps. */
class KerasOrderTest {
  @TempDir private Path folder;

  /** A file of tensors whose entries count up from 0. */
  private ParameterFile file(Map<String, int[]> shapes) throws IOException {
    StringBuilder header = new StringBuilder("{");
    int count = 0;
    for (Map.Entry<String, int[]> entry : shapes.entrySet()) {
      int size = Arrays.stream(entry.getValue()).reduce(1, (a, b) -> a * b);
      header
          .append(count > 0 ? "," : "")
          .append(
              "\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                  .formatted(
                      entry.getKey(),
                      Arrays.toString(entry.getValue()),
                      4 * count,
                      4 * (count + size)));
      count += size;
    }
    byte[] text = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + text.length + 4 * count).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(text.length).put(text);
    for (int i = 0; i < count; i++) {
      bytes.putFloat(i);
    }
    return ParameterFile.read(Files.write(folder.resolve("weights.safetensors"), bytes.array()));
  }

  private ParameterFile file(String name, int... shape) throws IOException {
    return file(Map.of(name, shape));
  }

  /** The network with the file's parameters, read from ONNX. */
  private Network read(Network network, ParameterFile file) {
    Path model = folder.resolve("model.onnx");
    OnnxWriter.withDefaults()
        .withReplacing(true)
        .write(network.withStoredPrecision(Precision.FLOAT32), model);
    return OnnxReader.withDefaults().withWeights(file.tensors(), file.name()).read(model).network();
  }

  private static void assertRefused(ThrowingCallable call, String words) {
    assertThatIllegalArgumentException()
        .isThrownBy(call)
        .withMessageContaining("weights.safetensors")
        .withMessageContaining(words);
  }

  /** [2, 2, 2], a convolution of one tap, a flatten, a dense layer. */
  private static Network flattening(boolean activated, int... axes) {
    GraphBuilder builder = Network.builder(2, 2, 2);
    int at =
        builder.convolution(
            "conv", 0, Tensor.of(new double[4], 2, 2, 1, 1), null, Window.of(1, 1), 1);
    at = axes.length > 0 ? builder.transpose("last", at, axes) : at;
    at = activated ? builder.activate("relu", at, Activation.RELU) : at;
    at = builder.flatten("flat", at);
    return builder.build(builder.dense("fc", at, Tensor.of(new double[8], 1, 8), null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"kernel", "kernel:0"})
  void aMapThatIsFlattenedChannelsFirstIsRefusedOnBothWays(String kernel) throws IOException {
    Map<String, int[]> shapes = new LinkedHashMap<>();
    shapes.put("conv/conv/" + kernel, new int[] {1, 1, 2, 2});
    shapes.put("fc/fc/" + kernel, new int[] {8, 1});
    ParameterFile file = file(shapes);

    for (Network first :
        new Network[] {flattening(false), flattening(true), flattening(false, 2, 1, 0)}) {
      assertRefused(() -> file.applyTo(first), "flattens channels last");
      assertRefused(() -> read(first, file), "flattens channels last");
    }
    for (boolean activated : new boolean[] {false, true}) {
      Network last = flattening(activated, 1, 2, 0);
      double[] expected = {0, 2, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11};
      assertThat(file.applyTo(last).parameterVector()).containsExactly(expected);
      assertThat(read(last, file).parameterVector()).containsExactly(expected);
    }
  }

  @Test
  void theOrderOfPyTorchIsNotRefused() throws IOException {
    Map<String, int[]> shapes = new LinkedHashMap<>();
    shapes.put("conv.weight", new int[] {2, 2, 1, 1});
    shapes.put("fc.weight", new int[] {1, 8});
    ParameterFile file = file(shapes);

    assertThat(file.applyTo(flattening(false)).parameterCount()).isEqualTo(12);
    assertThat(read(flattening(false), file).parameterCount()).isEqualTo(12);
  }

  private static Network flattened(int... input) {
    GraphBuilder builder = Network.builder(input);
    int at = builder.flatten("flat", builder.input());
    int size = builder.shape(at).size();
    return builder.build(builder.dense("fc", at, Tensor.of(new double[size], 1, size), null));
  }

  /** Which axis of an input are its channels is seen where one end is shorter. */
  @Test
  void anInputThatIsFlattenedAtOnceIsOfItsOwnOrder() throws IOException {
    for (int[] last : new int[][] {{6, 6, 1}, {6, 5, 3}, {6, 6}, {1, 6, 6}}) {
      Network network = flattened(last);
      int size = network.inputShape().size();
      assertThat(file("fc/kernel", size, 1).applyTo(network).parameterCount()).isEqualTo(size);
    }
    ParameterFile file = file("fc/kernel", 90, 1);
    assertRefused(() -> file.applyTo(flattened(3, 6, 5)), "[3, 6, 5] channels first");
  }

  @Test
  void axesOfExtentOneDoNotHideTheOrder() throws IOException {
    for (boolean last : new boolean[] {false, true}) {
      GraphBuilder builder = Network.builder(2, 1, 3);
      int at =
          builder.convolution(
              "conv", 0, Tensor.of(new double[12], 2, 2, 1, 3), null, Window.of(1, 3), 1);
      at = builder.reshape("line", at, 2, 1);
      at = builder.flatten("one", at);
      Network single = builder.build(builder.dense("fc", at, Tensor.of(new double[2], 1, 2), null));
      Map<String, int[]> shapes = new LinkedHashMap<>();
      shapes.put("conv/kernel", new int[] {3, 2, 2});
      shapes.put("fc/kernel", new int[] {2, 1});
      assertThat(file(shapes).applyTo(single).parameterCount()).isEqualTo(14);

      builder = Network.builder(2, 1, 3);
      at =
          builder.convolution(
              "conv", 0, Tensor.of(new double[4], 2, 2, 1, 1), null, Window.of(1, 1), 1);
      at = builder.reshape("line", at, 2, 3);
      at = last ? builder.transpose("last", at, 1, 0) : at;
      at = builder.flatten("flat", at);
      Network several =
          builder.build(builder.dense("fc", at, Tensor.of(new double[6], 1, 6), null));
      shapes.put("conv/kernel", new int[] {1, 2, 2});
      shapes.put("fc/kernel", new int[] {6, 1});
      ParameterFile file = file(shapes);
      if (last) {
        assertThat(file.applyTo(several).parameterCount()).isEqualTo(10);
      } else {
        assertRefused(() -> file.applyTo(several), "[2, 3] channels first");
      }
    }
  }

  private static Network convolution(int groups, int... kernel) {
    GraphBuilder builder = Network.builder(kernel[1] * groups, 5, 5);
    int size = Arrays.stream(kernel).reduce(1, (a, b) -> a * b);
    return builder.build(
        builder.convolution(
            "conv",
            builder.input(),
            Tensor.of(new double[size], kernel),
            null,
            Window.of(kernel[2], kernel[3]),
            groups));
  }

  @Test
  void aKernelOverOneAxisIsReordered() throws IOException {
    // entry [k, in, out] of [3, 2, 3] is 6 k + 3 in + out
    double[] expected = new double[18];
    for (int i = 0; i < 18; i++) {
      expected[i] = 6 * (i % 3) + 3 * (i / 3 % 2) + i / 6;
    }
    ParameterFile file = file("conv/kernel", 3, 2, 3);
    for (int[] kernel : new int[][] {{3, 2, 1, 3}, {3, 2, 3, 1}}) {
      Network network = convolution(1, kernel);
      assertThat(file.applyTo(network).parameterVector()).containsExactly(expected);
      assertThat(read(network, file).parameterVector()).containsExactly(expected);
    }
    assertThat(file("conv.weight", 3, 2, 3).applyTo(convolution(1, 3, 2, 1, 3)).parameterVector())
        .startsWith(0, 1, 2, 3);
  }

  @Test
  void aKernelByChannelsIsReordered() throws IOException {
    // entry [h, w, in, multiplier] of [2, 1, 3, 2] is 6 h + 2 in + multiplier
    double[] expected = {0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11};
    Network network = convolution(3, 6, 1, 2, 1);
    for (String name : new String[] {"conv/kernel", "conv/conv/depthwise_kernel:0"}) {
      ParameterFile file = file(name, 2, 1, 3, 2);
      assertThat(file.applyTo(network).parameterVector()).containsExactly(expected);
      assertThat(read(network, file).parameterVector()).containsExactly(expected);
    }
    ParameterFile file = file("conv/depthwise_kernel", 1, 1, 2, 2);
    assertRefused(() -> file.applyTo(convolution(1, 2, 2, 1, 1)), "in Keras' order of axes");
  }

  @Test
  void kernelsOfOtherShapesAreRefused() throws IOException {
    assertOther(file("conv.weight", 2, 1, 3, 1), convolution(1, 2, 1, 1, 3));
    assertOther(file("conv.weight", 1, 4, 1, 1), convolution(4, 4, 1, 1, 1));
    assertOther(file("conv.weight", 4, 2), convolution(1, 4, 2, 1, 1));
    assertOther(file("conv/kernel", 2, 4), convolution(1, 4, 2, 1, 1));
    assertOther(file("conv/kernel", 1, 1, 1, 2, 4), convolution(1, 4, 2, 1, 1));
    assertOther(file("conv/kernel", 3, 1, 2, 4), convolution(1, 4, 2, 1, 3));
    assertOther(file("fc/kernel", 1, 36, 1), flattened(6, 6, 1));
  }

  private void assertOther(ParameterFile file, Network network) {
    String words = "; take the parameters of this very network";
    assertRefused(() -> file.applyTo(network), words);
    assertRefused(() -> read(network, file), words);
  }

  /** fc1 [3, 2], fc2 [3, 3], fc3 [4, 3]. */
  private static Network chain() {
    return Architectures.perceptron(Shape.of(2), List.of(3, 3), 4, Activation.RELU);
  }

  private static double[] values(Network network, String name) {
    return network.parameters().stream()
        .filter(parameter -> parameter.name().equals(name))
        .map(network::values)
        .findFirst()
        .orElseThrow();
  }

  private ParameterFile chainFile(int[] first, int[] last) throws IOException {
    Map<String, int[]> shapes = new LinkedHashMap<>();
    shapes.put("fc2.weight", new int[] {3, 3});
    shapes.put("fc1.weight", first);
    shapes.put("fc3.weight", last);
    shapes.put("fc1.bias", new int[] {3});
    shapes.put("fc2.bias", new int[] {3});
    shapes.put("fc3.bias", new int[] {4});
    return file(shapes);
  }

  @Test
  void aSquareMatrixIsTurnedAsAllOthersAre() throws IOException {
    for (Network read :
        List.of(
            chainFile(new int[] {2, 3}, new int[] {3, 4}).applyTo(chain()),
            read(chain(), chainFile(new int[] {2, 3}, new int[] {3, 4})))) {
      assertThat(values(read, "fc2.weight")).containsExactly(0, 3, 6, 1, 4, 7, 2, 5, 8);
    }
    Network straight = chainFile(new int[] {3, 2}, new int[] {4, 3}).applyTo(chain());
    assertThat(values(straight, "fc2.weight")).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8);
  }

  @Test
  void aSquareMatrixAmongMatricesOfBothKindsIsRefused() throws IOException {
    ParameterFile mixed = chainFile(new int[] {2, 3}, new int[] {4, 3});
    assertRefused(() -> mixed.applyTo(chain()), "\"fc2.weight\"");
    assertRefused(() -> read(chain(), mixed), "is square");
  }
}
