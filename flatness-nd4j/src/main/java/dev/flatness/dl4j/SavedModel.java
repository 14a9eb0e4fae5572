package dev.flatness.dl4j;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A model as {@code ModelSerializer} writes it, read without deserializing objects of Java. */
final class SavedModel {
  private static final String CONFIGURATION = "configuration.json";
  private static final String COEFFICIENTS = "coefficients.bin";
  private static final int LARGEST_CONFIGURATION = 16 << 20;
  // As for ONNX: what a file may make of itself.
  private static final long LARGEST_FACTOR = 16;
  private static final long ALWAYS_ALLOWED = 256L << 20;

  private final Path file;
  private final ZipFile zip;

  private SavedModel(Path file, ZipFile zip) {
    this.file = file;
    this.zip = zip;
  }

  static Dl4jNetwork<?> read(Path file, int... inputShape) {
    if (!Files.isRegularFile(file)) {
      throw refused(
          file, Files.exists(file) ? "it is not a regular file" : "there is no such file", null);
    }
    try (ZipFile zip = new ZipFile(file.toFile())) {
      return new SavedModel(file, zip).model(inputShape);
    } catch (ZipException e) {
      throw refused(
          file, "it is no zip archive, or it was cut off; save or download the model again", e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw refused(file, String.valueOf(e.getMessage()), e);
    } catch (ArithmeticException | IndexOutOfBoundsException | NullPointerException e) {
      // Settings that DL4J reads without looking at them.
      throw refused(file, "a setting of a layer is missing or damaged", e);
    }
  }

  private static IllegalArgumentException refused(
      Path file, String why, @Nullable Exception cause) {
    return new IllegalArgumentException(
        "cannot read DL4J model " + Text.printable(file.toString()) + ": " + why, cause);
  }

  private Dl4jNetwork<?> model(int... inputShape) throws IOException {
    ConfigurationText text = ConfigurationText.of(configuration());
    if (text.graph()) {
      ComputationGraphConfiguration configuration =
          parsed(() -> ComputationGraphConfiguration.fromJson(text.json()));
      Plan plan = Plan.of(Topology.of(configuration));
      INDArray parameters = parameters(plan, configuration.getDataType());
      ComputationGraph graph = new ComputationGraph(configuration);
      parsed(
          () -> {
            graph.init(parameters, false);
            return graph;
          });
      return Dl4jNetwork.of(graph, plan, inputShape);
    }
    MultiLayerConfiguration configuration =
        parsed(() -> MultiLayerConfiguration.fromJson(text.json()));
    Plan plan = Plan.of(Topology.of(configuration));
    INDArray parameters = parameters(plan, configuration.getDataType());
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    parsed(
        () -> {
          network.init(parameters, false);
          return network;
        });
    return Dl4jNetwork.of(network, plan, inputShape);
  }

  private interface Parsing<T> {
    T get();
  }

  /** Whatever DL4J throws at a damaged configuration is a refusal. */
  private static <T> T parsed(Parsing<T> parsing) {
    try {
      return parsing.get();
    } catch (RuntimeException | StackOverflowError e) {
      String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new IllegalArgumentException(
          "DL4J does not take its configuration: "
              + Text.printable(why.lines().findFirst().orElse("")),
          e);
    }
  }

  private ZipEntry entry(String name) {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw new IllegalArgumentException(
          "it holds no "
              + name
              + ", which every model with parameters that ModelSerializer writes has");
    }
    return entry;
  }

  private String configuration() throws IOException {
    try (InputStream in = zip.getInputStream(entry(CONFIGURATION))) {
      byte[] bytes = in.readNBytes(LARGEST_CONFIGURATION + 1);
      if (bytes.length > LARGEST_CONFIGURATION) {
        throw new IllegalArgumentException(
            CONFIGURATION + " is larger than " + (LARGEST_CONFIGURATION >> 20) + " MiB");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  private INDArray parameters(Plan plan, DataType type) throws IOException {
    if (type != DataType.FLOAT && type != DataType.DOUBLE) {
      throw new IllegalArgumentException(
          "its data type is "
              + type
              + ", expected FLOAT or DOUBLE; convert the model in DL4J first:"
              + " model.convertDataType(DataType.FLOAT)");
    }
    long count = 0;
    List<Part> all = new ArrayList<>(plan.topology().parts());
    all.addAll(plan.topology().spare());
    for (Part part : all) {
      Layer layer = part.layer();
      long own = layer == null ? 0 : parsed(() -> layer.initializer().numParams(layer));
      if (own < 0 || own > Integer.MAX_VALUE || count + own > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "layer " + Text.quoted(part.name()) + " has " + own + " parameters, too many");
      }
      count += own;
    }
    long allowed = Math.max(ALWAYS_ALLOWED, LARGEST_FACTOR * Files.size(file));
    if (count == 0 || count * type.width() > allowed) {
      throw new IllegalArgumentException(
          "its configuration asks for "
              + count
              + " parameters, which does not fit a file of "
              + Files.size(file)
              + " bytes");
    }
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(zip.getInputStream(entry(COEFFICIENTS))))) {
      return Coefficients.read(in, count).castTo(type);
    }
  }
}
