package dev.flatness.onnx;

import static dev.flatness.onnx.ModelBuilder.attribute;
import static dev.flatness.onnx.ModelBuilder.list;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.flatness.network.Node;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files made to exhaust memory or time, or to mislead. */
class HostileFilesTest {
  private static final int MANY = 20_000;

  @TempDir Path folder;

  private OnnxModel resource(String name) {
    try (InputStream in = getClass().getResourceAsStream("hostile/" + name + ".onnx")) {
      Path file = folder.resolve(name + ".onnx");
      Files.write(file, in.readAllBytes());
      return OnnxReader.withDefaults().read(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cos-8", "wide-zero-weight"})
  void oneHugeConstantIsRefusedWithItsNodeItsSizeAndTheBudget(String name) {
    assertThatThrownBy(() -> resource(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching(
            Pattern.quote("cannot read model " + folder.resolve(name + ".onnx"))
                + ": node \"n_[cw]0?\" \\(ConstantOfShape, opset 13\\) takes 1024 MiB"
                + " of memory beside [0-9]+ bytes for what was read before; a file of [0-9]+ bytes,"
                + " external data included, may take [0-9]+ MiB; .*");
  }

  @Test
  void anInputOfAHundredMillionFeaturesIsRefused() {
    ModelBuilder model = new ModelBuilder(13).input("x", -1, 1 << 24, 6);
    assertThatThrownBy(() -> model.node("Relu", "x", "y").output("y").read(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("input of shape [16777216, 6] takes 1280 MiB of memory");
  }

  @Test
  void theSumOfManySmallConstantsIsBoundedToo() {
    ModelBuilder model = new ModelBuilder(13).input("x", -1, 4).integers("s", 1 << 20);
    String last = "x";
    for (int i = 0; i < 100; i++) {
      model.node("ConstantOfShape", "s", "c" + i).node("ReduceProd", "c" + i, "p" + i);
      model.node("Add", last + " p" + i, "h" + i);
      last = "h" + i;
    }
    assertThatThrownBy(() -> model.node("Relu", last(99), "y").output("y").read(folder))
        .hasMessageContaining("node \"c1")
        .hasMessageContaining("takes 16 MiB of memory beside ");
  }

  private static String last(int i) {
    return "h" + i;
  }

  @Test
  void externalDataThatManyTensorsNameCountOnce() throws IOException {
    Files.write(folder.resolve("data.bin"), new byte[1 << 20]);
    ModelBuilder model = new ModelBuilder(13).input("x", -1, 4).output("y");
    String last = "x";
    for (int i = 0; i < 400; i++) {
      model.graph.addInitializer(
          TensorProto.newBuilder()
              .setName("w" + i)
              .setDataType(TensorProto.DataType.INT8_VALUE)
              .addDims(1 << 20)
              .setDataLocation(TensorProto.DataLocation.EXTERNAL)
              .addExternalData(
                  StringStringEntryProto.newBuilder().setKey("location").setValue("data.bin")));
      model.node("ReduceProd", "w" + i, "p" + i).node("Add", last + " p" + i, "h" + i);
      last = last(i);
    }
    model.node("Relu", last, "y");
    assertThatThrownBy(() -> model.read(folder))
        .hasMessageContaining("initializer \"w")
        .hasMessageContaining("takes 9 MiB of memory beside ")
        .hasMessageContaining("external data included");
  }

  @Test
  void theBudgetIsSixteenTimesTheFileAndAConstantAndAtMostHalfTheHeap() {
    Budget large = new Budget(1 << 20, 1L << 40);
    large.spend("a", (16L << 20) + (256L << 20));
    assertThatThrownBy(() -> large.spend("node b", 1))
        .hasMessage(
            "node b takes 1 byte of memory beside 272 MiB for what was read before; a file of"
                + " 1 MiB, external data included, may take 272 MiB; check the"
                + " shapes, and store large constants in the file or in external data");
    assertThat(large.spent()).isEqualTo(285212672);
    large.extend(1);
    large.spend("c", 16);
    Budget small = new Budget(100 << 20, 256 << 20);
    assertThatThrownBy(() -> small.spend("node b", (128 << 20) + 1))
        .hasMessageContaining(
            "may take 128 MiB, half of the Java heap; give Java more heap (FLATNESS_JAVA_OPTIONS=");
    assertThatThrownBy(() -> small.spend("node b", Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void controlCharactersInNamesAreShownEscaped() {
    OnnxModel model = resource("escape-name");
    assertThat(model.network().nodes())
        .extracting(Node::name)
        .anyMatch(name -> name.contains("\\u001b[31mred\\u0007\\u009b2J\\u202eevil"))
        .allMatch(name -> name.chars().noneMatch(Character::isISOControl));
    assertThat(model.network().parameters())
        .allMatch(parameter -> parameter.name().chars().noneMatch(Character::isISOControl));
  }

  @Test
  void aPatternThatIsSearchedFromEveryNodeIsRead() {
    assertThat(resource("gelu-cubic").network().parameterCount()).isEqualTo(12);
  }

  @Test
  void aPoolingWindowOfBillionsOfEntriesIsRefused() {
    assertThatThrownBy(() -> resource("conv-pads-global"))
        .hasMessageContaining("node \"n_h2\" (GlobalMaxPool, opset 13) takes 6106 MiB");
  }

  @Test
  void theSearchForGeluTakesStepsInProportionToTheNodes() {
    assertThat(visits(2 * MANY)).isLessThan(3 * visits(MANY)).isLessThan(200L * 2 * MANY);
  }

  /** The constants looked up for a chain that looks like a GELU at every node. */
  private static long visits(int count) {
    Map<String, NodeProto> makers = new HashMap<>();
    String last = "x";
    for (int i = 0; i < count; i += 3) {
      makers.put("a" + i, node("Add", "t" + i, "one"));
      makers.put("t" + i, node("Tanh", last));
      makers.put("m" + i, node("Mul", last, "a" + i));
      makers.put("n" + i, node("Mul", "m" + i, "half"));
      last = "n" + i;
    }
    long[] visits = {0};
    Map<String, Double> constants = Map.of("half", 0.5, "one", 1.0);
    GeluPattern pattern =
        new GeluPattern(
            makers,
            name -> {
              visits[0]++;
              return constants.get(name);
            });
    makers.values().forEach(pattern::replaced);
    return visits[0];
  }

  private static NodeProto node(String operator, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(operator)
        .addAllInput(java.util.List.of(inputs))
        .addOutput("y")
        .build();
  }

  @Test
  void twentyThousandNodesOfEveryPatternAreRefusedInOneMessage() {
    ModelBuilder norms = new ModelBuilder(13).input("x", -1, 4).output("y");
    ModelBuilder gates = new ModelBuilder(13).input("x", -1, 4).output("y");
    ModelBuilder products = new ModelBuilder(13).input("x", -1, 4).output("y");
    norms.node("Mul", "x x", "q").node("ReduceMean", "q", "m");
    gates.node("Sigmoid", "x", "s").node("Tanh", "x", "t");
    for (int i = 0; i < MANY; i++) {
      norms.node("Sqrt", "m", "r" + i);
      gates.node("Mul", "s t", "r" + i);
      products.node("MatMul", "x x", "r" + i);
    }
    String all =
        String.join(" ", IntStream.range(0, MANY).mapToObj(i -> "r" + i).toArray(String[]::new));
    assertThatThrownBy(() -> norms.node("Sum", all, "y").read(folder))
        .hasMessageContaining("20000 × root-mean-square normalization written out");
    assertThatThrownBy(() -> gates.node("Sum", all, "y").read(folder))
        .hasMessageContaining("20000 × gate of a recurrent cell");
    assertThatThrownBy(() -> products.node("Sum", all, "y").read(folder))
        .hasMessageContaining("20000 × MatMul of two activations");
  }

  @Test
  void aLongChainOfMovesAndConstantsAndEqualNamesIsReadInOnePass() {
    AttributeProto perm = attribute("perm", list(0, 2, 1));
    ModelBuilder model = new ModelBuilder(13).input("x", -1, 2, 3).doubles("c", new double[] {2});
    String last = "x";
    for (int i = 0; i < MANY; i += 4) {
      model.node("Add", last + " c", "a" + i).node("Transpose", "a" + i, "t" + i, perm);
      model.node("Mul", "t" + i + " c", "b" + i).node("Transpose", "b" + i, "h" + i, perm);
      last = "h" + i;
    }
    for (int i = 0; i < model.graph.getNodeCount(); i++) {
      model.graph.getNodeBuilder(i).setName("same");
    }
    model.node("Flatten", last, "f").weights("w", 6, 2).node("MatMul", "f w", "y").output("y");
    assertThat(model.read(folder).network().parameterCount()).isEqualTo(12);
  }

  @Test
  void aTensorOfAThousandAxesIsRefused() {
    ModelBuilder model = new ModelBuilder(13).input("x", -1, 4).output("y");
    TensorProto.Builder one =
        TensorProto.newBuilder()
            .setName("c")
            .setDataType(TensorProto.DataType.DOUBLE_VALUE)
            .addDoubleData(1);
    IntStream.range(0, 1000).forEach(i -> one.addDims(1));
    model.graph.addInitializer(one);
    assertThatThrownBy(() -> model.node("Mul", "x c", "y").read(folder))
        .hasMessageEndingWith("it has a tensor of 1000 axes, expected at most 64");
  }
}
