package dev.flatness.report;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.flatness.internal.report.Digits;
import dev.flatness.internal.report.TextTable;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Status;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * The estimates of a report: tables of the network and of its layers, and below them why a number
 * is missing or not good enough.
 *
 * <p>CSV: a line a number with the header {@code
 * id,scope,layer,index,value,standard_error,status,scaling,permutation}; the index counts the
 * entries of a list from 0.
 */
record MeasureSection(List<Estimate> estimates) implements Section {
  private static final String OF_LAYERS = " of layers ";

  /** Half a unit of the last digit shown, relative to the smallest number of six digits. */
  private static final double LAST_DIGIT = 5e-7;

  private static final Set<String> RESERVED =
      Set.of(
          "id",
          "scope",
          "layer",
          "value",
          "values",
          "method",
          "standardError",
          "interval",
          "residual",
          "products",
          "status",
          "reason",
          "invariance",
          "seconds");
  private static final Set<Status> WITHOUT_VALUE =
      EnumSet.of(Status.INFINITE, Status.OVERFLOW, Status.OUTSIDE_CHART, Status.NOT_APPLICABLE);

  MeasureSection {
    estimates = List.copyOf(estimates);
  }

  @Override
  public boolean acceptable() {
    return estimates.stream().allMatch(estimate -> estimate.status().acceptable());
  }

  @Override
  public void text(TextPage page) {
    networkTable(page);
    layerTables(page);
    remarks(page);
  }

  private void networkTable(TextPage page) {
    TextTable table =
        new TextTable(
            List.of("network", "invariant to", "value", "found by"),
            List.of(false, false, true, false));
    boolean any = false;
    for (Estimate estimate : estimates) {
      if (estimate.scope() == Scope.NETWORK) {
        table.row(
            List.of(
                estimate.id(),
                invariance(estimate.invariance()),
                cell(estimate) + (visible(estimate) ? TextPage.interval(estimate.interval()) : ""),
                estimate.method()));
        any = true;
      }
    }
    if (any) {
      page.table(table);
    }
  }

  private void layerTables(TextPage page) {
    Map<String, Map<String, Estimate>> measures = new LinkedHashMap<>();
    Set<String> layers = new LinkedHashSet<>();
    for (Estimate estimate : estimates) {
      if (estimate.scope() == Scope.LAYER) {
        String layer = estimate.layer().orElseThrow();
        measures.computeIfAbsent(estimate.id(), id -> new LinkedHashMap<>()).put(layer, estimate);
        layers.add(layer);
      }
    }
    List<String> left = new ArrayList<>(layers);
    while (!left.isEmpty()) {
      int fitting = left.size();
      TextTable table = layerTable(measures, left);
      while (fitting > 1 && table.width() > page.width()) {
        fitting--;
        table = layerTable(measures, left.subList(0, fitting));
      }
      page.table(table);
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

  /** What is said of several numbers at once: each text with those it is about. */
  private void remarks(TextPage page) {
    Map<String, Map<String, List<String>>> about = new LinkedHashMap<>();
    Set<String> warnings = new LinkedHashSet<>();
    for (Estimate estimate : estimates) {
      Status status = estimate.status();
      boolean usual = status == Status.CONVERGED || status == Status.ESTIMATED;
      boolean speaks = estimate.reason().isPresent() || !status.acceptable();
      if (speaks && !usual) {
        String remark = status.id() + estimate.reason().map(why -> ": " + why).orElse("");
        List<String> layers =
            about
                .computeIfAbsent(remark, text -> new LinkedHashMap<>())
                .computeIfAbsent(
                    estimate.id() + estimate.layer().map(l -> OF_LAYERS).orElse(""),
                    what -> new ArrayList<>());
        estimate.layer().ifPresent(layers::add);
        if (!status.acceptable()) {
          warnings.add(remark);
        }
      }
    }
    Set<String> lists = new LinkedHashSet<>();
    Set<String> longer = new LinkedHashSet<>();
    for (Estimate estimate : estimates) {
      if (estimate.isList()) {
        (estimate.scope() == Scope.NEURON ? lists : longer).add(estimate.id());
      }
    }
    Set<String> notes = new LinkedHashSet<>();
    for (Estimate estimate : estimates) {
      if (estimate.details().get("skeletonNote") instanceof String note) {
        notes.add(note);
      }
    }
    if (about.isEmpty() && lists.isEmpty() && longer.isEmpty() && notes.isEmpty()) {
      return;
    }
    page.blank();
    notes.forEach(note -> page.paragraph("psi: " + note));
    about.forEach(
        (remark, numbers) -> {
          String line = subject(numbers) + remark;
          if (warnings.contains(remark)) {
            page.warning(line);
          } else {
            page.paragraph(line);
          }
        });
    if (!warnings.isEmpty()) {
      page.warning(Remedy.LINE);
    }
    if (!lists.isEmpty()) {
      page.paragraph(
          String.join(", ", lists) + ": one number per neuron, in the JSON and CSV reports");
    }
    longer.forEach(id -> page.paragraph(id + ": the list is in the JSON and CSV reports"));
  }

  /** For instance "kappa of layers fc1, fc2; hessian-trace are ". */
  private static String subject(Map<String, List<String>> numbers) {
    List<String> subjects = new ArrayList<>();
    numbers.forEach(
        (what, layers) -> {
          String known = layers.size() == 1 ? what.replace(OF_LAYERS, " of layer ") : what;
          subjects.add(known + String.join(", ", layers));
        });
    int count = numbers.values().stream().mapToInt(layers -> Math.max(1, layers.size())).sum();
    return String.join("; ", subjects) + (count == 1 ? " is " : " are ");
  }

  static String cell(Estimate estimate) {
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
          return TextPage.count(values.length, "value");
        }
        if (Double.isNaN(values[0]) && estimate.details().get("logValue") instanceof Double log) {
          return "exp(" + Digits.six(log) + ")";
        }
        String number = Digits.six(values[0]);
        if (estimate.status() == Status.LOWER_BOUND) {
          number = "≥ " + number;
        }
        if (visible(estimate)) {
          number += String.format(Locale.ROOT, " ± %.1g", estimate.standardError().getAsDouble());
        }
        return estimate.status().acceptable() ? number : number + " !";
    }
  }

  /** Whether the error changes a digit that is shown. */
  private static boolean visible(Estimate estimate) {
    double error = estimate.standardError().orElse(0);
    return !estimate.isList() && error > LAST_DIGIT * Math.abs(estimate.value());
  }

  static String invariance(Invariance invariance) {
    return invariance.scaling() == Invariance.Scaling.NONE ? "–" : invariance.scaling().id();
  }

  @Override
  public void json(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("measures");
    for (Estimate estimate : estimates) {
      json(json, estimate);
    }
    json.writeEndArray();
  }

  private static void json(JsonGenerator json, Estimate estimate) throws IOException {
    json.writeStartObject();
    json.writeStringField("id", estimate.id());
    json.writeStringField("scope", estimate.scope().id());
    if (estimate.layer().isPresent()) {
      json.writeStringField("layer", estimate.layer().get());
    }
    values(json, estimate);
    JsonValues.outcome(json, estimate.outcome());
    json.writeObjectFieldStart("invariance");
    json.writeStringField("scaling", estimate.invariance().scaling().id());
    json.writeBooleanField("permutation", estimate.invariance().permutation());
    json.writeEndObject();
    for (Map.Entry<String, Object> detail : estimate.details().entrySet()) {
      if (RESERVED.contains(detail.getKey())) {
        throw new IllegalArgumentException(
            "detail "
                + detail.getKey()
                + " of estimate "
                + estimate.id()
                + " has the name of a field of the report; give it another");
      }
      JsonValues.field(json, detail.getKey(), detail.getValue());
    }
    if (estimate.seconds().isPresent()) {
      JsonValues.field(json, "seconds", estimate.seconds().getAsDouble());
    }
    json.writeEndObject();
  }

  private static void values(JsonGenerator json, Estimate estimate) throws IOException {
    double[] values = estimate.values();
    boolean none = WITHOUT_VALUE.contains(estimate.status());
    if (estimate.isList() && values.length > 0 && !none) {
      json.writeFieldName("values");
      JsonValues.numbers(json, values);
    } else {
      JsonValues.field(json, "value", estimate.isList() || none ? null : (Double) values[0]);
    }
  }

  @Override
  public boolean hasTable() {
    return !estimates.isEmpty();
  }

  @Override
  public void csv(Writer writer) throws IOException {
    writer.write("id,scope,layer,index,value,standard_error,status,scaling,permutation\n");
    for (Estimate estimate : estimates) {
      double[] values = estimate.values();
      if (values.length == 0) {
        line(writer, estimate, "", Double.NaN);
      }
      for (int i = 0; i < values.length; i++) {
        line(writer, estimate, estimate.isList() ? Integer.toString(i) : "", values[i]);
      }
    }
  }

  private static void line(Writer writer, Estimate estimate, String index, double value)
      throws IOException {
    writer.write(
        String.join(
                ",",
                JsonValues.quoted(estimate.id()),
                estimate.scope().id(),
                estimate.layer().map(JsonValues::quoted).orElse(""),
                index,
                number(OptionalDouble.of(value)),
                number(estimate.standardError()),
                estimate.status().id(),
                estimate.invariance().scaling().id(),
                Boolean.toString(estimate.invariance().permutation()))
            + "\n");
  }

  private static String number(OptionalDouble value) {
    return value.isPresent() && Double.isFinite(value.getAsDouble())
        ? JsonValues.text(value.getAsDouble())
        : "";
  }
}
