package dev.flatness.report;

import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Status;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Shows a report in a terminal: what was measured, the numbers of the network, those of the layers,
 * and below them why a number is missing or not good enough.
 *
 * <p>Six significant digits; all of them, and the lists of neurons, are in the JSON.
 */
public final class ReportText {
  private static final String OF_LAYERS = " of layers ";

  private final Report report;
  private final int width;
  private final Palette palette;
  private final StringBuilder text = new StringBuilder();

  private ReportText(Report report, int width, Palette palette) {
    this.report = report;
    this.width = width;
    this.palette = palette;
  }

  /**
   * Renders a report.
   *
   * @param report the report
   * @param width the columns of the terminal; layers that do not fit go into further tables
   * @param palette how to emphasise
   * @return lines, each ended by a line feed
   */
  public static String render(Report report, int width, Palette palette) {
    return new ReportText(report, width, palette).render();
  }

  private String render() {
    head();
    if (!report.measures().isEmpty()) {
      networkTable();
      layerTables();
      remarks();
    }
    for (ReportSpectrum spectrum : report.spectra()) {
      text.append(SpectrumText.render(spectrum, width, palette));
    }
    if (report.paths() != null) {
      text.append(PathsText.render(report.paths(), width, palette));
    }
    return text.toString();
  }

  private void head() {
    ReportModel model = report.model();
    long weighted = model.layers().stream().filter(l -> l.weightShape() != null).count();
    field(
        "model",
        (model.file() == null ? "" : model.file() + ": ")
            + count(model.parameters(), "parameter")
            + " in "
            + count(weighted, "layer")
            + ", "
            + count(model.scaleClasses(), "scale class", "scale classes")
            + ", "
            + (model.piecewiseLinear() ? "piecewise linear" : "not piecewise linear"));
    if (!model.deadUnits().isEmpty()) {
      field("", count(model.deadUnits().size(), "dead unit"));
    }
    for (String note : model.notes()) {
      field("note", note);
    }
    if (report.data() != null) {
      field("data", report.data().file() + ": " + count(report.data().samples(), "sample"));
    }
    if (report.loss() != null) {
      ReportLoss loss = report.loss();
      String line = loss.kind() + " " + Digits.six(loss.value());
      if (!Double.isNaN(loss.accuracy())) {
        line += ", accuracy " + Digits.six(100 * loss.accuracy()) + " %";
      }
      if (!Double.isNaN(loss.gradientNorm())) {
        line += ", gradient norm " + Digits.six(loss.gradientNorm());
      }
      field("loss", line);
    }
  }

  private void networkTable() {
    TextTable table =
        new TextTable(
            List.of("network", "invariant to", "value", "found by"),
            List.of(false, false, true, false));
    boolean any = false;
    for (Estimate estimate : report.measures()) {
      if (estimate.scope() == Scope.NETWORK) {
        table.row(
            List.of(
                estimate.id(),
                invariance(estimate.invariance()),
                cell(estimate),
                estimate.method()));
        any = true;
      }
    }
    if (any) {
      text.append('\n').append(table.render(palette, width));
    }
  }

  private void layerTables() {
    Map<String, Map<String, Estimate>> measures = new LinkedHashMap<>();
    Set<String> layers = new LinkedHashSet<>();
    for (Estimate estimate : report.measures()) {
      if (estimate.scope() == Scope.LAYER) {
        measures
            .computeIfAbsent(estimate.id(), id -> new LinkedHashMap<>())
            .put(estimate.layer(), estimate);
        layers.add(estimate.layer());
      }
    }
    List<String> left = new ArrayList<>(layers);
    while (!left.isEmpty()) {
      int fitting = left.size();
      TextTable table = layerTable(measures, left);
      while (fitting > 1 && table.width() > width) {
        fitting--;
        table = layerTable(measures, left.subList(0, fitting));
      }
      text.append('\n').append(table.render(palette, width));
      left = left.subList(fitting, left.size());
    }
  }

  private static TextTable layerTable(
      Map<String, Map<String, Estimate>> measures, List<String> layers) {
    List<String> header = new ArrayList<>(List.of("layer", "invariant to"));
    List<Boolean> alignRight = new ArrayList<>(List.of(false, false));
    for (String layer : layers) {
      header.add(layer);
      alignRight.add(true);
    }
    TextTable table = new TextTable(header, alignRight);
    measures.forEach(
        (id, byLayer) -> {
          List<String> row = new ArrayList<>();
          row.add(id);
          row.add(invariance(byLayer.values().iterator().next().invariance()));
          for (String layer : layers) {
            row.add(byLayer.containsKey(layer) ? cell(byLayer.get(layer)) : "");
          }
          table.row(row);
        });
    return table;
  }

  private void remarks() {
    // What is said of several numbers is said once: the reason, with all numbers it holds for.
    Map<String, Map<String, List<String>>> said = new LinkedHashMap<>();
    Set<String> faults = new LinkedHashSet<>();
    for (Estimate estimate : report.measures()) {
      Status status = estimate.status();
      boolean usual = status == Status.CONVERGED || status == Status.ESTIMATED;
      boolean speaks =
          estimate.reason() != null || !status.acceptable() || status == Status.NOT_APPLICABLE;
      if (speaks && !usual) {
        String why = estimate.reason() == null ? "" : ": " + estimate.reason();
        String remedy = status.acceptable() ? "" : " (" + status.remedy() + ")";
        String sentence = status.id() + why + remedy;
        List<String> layers =
            said.computeIfAbsent(sentence, key -> new LinkedHashMap<>())
                .computeIfAbsent(
                    estimate.layer() == null ? estimate.id() : estimate.id() + OF_LAYERS,
                    what -> new ArrayList<>());
        if (estimate.layer() != null) {
          layers.add(estimate.layer());
        }
        if (!status.acceptable()) {
          faults.add(sentence);
        }
      }
    }
    List<String> lines = new ArrayList<>();
    said.forEach(
        (sentence, numbers) -> {
          String line = wrapped(subject(numbers) + sentence);
          lines.add(faults.contains(sentence) ? palette.warning(line) : line);
        });
    Set<String> lists = new LinkedHashSet<>();
    for (Estimate estimate : report.measures()) {
      if (estimate.scope() == Scope.NEURON) {
        lists.add(estimate.id());
      }
    }
    if (!lists.isEmpty()) {
      lines.add(
          wrapped(
              String.join(", ", lists) + ": one number per neuron, in the JSON and CSV reports"));
    }
    for (Estimate estimate : report.measures()) {
      if (estimate.scope() == Scope.NETWORK && estimate.values().length > 1) {
        lines.add(estimate.id() + ": the list is in the JSON and CSV reports");
      }
    }
    if (!lines.isEmpty()) {
      text.append('\n');
      lines.forEach(line -> text.append(line).append('\n'));
    }
  }

  /** For instance "kappa of layers fc1, fc2; hessian-trace are ". */
  private static String subject(Map<String, List<String>> numbers) {
    List<String> subjects = new ArrayList<>();
    numbers.forEach(
        (what, layers) -> {
          String known = layers.size() == 1 ? what.replace(OF_LAYERS, " of layer ") : what;
          subjects.add(known + String.join(", ", layers));
        });
    boolean one = numbers.values().stream().mapToInt(l -> Math.max(1, l.size())).sum() == 1;
    return String.join("; ", subjects) + (one ? " is " : " are ");
  }

  private String wrapped(String line) {
    return TextWrap.paragraph(line, width, 2);
  }

  private static String cell(Estimate estimate) {
    switch (estimate.status()) {
      case NOT_APPLICABLE:
        return "–";
      case INFINITE:
      case OUTSIDE_CHART:
        return "∞";
      case OVERFLOW:
        return "overflow";
      default:
        double[] values = estimate.values();
        if (values.length != 1) {
          return count(values.length, "value");
        }
        if (Double.isNaN(values[0]) && estimate.details().get("logValue") instanceof Double log) {
          return "exp(" + Digits.six(log) + ")";
        }
        String number = Digits.six(values[0]);
        if (estimate.status() == Status.LOWER_BOUND) {
          number = "≥ " + number;
        }
        if (estimate.standardError().isPresent()) {
          number +=
              String.format(
                  java.util.Locale.ROOT, " ± %.1g", estimate.standardError().getAsDouble());
        }
        return estimate.status().acceptable() ? number : number + " !";
    }
  }

  private static String invariance(Invariance invariance) {
    return invariance.scaling() == Invariance.Scaling.NONE ? "–" : invariance.scaling().id();
  }

  private void field(String name, String value) {
    String padded = name + " ".repeat(Math.max(0, 6 - name.length()));
    String wrapped = TextWrap.paragraph(padded + value, width, padded.length());
    text.append(palette.strong(padded)).append(wrapped.substring(padded.length())).append('\n');
  }

  private static String count(long number, String one) {
    return count(number, one, one + "s");
  }

  private static String count(long number, String one, String many) {
    return String.format(java.util.Locale.ROOT, "%,d %s", number, number == 1 ? one : many);
  }
}
