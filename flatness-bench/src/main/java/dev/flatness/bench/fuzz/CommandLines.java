package dev.flatness.bench.fuzz;

import dev.flatness.onnx.OnnxWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Random command lines on a small network and small data; DIR stands for the folder they lie in.
 */
final class CommandLines {
  private static final List<String> COMMANDS =
      List.of(
          "info",
          "measure",
          "spectrum",
          "audit",
          "rescale",
          "bound",
          "generalization",
          "basis-paths",
          "train",
          "measures",
          "nonsense");

  /** Commands that read data, with arguments that keep them short. */
  private static final Map<String, List<String>> DATA =
      Map.of(
          "measure", List.of(),
          "spectrum", List.of(),
          "train", List.of(),
          "audit", List.of("--trials", "1", "--time-limit", "1s"),
          "rescale", List.of("--out", "DIR/out.onnx", "--force"),
          "bound", List.of("--draws", "20", "--time-limit", "1s"),
          "generalization", List.of("--draws", "2", "--delta", "0.01", "--time-limit", "1s"));

  private static final List<String> VALUES =
      List.of(
          "",
          "0",
          "1",
          "2",
          "10",
          "-1",
          "1000000",
          "2147483647",
          "2147483648",
          "1e-3",
          "1e300",
          "NaN",
          "inf",
          "all",
          "default",
          "comparable",
          "psi",
          "auto",
          "first",
          "last",
          "balanced",
          "diagonal",
          "fc1",
          "fc2",
          "fc*.weight",
          "float32",
          "float64",
          "hessian",
          "fisher",
          "true-fisher",
          "gauss-newton",
          "weights",
          "basis-paths",
          "log-magnitude",
          "cross-entropy",
          "squared-error",
          "binary-cross-entropy",
          "1ms",
          "1s",
          "90d",
          "1M",
          "30M",
          "1T",
          "4",
          "split=0.5",
          "clipped=2",
          "0-1",
          "zero",
          "grid",
          "search",
          "per-layer",
          "optimised",
          "minimum-norm",
          "canonical",
          "hessian-trace",
          "seeger-bound",
          "1,1,0.05",
          "2,2",
          "50,30",
          "0.1,0.2",
          "nchw",
          "kaiming",
          "DIR",
          "DIR/model.onnx",
          "DIR/data.npz",
          "DIR/none",
          "DIR/skeleton",
          "/dev/zero",
          "/dev/null",
          "\u001b[2J",
          "é",
          "%s",
          "'",
          "--help");
  private static final List<String> OPTIONS =
      List.of(
          "--measures",
          "--layers",
          "--normalize-trace",
          "--epsilon",
          "--sigma",
          "--skeleton",
          "--theorem-epsilon",
          "--loss-lipschitz",
          "--initial",
          "--variance-as-deviation",
          "--uniform-box",
          "--time-limit",
          "--max-products",
          "--tolerance",
          "--loss",
          "--label-smoothing",
          "--class-weights",
          "--ignore-index",
          "--inputs-are-features",
          "--precision",
          "--batch-size",
          "--threads",
          "--memory",
          "--seed",
          "--skip",
          "--limit",
          "--scale",
          "--mean",
          "--std",
          "--layout",
          "--input-shape",
          "--label-column",
          "--output",
          "--untie",
          "--top",
          "--bottom",
          "--probes",
          "--steps",
          "--operator",
          "--coordinates",
          "--parameters",
          "--largest",
          "--smallest",
          "--hidden",
          "--epochs",
          "--learning-rate",
          "--momentum",
          "--init",
          "--lenet",
          "--labels",
          "--cost",
          "--random",
          "--gauge",
          "--lower",
          "--factors",
          "--spread",
          "--transformations",
          "--bounds",
          "--prior",
          "--prior-sigma",
          "--catoni",
          "--confidence",
          "--risk",
          "--resume",
          "--test-data",
          "--layer",
          "--splits",
          "--kernel-width",
          "--matrix",
          "--noise",
          "--constants",
          "--quiet",
          "--no-color",
          "--help",
          "--version",
          "--unknown");

  private CommandLines() {}

  static List<String> of(Random random) {
    List<String> arguments = new ArrayList<>();
    String command = Mutation.one(random, COMMANDS);
    arguments.add(command);
    List<String> more = DATA.get(command);
    if (random.nextInt(8) > 0 && !command.equals("train") && !command.equals("measures")) {
      arguments.add("--model");
      arguments.add("DIR/model.onnx");
    }
    if (random.nextInt(8) > 0 && more != null) {
      arguments.add("--data");
      arguments.add(random.nextInt(8) > 0 ? "DIR/data.npz" : Mutation.one(random, VALUES));
    }
    if (more != null) {
      arguments.addAll(more);
    }
    if (command.equals("train") && random.nextInt(8) > 0) {
      arguments.addAll(
          List.of("--hidden", "5", "--epochs", "2", "--out", "DIR/out.onnx", "--force"));
    }
    int options = random.nextInt(4);
    for (int i = 0; i < options; i++) {
      arguments.add(Mutation.one(random, OPTIONS));
      if (random.nextInt(6) > 0) {
        arguments.add(Mutation.one(random, VALUES));
      }
    }
    return arguments;
  }

  /** The folder with the files that command lines name. */
  static Path prepared(Path folder) throws IOException {
    Path prepared = folder.resolve("files");
    if (!Files.exists(prepared)) {
      Files.createDirectories(prepared);
      Random random = new Random(4);
      OnnxWriter.withDefaults()
          .withReplacing(true)
          .write(Models.networks().get(0), prepared.resolve("model.onnx"));
      byte[] x = DataBytes.npy(new Random(4), false, 12, 4);
      byte[] y = DataBytes.npy(random, true, 12);
      Files.write(prepared.resolve("data.npz"), DataBytes.npz(x, y, false));
      Files.writeString(prepared.resolve("skeleton"), "out,fc1.weight,0\n");
    }
    return prepared;
  }
}
