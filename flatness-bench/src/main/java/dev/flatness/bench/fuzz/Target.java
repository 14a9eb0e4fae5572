package dev.flatness.bench.fuzz;

import dev.flatness.Flatness;
import dev.flatness.basispath.SkeletonFile;
import dev.flatness.basispath.SkeletonRule;
import dev.flatness.cli.Main;
import dev.flatness.data.DataSource;
import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.data.Preprocessing;
import dev.flatness.loss.SquaredError;
import dev.flatness.network.Network;
import dev.flatness.onnx.OnnxReader;
import dev.flatness.onnx.OnnxWriter;
import dev.flatness.report.Report;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Shape;
import dev.flatness.tensor.Tensor;
import dev.flatness.weights.ParameterFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;

/** A kind of input: how one is made of a random source, and who reads it. */
public enum Target implements Reading {
  /** Bytes of models changed. */
  ONNX_BYTES(".onnx") {
    @Override
    public byte[] input(Random random, Path folder) throws IOException {
      return Mutation.of(model(random, folder), random);
    }

    @Override
    public void read(Path input, Path folder) {
      describe(input);
    }
  },
  /** Fields of models changed: shapes, attributes, edges, constants. */
  ONNX_STRUCTURE(".onnx") {
    @Override
    public byte[] input(Random random, Path folder) throws IOException {
      Wire model = Wire.model(model(random, folder));
      int changes = 1 + random.nextInt(4);
      for (int i = 0; i < changes; i++) {
        model.mutate(random, Models.WORDS);
      }
      return model.toByteArray();
    }

    @Override
    public void read(Path input, Path folder) {
      describe(input);
    }
  },
  /** Archives of arrays. */
  NPZ(".npz") {
    @Override
    public byte[] input(Random random, Path folder) {
      byte[] x = DataBytes.npy(random, false, 3, 4);
      byte[] y = DataBytes.npy(random, true, 3);
      boolean inside = random.nextBoolean();
      x = inside && random.nextBoolean() ? Mutation.of(x, random) : x;
      y = inside ? Mutation.of(y, random) : y;
      byte[] whole = DataBytes.npz(x, y, random.nextBoolean());
      return inside ? whole : Mutation.of(whole, random);
    }

    @Override
    public void read(Path input, Path folder) {
      open(DataSource.of(input));
    }
  },
  /** Arrays. */
  NPY(".npy") {
    @Override
    public byte[] input(Random random, Path folder) {
      byte[] array = DataBytes.npy(random, false, 3, 4);
      if (random.nextBoolean()) {
        return Mutation.of(array, random);
      }
      String text = new String(array, StandardCharsets.ISO_8859_1);
      int end = text.indexOf('\n');
      String header = Mutation.text(text.substring(10, end), HEADERS, random) + text.substring(end);
      byte[] changed = (text.substring(0, 10) + header).getBytes(StandardCharsets.ISO_8859_1);
      int length = Math.max(0, header.indexOf('\n') + 1);
      changed[8] = (byte) length;
      changed[9] = (byte) (length >> 8);
      return changed;
    }

    @Override
    public void read(Path input, Path folder) throws IOException {
      Path labels = folder.resolve("labels.npy");
      Files.write(labels, DataBytes.npy(new Random(3), true, 3));
      open(DataSource.of(input).withLabels(labels));
    }
  },
  /** Images and labels as MNIST has them. */
  IDX(".idx") {
    @Override
    public byte[] input(Random random, Path folder) {
      return Mutation.of(DataBytes.idx(random, 3, 2, 2), random);
    }

    @Override
    public void read(Path input, Path folder) throws IOException {
      openIdx(input, folder);
    }
  },
  /** The same, packed, damaged before or after packing. */
  GZIP(".gz") {
    @Override
    public byte[] input(Random random, Path folder) {
      byte[] array = DataBytes.idx(random, 3, 2, 2);
      return random.nextBoolean()
          ? DataBytes.gzip(Mutation.of(array, random))
          : Mutation.of(DataBytes.gzip(array), random);
    }

    @Override
    public void read(Path input, Path folder) throws IOException {
      openIdx(input, folder);
    }
  },
  /** Records of CIFAR-10. */
  CIFAR(".bin") {
    @Override
    public byte[] input(Random random, Path folder) {
      byte[] records = DataBytes.cifar(random);
      return random.nextInt(4) == 0 ? records : Mutation.of(records, random);
    }

    @Override
    public void read(Path input, Path folder) {
      open(DataSource.of(input));
    }
  },
  /** Text. */
  CSV(".csv") {
    @Override
    public byte[] input(Random random, Path folder) {
      String text = Mutation.text(DataBytes.csv(random), CELLS, random);
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return random.nextBoolean() ? bytes : Mutation.of(bytes, random);
    }

    @Override
    public void read(Path input, Path folder) {
      open(DataSource.of(input));
    }
  },
  /** Skeletons of basis paths. */
  SKELETON(".skeleton") {
    @Override
    public byte[] input(Random random, Path folder) {
      Network network = Mutation.one(random, Models.networks());
      String text = SkeletonFile.text(SkeletonRule.balanced().choose(network));
      byte[] bytes = Mutation.text(text, EDGES, random).getBytes(StandardCharsets.UTF_8);
      return random.nextBoolean() ? bytes : Mutation.of(bytes, random);
    }

    @Override
    public void read(Path input, Path folder) {
      for (Network network : Models.networks()) {
        try {
          SkeletonFile.read(input, network);
        } catch (IllegalArgumentException refused) {
          Trial.requireForeseen(refused);
        }
      }
    }
  },
  /** Parameters by safetensors. */
  SAFETENSORS(".safetensors") {
    @Override
    public byte[] input(Random random, Path folder) {
      return WeightBytes.safetensors(random);
    }

    @Override
    public void read(Path input, Path folder) {
      replaceWeights(input);
    }
  },
  /** State dictionaries of PyTorch, damaged inside or outside of their archive. */
  TORCH(".pt") {
    @Override
    public byte[] input(Random random, Path folder) {
      return WeightBytes.torch(random);
    }

    @Override
    public void read(Path input, Path folder) {
      replaceWeights(input);
    }
  },
  /** Weights of Keras. */
  KERAS(".h5") {
    @Override
    public byte[] input(Random random, Path folder) throws IOException {
      return WeightBytes.keras(random);
    }

    @Override
    public void read(Path input, Path folder) {
      replaceWeights(input);
    }
  },
  /** Command lines, one argument a line. */
  COMMAND(".args") {
    @Override
    public byte[] input(Random random, Path folder) {
      return String.join("\n", CommandLines.of(random)).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void read(Path input, Path folder) throws IOException {
      List<String> arguments = new ArrayList<>();
      for (String argument : Files.readString(input).split("\n", -1)) {
        arguments.add(argument.replace("DIR", CommandLines.prepared(folder).toString()));
      }
      StringWriter out = new StringWriter();
      StringWriter err = new StringWriter();
      int code =
          Main.run(new PrintWriter(out), new PrintWriter(err), arguments.toArray(String[]::new));
      Trial.requireForeseen(code, err.toString());
    }
  };

  private static final int MOST_PARAMETERS = 2000;
  private static final List<String> HEADERS =
      List.of("'descr'", "<f4", ">i2", "|O", "True", "(", ")", ",", "", "'", "{", "0", "3, 4");
  private static final List<String> CELLS =
      List.of("nan", "inf", "1e400", "-0", "\"", "\"\"", ",", "\n", "\r", "é", "\u001b[2J", "");
  private static final List<String> EDGES =
      List.of("out", "in", "fc1.weight", "conv1.bias", ",", "\n", "#", "", "\u001b[2J", "-1");

  private final String suffix;

  Target(String suffix) {
    this.suffix = suffix;
  }

  @Override
  public String suffix() {
    return suffix;
  }

  @Override
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static byte[] model(Random random, Path folder) throws IOException {
    List<byte[]> exported = Models.exported();
    if (random.nextInt(3) > 0) {
      return Mutation.one(random, exported);
    }
    Path file = folder.resolve("seed.onnx");
    OnnxWriter.withDefaults()
        .withReplacing(true)
        .write(Mutation.one(random, Models.networks()), file);
    return Files.readAllBytes(file);
  }

  static void describe(Path model) {
    Network network = OnnxReader.withDefaults().read(model).network();
    Trial.requirePrintable(Report.of(network).text());
    if (network.parameterCount() > 0 && network.parameterCount() <= MOST_PARAMETERS) {
      try {
        measure(network);
      } catch (IllegalArgumentException refused) {
        Trial.requireForeseen(refused);
      }
    }
  }

  /** What was accepted is measured, too, on two samples. */
  private static void measure(Network network) {
    int size = network.inputShape().size();
    int outputs = network.output().shape().size();
    if (size > MOST_PARAMETERS || outputs > MOST_PARAMETERS) {
      return;
    }
    double[] inputs = new Random(size).doubles(2L * size, -1, 1).toArray();
    int[] extents =
        IntStream.concat(IntStream.of(2), Arrays.stream(network.inputShape().toArray())).toArray();
    Dataset data =
        Datasets.of(Tensor.of(inputs, extents), Tensor.of(new double[2 * outputs], 2, outputs));
    Flatness.of(network)
        .on(data, SquaredError.summed())
        .with(SurfaceOptions.withDefaults().withThreads(1).withMemoryBytes(64L << 20))
        .measure("hessian-trace", "path-norm-1", "l2-norm-squared")
        .report();
  }

  /** What was accepted is given to a network, too. */
  static void replaceWeights(Path input) {
    ParameterFile file = ParameterFile.read(input);
    file.notes().forEach(Trial::requirePrintable);
    Network replaced = file.applyTo(Models.networks().get(0));
    Trial.requirePrintable(Report.of(replaced).text());
  }

  static void open(DataSource source) {
    try {
      Datasets.open(source, Shape.of(4), Preprocessing.withDefaults()).close();
    } catch (IllegalArgumentException refused) {
      Trial.requireForeseen(refused);
    }
    Datasets.open(source, Preprocessing.withDefaults()).close();
  }

  static void openIdx(Path input, Path folder) throws IOException {
    Path labels = folder.resolve("labels.idx");
    Files.write(labels, DataBytes.idx(new Random(3), 3));
    open(DataSource.of(input).withLabels(labels));
  }
}
