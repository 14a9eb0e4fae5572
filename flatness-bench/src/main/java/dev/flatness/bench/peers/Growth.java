package dev.flatness.bench.peers;

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
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;

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

  private record Series(String axis, String name) {}

  private record Points(List<Double> x, List<Double> y) {}

  /** Runs the children and draws. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    Map<Series, Points> found = new LinkedHashMap<>();
    List<String> table = new ArrayList<>(List.of("jdk,axis,value,threads,milliseconds"));
    for (int version : new int[] {17, 25}) {
      System.err.println("# JDK " + version);
      String output = ProcessTasks.output(ProcessTasks.jdk(version), List.of(), "growth");
      for (String line : output.lines().toList()) {
        table.add(version + "," + line);
        String[] cells = line.split(",");
        String name =
            "JDK " + version + ", " + (cells[2].equals("1") ? "1 thread" : cells[2] + " threads");
        Points points =
            found.computeIfAbsent(
                new Series(cells[0], name),
                key -> new Points(new ArrayList<>(), new ArrayList<>()));
        points.x.add(Double.valueOf(cells[1]));
        points.y.add(Double.valueOf(cells[3]));
      }
    }
    Files.write(folder.resolve("growth.csv"), table);
    for (Axis axis : Axis.values()) {
      draw(axis, found, folder);
    }
    System.err.println("# growth.csv and " + Axis.values().length + " plots in " + folder);
  }

  private static void draw(Axis axis, Map<Series, Points> found, Path folder) throws IOException {
    String id = axis.name().toLowerCase(Locale.ROOT);
    XYChart chart =
        new XYChartBuilder()
            .width(560)
            .height(400)
            .title("Hessian product, float32")
            .xAxisTitle(axis.title)
            .yAxisTitle("milliseconds")
            .build();
    chart
        .getStyler()
        .setXAxisLogarithmic(true)
        .setYAxisLogarithmic(true)
        .setLegendPosition(LegendPosition.InsideNW);
    found.forEach(
        (series, points) -> {
          if (series.axis.equals(id)) {
            chart.addSeries(series.name, points.x, points.y);
          }
        });
    BitmapEncoder.saveBitmap(
        chart, folder.resolve("growth-" + id).toString(), BitmapEncoder.BitmapFormat.PNG);
  }
}
