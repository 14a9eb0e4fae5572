package dev.flatness.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flatness.network.Activation;
import dev.flatness.network.GraphBuilder;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Parameter;
import dev.flatness.network.Window;
import dev.flatness.tensor.Precision;
import dev.flatness.tensor.SparseMatrix;
import dev.flatness.tensor.Tensor;
import dev.flatness.testkit.OracleCases;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class OnnxWriterTest {
  @TempDir Path folder;
  private final Random random = new Random(5);

  private Tensor weights(int... extents) {
    double[] values = new double[dev.flatness.tensor.Shape.of(extents).size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextGaussian();
    }
    return Tensor.of(values, extents);
  }

  private Network roundTrip(Network network) {
    Path file = folder.resolve("copy.onnx");
    OnnxWriter.withDefaults().withReplacing(true).write(network, file);
    return OnnxReader.withDefaults().read(file).network();
  }

  private void assertSame(Network copy, Network network) {
    assertThat(copy.nodes()).extracting(Node::name).isEqualTo(names(network));
    assertThat(copy.nodes()).extracting(Node::layer).isEqualTo(layers(network));
    assertThat(copy.nodes()).extracting(Node::inputs).isEqualTo(inputs(network));
    assertThat(copy.parameters()).extracting(Parameter::shape).isEqualTo(shapes(network));
    assertThat(copy.parameterVector()).isEqualTo(network.parameterVector());
    assertThat(copy.storedPrecision()).isEqualTo(network.storedPrecision());
  }

  private static List<String> names(Network network) {
    return network.nodes().stream().map(Node::name).toList();
  }

  private static List<?> layers(Network network) {
    return network.nodes().stream().map(Node::layer).toList();
  }

  private static List<?> inputs(Network network) {
    return network.nodes().stream().map(Node::inputs).toList();
  }

  private static List<?> shapes(Network network) {
    return network.parameters().stream().map(Parameter::shape).toList();
  }

  /** A network with every kind of layer; its affine layers could be folded, and are not. */
  private Network everyKind() {
    GraphBuilder graph = Network.builder(6, 6, 2);
    int x = graph.transpose("turn", graph.input(), 2, 0, 1);
    x = graph.constant("prepare", x, List.of(0.25, 0.75), List.of(-1.0, 0.3));
    x = graph.zeroPad("frame", x, 1, 0, 2, 1);
    Window window = Window.of(3, 2).withStride(1, 2).withPadding(1, 0, 0, 1).withDilation(2, 1);
    x = graph.convolution("conv", x, weights(4, 1, 3, 2), weights(4), window, 2);
    x = graph.affine("norm", x, weights(4), weights(4));
    int relu = graph.activate("Relu", x, Activation.RELU);
    x = graph.convolution("/odd/Conv", relu, weights(4, 4, 1, 1), null, Window.of(1, 1), 1);
    x = graph.add("sum", x, relu, relu);
    x = graph.concatenate("both", x, relu);
    x = graph.maxPool("max", x, Window.of(2, 2).withStride(2, 1).withPadding(0, 0, 1, 1));
    x = graph.averagePool("mean", x, Window.of(2, 2).withPadding(1, 0, 0, 1), true);
    x = graph.constant("half", x, List.of(0.5), List.of(0.0));
    int[] map = graph.shape(x).toArray();
    x = graph.linearMap("reversed", x, selection(graph.shape(x).size()), map);
    x = graph.linearMap("mixed", x, mixed(graph.shape(x).size()), map);
    x = graph.linearMap("means", x, means(graph.shape(x).size()), map);
    x = graph.flatten("flat", x);
    int features = graph.shape(x).extent(0);
    x = graph.dense("fc", x, weights(3, features), weights(3));
    x = graph.activate("leaky", x, Activation.leakyRelu(0.1));
    x = graph.affine("scaled", x, weights(3), weights(3));
    int tied = graph.parameter("tied", Parameter.Role.WEIGHT, weights(3, 3));
    x = graph.dense("first", x, tied, -1);
    x = graph.activate("tanh", x, Activation.TANH);
    x = graph.dense("second", x, tied, -1);
    return graph.build(x);
  }

  private static SparseMatrix selection(int size) {
    int[] sources = new int[size];
    Arrays.setAll(sources, i -> i % 5 == 3 ? -1 : size - 1 - i);
    return SparseMatrix.selection(size, sources);
  }

  /** Rows of different lengths and values. */
  private SparseMatrix mixed(int size) {
    SparseMatrix.Builder mixed = SparseMatrix.builder(size);
    for (int row = 0; row < size; row++) {
      for (int i = 0; i < row % 4; i++) {
        mixed.add((row + 3 * i) % size, random.nextGaussian());
      }
      mixed.endRow();
    }
    return mixed.build();
  }

  private static SparseMatrix means(int size) {
    SparseMatrix.Builder means = SparseMatrix.builder(size);
    for (int row = 0; row < size; row++) {
      for (int i = 0; i < 3; i++) {
        means.add((row + i) % size, -1.0 / 3);
      }
      means.endRow();
    }
    return means.build();
  }

  @Test
  void aMeanKeepsItsDigitsInFloat32() {
    GraphBuilder graph = Network.builder(6);
    int x = graph.linearMap("means", 0, means(6), 6);
    Network network = graph.build(graph.dense("out", x, weights(2, 6), null));
    Network copy = roundTrip(network.withStoredPrecision(Precision.FLOAT32));
    assertThat(copy.node(1).layer()).isEqualTo(network.node(1).layer());
  }

  @Test
  void everyLayerComesBackWithItsNameAndAllBitsOfItsParameters() {
    Network network = everyKind();
    Network copy = roundTrip(network);
    assertSame(copy, network);
    assertThat(copy.sharesParameters()).isTrue();
    double[] x = weights(72).toDoubles();
    assertThat(copy.outputs(x)).isEqualTo(network.outputs(x));
  }

  @ParameterizedTest
  @EnumSource(Activation.Kind.class)
  void everyActivationComesBack(Activation.Kind kind) {
    List<Double> numbers =
        switch (kind) {
          case LEAKY_RELU -> List.of(0.3, -0.1, 0.7);
          case ELU, CELU -> List.of(1.5);
          case SILU -> List.of(1.7);
          case THRESHOLDED_RELU -> List.of(0.25);
          case SELU -> List.of(1.25, 1.5);
          case HARD_SIGMOID -> List.of(0.25, 0.5);
          case CLIP -> List.of(-0.1, Double.POSITIVE_INFINITY);
          default -> List.of();
        };
    GraphBuilder graph = Network.builder(3);
    int x = graph.dense("in", 0, weights(3, 3), weights(3));
    x = graph.activate("act", x, new Activation(kind, numbers));
    Network network = graph.build(graph.dense("out", x, weights(2, 3), null));
    Network copy = roundTrip(network);
    double[] at = {0.3, -2, 1.5};
    assertThat(copy.outputs(at)).isEqualTo(network.outputs(at));
    if (kind != Activation.Kind.IDENTITY) {
      assertSame(copy, network);
    }
  }

  static List<String> cases() {
    return OracleCases.names();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void oracleNetworksComeBackBitForBit(String name) {
    Path file = OracleCases.copyTo(name, folder).resolve("network.onnx");
    Network network = OnnxReader.withDefaults().read(file).network();
    assertSame(roundTrip(network), network);
  }

  static Stream<Path> zoo() throws Exception {
    return Files.list(Shared.folder("zoo").resolve("models")).sorted();
  }

  @ParameterizedTest
  @MethodSource("zoo")
  void zooNetworksComeBackRoundedToTheirOwnFloatType(Path file) {
    Network network = OnnxReader.withDefaults().read(file).network();
    double[] theta = network.parameterVector();
    for (int i = 0; i < theta.length; i++) {
      theta[i] = (float) theta[i];
    }
    assertThat(network.storedPrecision()).isEqualTo(Precision.FLOAT32);
    assertSame(roundTrip(network), network.withParameters(theta));
  }

  @Test
  void refusesNumbersThatFloat32CannotHold() {
    Network network =
        Network.sequential(2)
            .dense("fc", Tensor.of(new double[] {1, 2e39}, 1, 2), null)
            .build()
            .withStoredPrecision(Precision.FLOAT32);
    assertThatThrownBy(() -> OnnxWriter.withDefaults().write(network, folder.resolve("large.onnx")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "parameter \"fc.weight\" has 2.0E39 at position 1, which the file's float32 cannot hold;"
                + " write the network in float64 (withStoredPrecision) or rescale it less");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void refusesScalesOfEluThatTheFormatRounds() {
    GraphBuilder graph = Network.builder(2);
    Network network = graph.build(graph.activate("elu", 0, Activation.elu(0.3)));
    assertThatThrownBy(() -> OnnxWriter.withDefaults().write(network, folder.resolve("elu.onnx")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "layer \"elu\" has alpha 0.3, but ONNX keeps that number in float32; use"
                + " 0.30000001192092896");
  }

  @Test
  void doesNotReplaceAFileUnlessAllowed() throws Exception {
    Network network = Network.sequential(2).relu().build();
    Path file = Files.writeString(folder.resolve("mine.onnx"), "precious");
    assertThatThrownBy(() -> OnnxWriter.withDefaults().write(network, file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("file " + file + " exists; choose another name or allow it to be replaced");
    assertThat(file).hasContent("precious");
    OnnxWriter.withDefaults().withReplacing(true).write(network, file);
    assertThat(OnnxReader.withDefaults().read(file).network().nodes()).hasSize(2);
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(file);
    }
  }

  @Test
  void writesThroughALinkAndReadableLikeAnyOtherFile() throws Exception {
    Network network = Network.sequential(2).relu().build();
    Path file = Files.writeString(folder.resolve("plain.onnx"), "old");
    Set<PosixFilePermission> usual = Files.getPosixFilePermissions(file);
    Path link = Files.createSymbolicLink(folder.resolve("link.onnx"), file);
    OnnxWriter.withDefaults().withReplacing(true).write(network, link);
    assertThat(link).isSymbolicLink();
    assertThat(OnnxReader.withDefaults().read(file).network().nodes()).hasSize(2);
    assertThat(Files.getPosixFilePermissions(file)).isEqualTo(usual);
  }

  @Test
  void refusesADirectory() {
    Network network = Network.sequential(2).relu().build();
    assertThatThrownBy(() -> OnnxWriter.withDefaults().withReplacing(true).write(network, folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("output " + folder + " is a directory; name a file");
  }
}
