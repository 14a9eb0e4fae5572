package dev.flatness.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;

/** Saved models, whole and hostile. */
class SavedModelTest {
  @TempDir private Path folder;

  private Path saved(Model model) throws IOException {
    Path file = folder.resolve("model.zip");
    ModelSerializer.writeModel(model, file.toFile(), true);
    return file;
  }

  private static MultiLayerNetwork small() {
    return Models.chain(
        DataType.FLOAT, InputType.feedForward(6), Models.dense(4), Models.softmax(3));
  }

  private Map<String, byte[]> entries(Path file) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (ZipInputStream in = new ZipInputStream(Files.newInputStream(file))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        entries.put(entry.getName(), in.readAllBytes());
      }
    }
    return entries;
  }

  private Path zip(Map<String, byte[]> entries) throws IOException {
    Path file = folder.resolve("changed.zip");
    try (OutputStream to = Files.newOutputStream(file);
        ZipOutputStream out = new ZipOutputStream(to)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        out.putNextEntry(new ZipEntry(entry.getKey()));
        out.write(entry.getValue());
      }
    }
    return file;
  }

  private Path changed(String entry, String from, String to) throws IOException {
    Map<String, byte[]> entries = entries(saved(small()));
    String text = new String(entries.get(entry), StandardCharsets.ISO_8859_1);
    assertThat(text).contains(from);
    entries.put(entry, text.replace(from, to).getBytes(StandardCharsets.ISO_8859_1));
    return zip(entries);
  }

  private static void assertRefused(Path file, String words) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Dl4jNetwork.read(file))
        .withMessageStartingWith("cannot read DL4J model " + file + ": ")
        .withMessageContaining(words);
  }

  @ParameterizedTest
  @ValueSource(strings = {"FLOAT", "DOUBLE"})
  void readsWhatModelSerializerWrites(String type) throws IOException {
    for (Model model :
        new Model[] {
          Models.graph(DataType.valueOf(type)),
          Models.residual(DataType.valueOf(type)),
          Models.all(DataType.valueOf(type)).get("flat images").get(),
          Models.all(DataType.valueOf(type)).get("normalized vector").get()
        }) {
      int[] shape = Models.shape(model);
      Dl4jNetwork<?> read = Dl4jNetwork.read(saved(model), shape);
      assertThat(read.model()).hasSameClassAs(model);
      Dl4jNetwork<?> direct = Models.of(model, shape);
      assertThat(read.network().nodes()).isEqualTo(direct.network().nodes());
      assertThat(read.network().parameterVector()).isEqualTo(direct.network().parameterVector());
      assertThat(read.notes()).isEqualTo(direct.notes());
      assertThat(read.model().params()).isEqualTo(model.params());
    }
  }

  @Test
  void whatIsWrittenBackCanBeSavedAndRestored() throws IOException {
    ComputationGraph model = Models.residual(DataType.FLOAT);
    Dl4jNetwork<ComputationGraph> imported = Dl4jNetwork.of(model, Models.IMAGE);
    Path file = saved(imported.write(imported.network()));
    ComputationGraph restored = ModelSerializer.restoreComputationGraph(file.toFile());
    double[][] x = LayersTest.inputs(imported.network(), 3);
    assertThat(Dl4jNetwork.of(restored, Models.IMAGE).outputs(x))
        .isDeepEqualTo(imported.outputs(x));
  }

  @Test
  void whatIsNoModelIsNamed() throws IOException {
    assertRefused(folder.resolve("none.zip"), "there is no such file");
    assertRefused(folder, "it is not a regular file");
    Path text = Files.writeString(folder.resolve("text.zip"), "a text");
    assertRefused(text, "it is no zip archive");
    assertRefused(zip(Map.of("a.txt", new byte[1])), "it holds no configuration.json");
    Map<String, byte[]> entries = entries(saved(small()));
    entries.remove("coefficients.bin");
    assertRefused(zip(entries), "it holds no coefficients.bin");
    entries.put("configuration.json", "{}".getBytes(StandardCharsets.UTF_8));
    assertRefused(zip(entries), "neither of a MultiLayerNetwork nor of a ComputationGraph");
    entries.put("configuration.json", "no".getBytes(StandardCharsets.UTF_8));
    assertRefused(zip(entries), "configuration.json is no JSON");
  }

  @Test
  void classesOfOthersAreNotMade() throws IOException {
    String layer = "org.deeplearning4j.nn.conf.layers.DenseLayer";
    assertRefused(
        changed("configuration.json", layer, "javax.swing.JEditorPane"),
        "names the class \"javax.swing.JEditorPane\"");
    assertRefused(
        changed(
            "configuration.json",
            layer,
            "org.deeplearning4j.nn.conf.layers.samediff.SameDiffLayer"),
        "which is none of DL4J's own layers and settings");
    assertRefused(
        changed("configuration.json", layer, "org.deeplearning4j.nn.conf.layers.None"),
        "DL4J does not take its configuration");
  }

  /** Code that a hostile file would run. */
  static final class Hostile {
    static {
      ran = true;
    }
  }

  private static boolean ran;

  /** Jackson takes a class as the first entry of a list, too. */
  @Test
  void classesInListsAreNotMade() throws IOException {
    String hostile = Hostile.class.getName();
    String json =
        new String(entries(saved(small())).get("configuration.json"), StandardCharsets.UTF_8);
    for (String field : new String[] {"activationFn", "iupdater", "weightInitFn", "layer"}) {
      assertListRefused(json, "(?s)\"" + field + "\" : \\{.*?\\n *\\}", field, hostile);
    }
    assertListRefused(json, "\"weightNoise\" : null", "weightNoise", hostile);
    assertListRefused(json, "\"regularization\" : \\[ \\]", "regularization", hostile);
    assertListRefused(json, "\"inputPreProcessors\" : \\{ *\\}", "inputPreProcessors", hostile);

    String graph =
        new String(
            entries(saved(Models.graph(DataType.FLOAT))).get("configuration.json"),
            StandardCharsets.UTF_8);
    String vertices = "\"vertices\" : \\{";
    for (String name : new String[] {"variables", "params", "networkInputs", "layerConf"}) {
      Map<String, byte[]> entries = entries(saved(Models.graph(DataType.FLOAT)));
      String changed =
          graph.replaceFirst(
              vertices,
              Matcher.quoteReplacement(
                  "\"vertices\" : {\"" + name + "\" : [\"" + hostile + "\", {}], "));
      assertThat(changed).isNotEqualTo(graph);
      entries.put("configuration.json", changed.getBytes(StandardCharsets.UTF_8));
      assertRefused(zip(entries), "a list that begins with the text");
    }
    assertThat(ran).isFalse();
  }

  private void assertListRefused(String json, String from, String field, String hostile)
      throws IOException {
    String list = "\"" + field + "\" : [\"" + hostile + "\", {}]";
    String changed = json.replaceFirst(from, Matcher.quoteReplacement(list));
    assertThat(changed).as(field).isNotEqualTo(json);
    Map<String, byte[]> entries = entries(saved(small()));
    entries.put("configuration.json", changed.getBytes(StandardCharsets.UTF_8));
    assertRefused(zip(entries), "a list that begins with the text \"" + hostile + "\"");
    String nested = "\"" + field + "\" : [[\"" + hostile + "\", {}]]";
    changed = json.replaceFirst(from, Matcher.quoteReplacement(nested));
    entries.put("configuration.json", changed.getBytes(StandardCharsets.UTF_8));
    assertRefused(zip(entries), "a list that begins with the text \"" + hostile + "\"");
  }

  @Test
  void listsOfNamesAreRead() throws IOException {
    MultiLayerNetwork model =
        Models.chain(
            DataType.FLOAT,
            InputType.feedForward(6),
            new DenseLayer.Builder()
                .nOut(4)
                .constrainWeights(new MaxNormConstraint(1, 1))
                .constrainBias(new NonNegativeConstraint())
                .build(),
            Models.softmax(3));
    assertThat(Dl4jNetwork.read(saved(model)).network().parameterCount()).isEqualTo(43);
  }

  @Test
  void aLayerThatLeadsNowhereIsLeftOut() throws IOException {
    ComputationGraph model =
        new ComputationGraph(
            Models.configuration(DataType.FLOAT)
                .graphBuilder()
                .addInputs("in")
                .allowDisconnected(true)
                .addLayer("a", Models.dense(4), "in")
                .addLayer("spare", Models.dense(5), "in")
                .addLayer("second", Models.dense(2), "spare")
                .addLayer("out", Models.softmax(3), "a")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(6))
                .build());
    model.init();
    for (Dl4jNetwork<?> imported :
        new Dl4jNetwork<?>[] {Dl4jNetwork.of(model), Dl4jNetwork.read(saved(model))}) {
      assertThat(imported.network().parameterCount()).isEqualTo(43);
      assertThat(String.join("\n", imported.notes()))
          .contains("do not lead to the output: spare, second");
      double[] theta = imported.network().parameterVector();
      for (int i = 0; i < theta.length; i++) {
        theta[i] += 1;
      }
      Model written = imported.write(imported.network().withParameters(theta));
      assertThat(written.getParam("spare_W")).isEqualTo(model.getParam("spare_W"));
      assertThat(written.getParam("second_b")).isEqualTo(model.getParam("second_b"));
      assertThat(written.getParam("a_W")).isEqualTo(model.getParam("a_W").add(1));
    }
  }

  @Test
  void serializedObjectsAreNotRead() throws IOException {
    Map<String, byte[]> entries = entries(saved(small()));
    // DL4J itself would deserialize these.
    for (String name : new String[] {"preprocessor.bin", "normalizer.bin", "updaterState.bin"}) {
      entries.put(name, new byte[] {(byte) 0xac, (byte) 0xed, 0, 5, 's', 'r', 0, 99});
    }
    assertThat(Dl4jNetwork.read(zip(entries)).network().parameterCount()).isEqualTo(43);
  }

  @Test
  void sizesThatDoNotFitAreNamedBeforeAnythingIsAllocated() throws IOException {
    assertRefused(
        changed("configuration.json", "\"nout\" : 4", "\"nout\" : 2000000000"),
        "cannot be imported: \"layer0\" (DenseLayer): it has more than 2³¹ parameters");
    assertRefused(
        changed("configuration.json", "\"nout\" : 4", "\"nout\" : 20000000"),
        "its configuration asks for 140000015 parameters, which does not fit a file of");
    assertRefused(
        changed("configuration.json", "\"nout\" : 4", "\"nout\" : 5"),
        "coefficients.bin holds 43 parameters, but the configuration has 50");
    assertRefused(
        changed("configuration.json", "\"nout\" : 4", "\"nout\" : -4"), "it has -4 outputs");
    Map<String, byte[]> entries = entries(saved(small()));
    byte[] whole = entries.get("coefficients.bin");
    entries.put("coefficients.bin", java.util.Arrays.copyOf(whole, whole.length - 3));
    assertRefused(zip(entries), "coefficients.bin is damaged or ends too early");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeUTF("MIXED_DATA_TYPES");
    out.writeLong(Long.MAX_VALUE);
    out.writeUTF("LONG");
    entries.put("coefficients.bin", bytes.toByteArray());
    assertRefused(zip(entries), "does not begin with the shape of an array");
  }

  @Test
  void deepAndLongConfigurationsAreNamed() throws IOException {
    Map<String, byte[]> entries = entries(saved(small()));
    String deep = "{\"confs\":" + "[".repeat(100_000);
    entries.put("configuration.json", deep.getBytes(StandardCharsets.UTF_8));
    assertRefused(zip(entries), "nested deeper than 64 levels");
    String bomb = "{\"confs\":\"" + " ".repeat(17 << 20) + "\"}";
    entries.put("configuration.json", bomb.getBytes(StandardCharsets.UTF_8));
    assertRefused(zip(entries), "configuration.json is larger than 16 MiB");
  }

  /** Any damage ends in a network or in words. */
  @Test
  void damagedFilesAreRefusedInWords() throws IOException {
    Map<String, byte[]> whole = entries(saved(Models.graph(DataType.FLOAT)));
    Random random = new Random(20);
    for (int trial = 0; trial < 300; trial++) {
      Map<String, byte[]> entries = new LinkedHashMap<>(whole);
      String name = trial % 4 == 0 ? "coefficients.bin" : "configuration.json";
      byte[] damaged = whole.get(name).clone();
      for (int i = 0; i <= random.nextInt(3); i++) {
        int at = random.nextInt(name.startsWith("co") && trial % 4 == 0 ? 200 : damaged.length);
        damaged[at] = (byte) (random.nextBoolean() ? '0' + random.nextInt(10) : random.nextInt());
      }
      entries.put(name, damaged);
      Path file = zip(entries);
      try {
        Dl4jNetwork.read(file);
      } catch (IllegalArgumentException e) {
        assertThat(e.getMessage()).startsWith("cannot read DL4J model ").doesNotContain("\n");
      }
    }
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> Dl4jNetwork.read(folder.resolve("none.zip")));
  }
}
