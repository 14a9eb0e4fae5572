package dev.flatness.bench.peers;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import dev.flatness.internal.report.chart.XyChart;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.network.Activation;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.tensor.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * {@code ./bench growth FOLDER}: how the time of a Hessian product in float32 grows with the
 * samples, the width and the depth of a perceptron and with the width of a block, on one thread and
 * two, on the JDKs 17 and 25; a table and a plot for each.
 */
public final class Growth {
  private static final int ROUNDS = 7;

  /** Long enough for the compiler; the first point of a process has ten times it. */
  private static final long WARM_UP = 400_000_000;

  private Growth() {}

  /** What grows, everything else being that of the perceptron 784-50-50-50-30-10. */
  enum Axis {
    SAMPLES("samples", 250, 500, 1000, 2000, 4000, 8000),
    WIDTH("width of two hidden layers", 25, 50, 100, 200, 400, 800),
    DEPTH("hidden layers of 50 units", 1, 2, 4, 8, 16, 32),
    BLOCK("vectors in a block", 1, 2, 4, 8, 16, 32);

    private final String title;
    private final int[] values;

    Axis(String title, int... values) {
      this.title = title;
      this.values = values;
    }

    void measure(Consumer<String> lines) {
      for (int value : values) {
        for (int threads : new int[] {1, 2}) {
          boolean first = this == SAMPLES && value == values[0];
          double time = time(work(value), this == BLOCK ? value : 1, threads, first ? 10 : 1);
          lines.accept(
              String.format(
                  Locale.ROOT,
                  "%s,%d,%d,%.4f",
                  name().toLowerCase(Locale.ROOT),
                  value,
                  threads,
                  time));
        }
      }
    }

    private Work work(int value) {
      return switch (this) {
        case SAMPLES -> perceptron(List.of(50, 50, 50, 30), value);
        case WIDTH -> perceptron(List.of(value, value), 2000);
        case DEPTH -> perceptron(Collections.nCopies(value, 50), 2000);
        case BLOCK -> Work.mlp();
      };
    }

    private static Work perceptron(List<Integer> hidden, int samples) {
      return Work.perceptron("growth", hidden, Activation.RELU, samples);
    }

    private static double time(Work work, int block, int threads, int warm) {
      NetworkSurface surface = work.surface(Precision.FLOAT32, threads, false);
      double[] theta = work.network().parameterVector();
      double[][] vectors = work.vectors(block);
      double[][] products = new double[block][theta.length];
      SymmetricOperator hessian = surface.hessian(theta);
      Rounds rounds = new Rounds(warm * WARM_UP);
      int ours = rounds.add(() -> hessian.apply(vectors, products));
      rounds.run(ROUNDS);
      return Rounds.median(rounds.times(ours));
    }
  }

  /** Runs the children, unless the folder has their table, and draws. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    Path table = folder.resolve("growth.csv");
    if (Files.exists(table)) {
      System.err.println("# " + table + " is there; drawing it");
    } else {
      Files.write(table, measured());
    }
    List<String> rows = Files.readAllLines(table);
    for (Axis axis : Axis.values()) {
      String id = axis.name().toLowerCase(Locale.ROOT);
      XyChart chart =
          chart(axis, rows.stream().filter(row -> row.contains("," + id + ",")).toList());
      Files.writeString(folder.resolve("growth-" + id + ".svg"), chart.svg());
      Files.writeString(folder.resolve("growth-" + id + "-dark.svg"), chart.darkSvg());
    }
    System.err.println("# growth.csv and " + Axis.values().length + " plots in " + folder);
  }

  private static List<String> measured() throws IOException, InterruptedException {
    List<String> table = new ArrayList<>(List.of("jdk,axis,value,threads,milliseconds"));
    for (int version : new int[] {17, 25}) {
      System.err.println("# JDK " + version);
      String output = ProcessTasks.output(ProcessTasks.jdk(version), List.of(), "growth");
      output.lines().forEach(line -> table.add(version + "," + line));
    }
    return table;
  }

  /** A line for each JDK and number of threads. */
  private static XyChart chart(Axis axis, List<String> rows) {
    Map<String, List<String[]>> lines =
        rows.stream()
            .map(row -> row.split(","))
            .collect(groupingBy(Growth::name, LinkedHashMap::new, toList()));
    return new XyChart(
        "Hessian product, float32",
        "The time of a product over the " + axis.title + ".",
        axis.title,
        "milliseconds",
        lines.entrySet().stream()
            .map(
                line ->
                    XyChart.Series.line(
                        line.getKey(), column(line.getValue(), 2), column(line.getValue(), 4)))
            .toList(),
        true,
        true);
  }

  private static String name(String[] cells) {
    return "JDK " + cells[0] + ", " + (cells[3].equals("1") ? "1 thread" : cells[3] + " threads");
  }

  private static double[] column(List<String[]> rows, int column) {
    return rows.stream().mapToDouble(cells -> Double.parseDouble(cells[column])).toArray();
  }
}
