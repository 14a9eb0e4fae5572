package dev.flatness.bench.peers;

import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.onnx.OnnxWriter;
import dev.flatness.random.Seed;
import dev.flatness.tensor.Shape;
import dev.flatness.training.Architectures;
import dev.flatness.training.Initialization;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What takes processes of its own: JDKs, memory, start-up. */
final class ProcessTasks {
  private final Session session;
  private final Path home;

  ProcessTasks(Session session, Path home) {
    this.session = session;
    this.home = home;
  }

  /** A product's time on JDK 25 over that on 17. */
  void jdks(Consumer<Line> lines) throws IOException, InterruptedException {
    Path seventeen = jdk(17);
    Path twentyFive = jdk(25);
    for (String work : List.of("mlp", "lenet")) {
      int rounds = Math.min(3, session.rounds());
      double[] ours = new double[rounds];
      double[] peer = new double[rounds];
      String[] task = {"product", work, Integer.toString(session.threads()), "5"};
      for (int round = 0; round < rounds; round++) {
        ours[round] = child(seventeen, List.of(), task);
        peer[round] = child(twentyFive, List.of(), task);
      }
      lines.accept(
          session
              .line("jdk17-vs-25" + (work.equals("mlp") ? "" : "-" + work))
              .with("jdk", 17)
              .with("peer", "ours on JDK 25")
              .with("on", "product-" + work)
              .times(ours, peer));
    }
  }

  /** Peak memory with ten times the samples: ours is that of the larger. */
  void memory(Consumer<Line> lines) throws IOException, InterruptedException {
    Path java = Path.of(System.getProperty("java.home"));
    List<String> heap = List.of("-Xmx192m", "-Xms192m", "-XX:+AlwaysPreTouch");
    double one = child(java, heap, "memory", "4000");
    double ten = child(java, heap, "memory", "40000");
    lines.accept(
        session
            .line("memory-10x")
            .with("peer", "ours with a tenth of the samples")
            .with("on", "products and closed forms of 40,000 samples, inputs streamed")
            .numbers("mb", ten, one));
  }

  /** {@code flatness --help}; the peer is the target. */
  void help(Consumer<Line> lines) throws IOException, InterruptedException {
    startup("startup-help", 600, lines, "--help");
  }

  /** {@code flatness info} on a model of 1 MB; the peer is the target. */
  void info(Consumer<Line> lines) throws IOException, InterruptedException {
    Network network =
        Initialization.KAIMING.draw(
            Architectures.perceptron(Shape.of(784), List.of(256, 200), 10, Activation.RELU),
            Seed.of(1));
    Path model = Files.createTempFile("flatness-bench", ".onnx");
    try {
      OnnxWriter.withDefaults().withReplacing(true).write(network, model);
      startup("startup-info", 1500, lines, "info", "--model", model.toString());
    } finally {
      Files.delete(model);
    }
  }

  private void startup(String task, double target, Consumer<Line> lines, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(home.resolve("flatness").toString()));
    command.addAll(Arrays.asList(arguments));
    run(command);
    double[] ours = new double[session.rounds()];
    double[] peer = new double[ours.length];
    Arrays.fill(peer, target);
    for (int round = 0; round < ours.length; round++) {
      long start = System.nanoTime();
      run(command);
      ours[round] = (System.nanoTime() - start) / 1e6;
    }
    lines.accept(session.line(task).with("peer", "the target").times(ours, peer));
  }

  /** Finds a JDK by the variable JAVA17_HOME or beside the running one. */
  static Path jdk(int version) throws IOException {
    String variable = "JAVA" + version + "_HOME";
    if (System.getenv(variable) != null) {
      return Path.of(System.getenv(variable));
    }
    Path beside = Path.of(System.getProperty("java.home")).toRealPath().getParent();
    try (Stream<Path> homes = Files.list(beside)) {
      Optional<Path> found =
          homes.filter(path -> release(path).contains("JAVA_VERSION=\"" + version + ".")).findAny();
      return found.orElseThrow(
          () ->
              new IllegalStateException(
                  "no JDK " + version + " in " + beside + "; set " + variable));
    }
  }

  private static String release(Path home) {
    try {
      return Files.readString(home.resolve("release"));
    } catch (IOException e) {
      return "";
    }
  }

  private static double child(Path jdk, List<String> options, String... arguments)
      throws IOException, InterruptedException {
    return Double.parseDouble(output(jdk, options, arguments).strip());
  }

  /** What a child of its own prints. */
  static String output(Path jdk, List<String> options, String... arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                jdk.resolve("bin").resolve("java").toString(),
                "--add-modules=jdk.incubator.vector",
                "-XX:+UseParallelGC"));
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Child.class.getName()));
    command.addAll(Arrays.asList(arguments));
    return run(command);
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(command + " ended with " + process.exitValue());
    }
    return output;
  }
}
