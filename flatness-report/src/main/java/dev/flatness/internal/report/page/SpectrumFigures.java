package dev.flatness.internal.report.page;

import dev.flatness.internal.report.chart.Chart;
import dev.flatness.internal.report.chart.Numbers;
import dev.flatness.internal.report.chart.XyChart;
import dev.flatness.internal.report.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The charts of spectra: eigenvalues at the ends, and the density with its band. */
final class SpectrumFigures {
  private static final int POINTS = 400;

  /** The kernel's standard deviation over the range of the nodes. */
  private static final double WIDTH = 0.01;

  /** Densities below the largest by more than this are not drawn. */
  private static final double RANGE = 1e-7;

  private SpectrumFigures() {}

  static void add(Json spectra, Map<String, Chart> charts) {
    int count = spectra.items().size();
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String layer = spectra.at(i).get("layer").text();
      texts.add(layer.isEmpty() || texts.contains(layer) ? layer + "#" + (i + 1) : layer);
    }
    Map<String, String> names = Names.files(texts);
    for (int i = 0; i < count; i++) {
      Json spectrum = spectra.at(i);
      String layer = spectrum.get("layer").text();
      String suffix = layer.isEmpty() && count == 1 ? "" : "-" + names.get(texts.get(i));
      String of =
          Names.matrix(spectrum.get("operator").text())
              + (layer.isEmpty() ? "" : " of layer " + layer);
      eigenvalues(spectrum.get("eigenvalues"), of, "spectrum-eigenvalues" + suffix, charts);
      batches(spectrum.get("batches").items(), of, "spectrum-batches" + suffix, charts);
      density(spectrum.get("density"), of, "spectrum-density" + suffix, charts);
    }
  }

  private static void eigenvalues(Json pairs, String of, String name, Map<String, Chart> charts) {
    List<XyChart.Series> series = new ArrayList<>();
    for (String end : List.of("largest", "smallest")) {
      List<Json> found = pairs.get(end).items();
      double[] rank = new double[found.size()];
      double[] value = new double[found.size()];
      for (int i = 0; i < rank.length; i++) {
        rank[i] = i + 1;
        value[i] = found.get(i).get("value").number();
      }
      if (rank.length > 0) {
        series.add(XyChart.Series.dots(end, rank, value));
      }
    }
    if (!series.isEmpty()) {
      charts.put(
          name,
          new XyChart(
              "eigenvalues of the " + of,
              "A point for each eigenvalue, from the end of the spectrum inwards; the "
                  + series.get(0).name()
                  + " is "
                  + Numbers.six(series.get(0).y()[0])
                  + ".",
              "rank",
              "eigenvalue",
              series,
              false,
              false));
    }
  }

  /** The largest eigenvalues of mini-batches, from the smallest batch to the largest. */
  private static void batches(
      List<Json> batches, String of, String name, Map<String, Chart> charts) {
    if (batches.size() < 2) {
      return;
    }
    List<XyChart.Series> series = new ArrayList<>();
    int most = Math.min(4, batches.get(0).get("largest").items().size());
    for (int rank = 0; rank < most; rank++) {
      int at = rank;
      double[] sorted =
          batches.stream()
              .mapToDouble(batch -> batch.get("largest").at(at).get("value").number())
              .sorted()
              .toArray();
      double[] share = new double[sorted.length];
      for (int i = 0; i < share.length; i++) {
        share[i] = (i + 1.0) / share.length;
      }
      series.add(XyChart.Series.line("eigenvalue " + (rank + 1), sorted, share));
    }
    charts.put(
        name,
        new XyChart(
            "largest eigenvalues of mini-batches, " + of,
            "For each of the "
                + most
                + " largest eigenvalues the share of "
                + batches.size()
                + " mini-batches in which it is at most as large.",
            "eigenvalue",
            "share of mini-batches",
            series,
            false,
            false));
  }

  /** The mean over the probes of Gaussian kernels at the nodes. */
  private static void density(Json density, String of, String name, Map<String, Chart> charts) {
    List<Json> probes = density.get("quadratures").items();
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (Json probe : probes) {
      for (double node : probe.get("nodes").numbers()) {
        low = Math.min(low, node);
        high = Math.max(high, node);
      }
    }
    if (!(low < high)) {
      return;
    }
    double kernel = WIDTH * (high - low);
    low -= 3 * kernel;
    high += 3 * kernel;
    double[] x = new double[POINTS];
    double[] mean = new double[POINTS];
    double[] from = new double[POINTS];
    double[] to = new double[POINTS];
    for (int i = 0; i < POINTS; i++) {
      x[i] = low + (high - low) * i / (POINTS - 1);
      double sum = 0;
      double squares = 0;
      for (Json probe : probes) {
        double one = at(x[i], probe.get("nodes").numbers(), probe.get("weights").numbers(), kernel);
        sum += one;
        squares += one * one;
      }
      int n = probes.size();
      mean[i] = sum / n;
      double variance = n < 2 ? 0 : Math.max(0, (squares - sum * sum / n) / (n - 1));
      from[i] = mean[i] - 1.96 * Math.sqrt(variance / n);
      to[i] = mean[i] + 1.96 * Math.sqrt(variance / n);
    }
    cut(mean, from, to);
    charts.put(
        name,
        new XyChart(
            "spectral density of the " + of,
            "The share of eigenvalues near each value on a logarithmic axis, as a mean over "
                + probes.size()
                + " probes with its 95 % band.",
            "eigenvalue",
            "density (logarithmic)",
            List.of(XyChart.Series.banded("density", x, mean, from, to, false)),
            false,
            true));
  }

  private static double at(double x, double[] nodes, double[] weights, double kernel) {
    double sum = 0;
    for (int j = 0; j < nodes.length; j++) {
      double z = (x - nodes[j]) / kernel;
      sum += weights[j] * StrictMath.exp(-z * z / 2);
    }
    return sum / (kernel * Math.sqrt(2 * Math.PI));
  }

  /** Raises what lies far below the largest density to the lower end of the axis. */
  private static void cut(double[] mean, double[] from, double[] to) {
    double largest = 0;
    for (double value : mean) {
      largest = Math.max(largest, value);
    }
    double least = RANGE * largest;
    for (int i = 0; i < mean.length; i++) {
      mean[i] = mean[i] < least ? Double.NaN : mean[i];
      from[i] = Math.max(least, from[i]);
      to[i] = Math.max(least, to[i]);
    }
  }
}
