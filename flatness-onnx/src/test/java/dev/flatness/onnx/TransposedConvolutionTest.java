package dev.flatness.onnx;

import static dev.flatness.onnx.ModelBuilder.attribute;
import static dev.flatness.onnx.ModelBuilder.list;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import dev.flatness.network.Network;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** ConvTranspose against its definition: every entry adds its kernel to the output. */
class TransposedConvolutionTest {
  @TempDir Path folder;

  /** y[o, i·s + k·d − p] += w[c, o, k]·x[c, i], groups apart. */
  private static double[] scattered(
      double[] x,
      int[] in,
      double[] w,
      int[] kernel,
      int writes,
      int groups,
      int[] out,
      int[] s,
      int[] d,
      int[] p) {
    double[] y = new double[writes * groups * out[0] * out[1]];
    for (int c = 0; c < in[0]; c++) {
      for (int o = 0; o < writes; o++) {
        int channel = c / (in[0] / groups) * writes + o;
        for (int i = 0; i < in[1] * in[2]; i++) {
          for (int k = 0; k < kernel[0] * kernel[1]; k++) {
            int row = i / in[2] * s[0] + k / kernel[1] * d[0] - p[0];
            int column = i % in[2] * s[1] + k % kernel[1] * d[1] - p[1];
            if (row >= 0 && row < out[0] && column >= 0 && column < out[1]) {
              y[(channel * out[0] + row) * out[1] + column] +=
                  w[(c * writes + o) * kernel[0] * kernel[1] + k] * x[c * in[1] * in[2] + i];
            }
          }
        }
      }
    }
    return y;
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1,1, 1,1, 0,0,0,0, 0,0",
    "1, 2,2, 1,1, 1,1,1,1, 1,1",
    "2, 2,3, 1,2, 0,1,2,0, 1,2",
    "2, 3,1, 2,1, 3,2,1,3, 0,0",
    "1, 1,2, 1,1, 2,3,2,1, 0,1",
  })
  void equalsTheSumOfShiftedKernels(
      int groups,
      int sh,
      int sw,
      int dh,
      int dw,
      int top,
      int left,
      int bottom,
      int right,
      int eh,
      int ew) {
    int[] in = {4, 3, 5};
    int[] kernel = {3, 2};
    int writes = 2;
    List<AttributeProto> attributes =
        List.of(
            attribute("strides", list(sh, sw)),
            attribute("dilations", list(dh, dw)),
            attribute("pads", list(top, left, bottom, right)),
            attribute("output_padding", list(eh, ew)),
            attribute("group", groups));
    ModelBuilder model =
        new ModelBuilder(13)
            .input("x", -1, 4, 3, 5)
            .weights("up.weight", 4, writes, 3, 2)
            .weights("up.bias", (long) writes * groups)
            .node(
                "ConvTranspose",
                "x up.weight up.bias",
                "y",
                attributes.toArray(AttributeProto[]::new))
            .output("y");
    Network network = model.read(folder).network();
    double[] w =
        model.graph.getInitializer(0).getDoubleDataList().stream().mapToDouble(v -> v).toArray();
    double[] b = network.values(network.parameters().get(1));
    int[] out = {
      (in[1] - 1) * sh + dh * 2 + 1 + eh - top - bottom,
      (in[2] - 1) * sw + dw + 1 + ew - left - right
    };
    double[] x = IntStream.range(0, 60).mapToDouble(i -> Math.cos(3 * i)).toArray();
    double[] expected =
        scattered(
            x,
            in,
            w,
            kernel,
            writes,
            groups,
            out,
            new int[] {sh, sw},
            new int[] {dh, dw},
            new int[] {top, left});
    double[] y = network.outputs(x);
    assertThat(y).hasSameSizeAs(expected);
    for (int i = 0; i < y.length; i++) {
      assertThat(y[i] - b[i / (out[0] * out[1])])
          .isCloseTo(expected[i], org.assertj.core.data.Offset.offset(1e-13));
    }
    // The parameters are the file's numbers in another order.
    double[] sorted = network.values(network.parameters().get(0));
    Arrays.sort(sorted);
    Arrays.sort(w);
    assertThat(sorted).containsExactly(w);
    assertThat(network.parameters().get(0).name()).isEqualTo("up.weight");
    Path copy = folder.resolve("copy.onnx");
    OnnxWriter.withDefaults().write(network, copy);
    assertThat(OnnxReader.withDefaults().read(copy).network().nodes()).isEqualTo(network.nodes());
  }

  @Test
  void outputShapesGiveThePadding() {
    Network network =
        new ModelBuilder(13)
            .input("x", -1, 1, 3, 3)
            .doubles("w", new double[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, 1, 1, 3, 3)
            .node(
                "ConvTranspose",
                "x w",
                "y",
                attribute("strides", list(2, 2)),
                attribute("auto_pad", "SAME_UPPER"))
            .output("y")
            .read(folder)
            .network();
    double[] x = {1, 0, 0, 0, 0, 0, 0, 0, 0};
    // Six rows of seven are kept: the padding of one row is at the end.
    assertThat(Arrays.copyOf(network.outputs(x), 14))
        .containsExactly(1, 2, 3, 0, 0, 0, 4, 5, 6, 0, 0, 0, 7, 8);
  }

  static List<Arguments> contradictions() {
    String pads = ", expected NOTSET, SAME_UPPER, SAME_LOWER or VALID";
    return List.of(
        Arguments.of(attribute("auto_pad", "FOO"), "has auto_pad \"FOO\"" + pads),
        Arguments.of(attribute("auto_pad", "SAME_X"), "has auto_pad \"SAME_X\"" + pads),
        Arguments.of(
            attribute("kernel_shape", list(2, 3)),
            "has kernel_shape [2, 3], but its kernel is 3×3; the file is damaged"),
        Arguments.of(
            attribute("group", (1L << 32) + 1),
            "has a kernel [1, 1, 3, 3] in 4294967297 groups, which does not fit 1 input channels"));
  }

  @ParameterizedTest
  @MethodSource("contradictions")
  void attributesThatDoNotFitAreRefused(AttributeProto attribute, String reason) {
    Path file =
        new ModelBuilder(13)
            .input("x", -1, 1, 3, 3)
            .weights("w", 1, 1, 3, 3)
            .node("ConvTranspose", "x w", "y", attribute)
            .output("y")
            .write(folder);
    assertThatThrownBy(() -> OnnxReader.withDefaults().read(file)).hasMessageEndingWith(reason);
  }

  @Test
  void oneDimensionalMapsAreRead() {
    Network network =
        new ModelBuilder(13)
            .input("x", -1, 1, 3)
            .doubles("w", new double[] {1, 10}, 1, 1, 2)
            .node("ConvTranspose", "x w", "y", attribute("strides", list(3)))
            .output("y")
            .read(folder)
            .network();
    assertThat(network.outputs(new double[] {1, 2, 3})).containsExactly(1, 10, 0, 2, 20, 0, 3, 30);
  }
}
