package dev.flatness.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.network.Network;
import dev.flatness.network.NetworkReader;
import dev.flatness.network.NetworkReader.Imported;
import dev.flatness.onnx.OnnxReader;
import dev.flatness.onnx.OnnxWriter;
import dev.flatness.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;

/** What the command does to convert a model. */
class Dl4jReaderTest {
  @TempDir private Path folder;

  private NetworkReader found(Path file) {
    return ServiceLoader.load(NetworkReader.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(reader -> reader.reads(file))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aSavedModelBecomesAnOnnxFileWithNormalizationFolded() throws IOException {
    Path file = folder.resolve("model.ZIP");
    ModelSerializer.writeModel(
        Models.all(DataType.FLOAT).get("normalized map").get(), file.toFile(), true);
    Imported imported = found(file).importFrom(file, Shape.of(Models.IMAGE));
    assertThat(imported.loss()).startsWith("LossMCXENT is cross-entropy");
    Network network = OnnxReader.withDefaults().folded(imported.network());
    assertThat(network.nodes()).extracting(node -> node.name()).doesNotContain("layer1");
    assertThat(network.notes())
        .anyMatch(
            note ->
                note.startsWith(
                    "batch normalization folded into the layer before: 0, into the layer after: 1"))
        .containsAll(imported.network().notes());
    Path onnx = folder.resolve("model.onnx");
    OnnxWriter.withDefaults().write(network, onnx);
    Network read = OnnxReader.withDefaults().read(onnx).network();
    double[][] x = LayersTest.inputs(read, 4);
    assertThat(LayersTest.difference(read.outputs(x), imported.original().apply(x)))
        .isLessThan(1e-5);
  }

  @Test
  void aShapeThatTheFileHasNeedNotBeGiven() throws IOException {
    Path file = folder.resolve("model.zip");
    ModelSerializer.writeModel(
        Models.all(DataType.FLOAT).get("flat images").get(), file.toFile(), true);
    assertThat(found(file).importFrom(file, null).network().inputShape()).isEqualTo(Shape.of(216));
    assertThat(found(file).read(file).inputShape()).isEqualTo(Shape.of(216));
  }
}
