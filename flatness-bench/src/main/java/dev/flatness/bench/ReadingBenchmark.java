package dev.flatness.bench;

import dev.flatness.data.DataSource;
import dev.flatness.data.Datasets;
import dev.flatness.data.FileDataset;
import dev.flatness.data.Preprocessing;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.onnx.OnnxReader;
import dev.flatness.onnx.OnnxWriter;
import dev.flatness.random.Seed;
import dev.flatness.tensor.Shape;
import dev.flatness.training.Architectures;
import dev.flatness.training.Initialization;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Opening a file of 2,000 images of 784 bytes (CIFAR-10: 500 of 3,072) and reading all of it, and
 * loading an ONNX model of 1 MB.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ReadingBenchmark {
  private static final int SAMPLES = 2000;
  private static final int FEATURES = 784;

  /** What is read. */
  @Param({"npz", "idx", "idx-gz", "cifar10", "csv", "onnx"})
  public String format;

  private Path folder;
  private Path file;
  private DataSource source;

  /** Writes the files. */
  @Setup
  public void write() throws IOException {
    folder = Files.createTempDirectory("flatness-bench");
    SplittableRandom random = new SplittableRandom(1);
    byte[] pixels = new byte[SAMPLES * FEATURES];
    random.nextBytes(pixels);
    byte[] labels = new byte[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      labels[i] = (byte) random.nextInt(10);
    }
    switch (format) {
      case "npz" -> {
        file = folder.resolve("data.npz");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
          zip.putNextEntry(new ZipEntry("x.npy"));
          zip.write(npy("|u1", "(" + SAMPLES + ", " + FEATURES + ")", pixels));
          zip.putNextEntry(new ZipEntry("y.npy"));
          zip.write(npy("|u1", "(" + SAMPLES + ",)", labels));
        }
        source = DataSource.of(file);
      }
      case "idx", "idx-gz" -> {
        file = idx("images", pixels, SAMPLES, 28, 28);
        source = DataSource.of(file).withLabels(idx("labels", labels, SAMPLES));
      }
      case "cifar10" -> {
        file = folder.resolve("test.bin");
        byte[] records = new byte[500 * 3073];
        random.nextBytes(records);
        for (int i = 0; i < 500; i++) {
          records[i * 3073] = (byte) random.nextInt(10);
        }
        Files.write(file, records);
        source = DataSource.of(file);
      }
      case "csv" -> {
        file = folder.resolve("data.csv");
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < SAMPLES; i++) {
          for (int j = 0; j < FEATURES; j++) {
            text.append(String.format(Locale.ROOT, "%.4f,", random.nextDouble()));
          }
          text.append(labels[i]).append('\n');
        }
        Files.writeString(file, text);
        source = DataSource.of(file);
      }
      default -> {
        file = folder.resolve("model.onnx");
        Network network =
            Architectures.perceptron(Shape.of(784), List.of(128, 100), 10, Activation.RELU);
        OnnxWriter.withDefaults().write(Initialization.KAIMING.draw(network, Seed.of(1)), file);
      }
    }
  }

  private Path idx(String name, byte[] bytes, int... extents) throws IOException {
    boolean packed = format.endsWith("gz");
    Path path = folder.resolve(name + "-idx" + extents.length + "-ubyte" + (packed ? ".gz" : ""));
    try (OutputStream raw = Files.newOutputStream(path);
        DataOutputStream out = new DataOutputStream(packed ? new GZIPOutputStream(raw) : raw)) {
      out.writeInt(0x800 + extents.length);
      for (int extent : extents) {
        out.writeInt(extent);
      }
      out.write(bytes);
    }
    return path;
  }

  private static byte[] npy(String type, String shape, byte[] bytes) throws IOException {
    String header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
    int padded = (10 + header.length() + 1 + 63) / 64 * 64;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    out.write(
        ByteBuffer.allocate(2)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putShort((short) (padded - 10))
            .array());
    out.write(
        (header + " ".repeat(padded - 11 - header.length()) + "\n")
            .getBytes(StandardCharsets.US_ASCII));
    out.write(bytes);
    return out.toByteArray();
  }

  /** Deletes the files. */
  @TearDown
  public void delete() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path path : files.toList()) {
        Files.delete(path);
      }
    }
    Files.delete(folder);
  }

  /** Opens and reads. */
  @Benchmark
  public Object read() throws IOException {
    if (source == null) {
      return OnnxReader.withDefaults().read(file).network();
    }
    try (FileDataset data = Datasets.open(source, Preprocessing.withDefaults())) {
      double[] inputs = new double[data.size() * data.inputShape().size()];
      double[] targets = new double[data.size() * data.targetSize()];
      data.read(0, data.size(), inputs, targets);
      return inputs;
    }
  }
}
