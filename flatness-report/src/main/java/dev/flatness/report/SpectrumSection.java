package dev.flatness.report;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.flatness.SpectrumReport;
import dev.flatness.internal.report.Digits;
import dev.flatness.internal.report.TextTable;
import dev.flatness.measure.Outcome;
import dev.flatness.spectral.Eigenpairs;
import dev.flatness.spectral.RitzPair;
import dev.flatness.spectral.SpectralDensity;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * The spectra of a report: tables of eigenvalues and a sketch of the density.
 *
 * <p>CSV: the header {@code kind,operator,layer,index,value,residual,weight}, a line an eigenvalue
 * (kind {@code largest} or {@code smallest}, or {@code batch-} and the first sample of a
 * mini-batch, counted from 1) and a line a node of the density (kind {@code node}, the index that
 * of its probe, counted from 0).
 */
record SpectrumSection(SpectrumReport found) implements Section {
  /** What residuals and standard errors do not hold of a matrix of drawn labels. */
  static final String DRAWN =
      "true-fisher is the matrix of one draw of labels, and the numbers are those of this matrix:"
          + " another seed draws another. Its expectation is the Gauss–Newton matrix, which"
          + " --operator gauss-newton takes without drawing";

  /** Powers of ten below the largest magnitude that are told apart. */
  private static final int DECADES = 7;

  @Override
  public boolean acceptable() {
    return found.acceptable();
  }

  @Override
  public void text(TextPage page) {
    for (SpectrumReport.Spectrum spectrum : found.spectra()) {
      page.blank();
      page.heading(title(spectrum));
      spectrum.eigenpairs().ifPresent(pairs -> pairs(page, pairs));
      spectrum.density().ifPresent(density -> density(page, density, spectrum.exactTrace()));
      spectrum.unfinished().ifPresent(page::warning);
    }
    if (!found.batches().isEmpty()) {
      batches(page);
    }
    if (drawn()) {
      page.paragraph(DRAWN);
    }
    if (!acceptable()) {
      page.warning(Remedy.LINE);
    }
  }

  /** Mean, deviation and ends of each of the largest eigenvalues over the mini-batches. */
  private void batches(TextPage page) {
    int most = found.batches().stream().mapToInt(b -> b.pairs().largest().size()).min().orElse(0);
    page.blank();
    page.heading(
        "largest eigenvalues of "
            + TextPage.count(found.batches().size(), "mini-batch", "mini-batches")
            + " of "
            + TextPage.count(found.batches().get(0).samples(), "sample"));
    TextTable table =
        new TextTable(
            List.of("rank", "mean", "standard deviation", "least", "largest"),
            List.of(true, true, true, true, true));
    for (int i = 0; i < most; i++) {
      int rank = i;
      double[] values =
          found.batches().stream()
              .mapToDouble(batch -> batch.pairs().largest().get(rank).value())
              .toArray();
      double mean = Arrays.stream(values).average().orElse(Double.NaN);
      double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
      table.row(
          List.of(
              Integer.toString(i + 1),
              Digits.six(mean),
              Digits.six(values.length < 2 ? Double.NaN : Math.sqrt(squares / (values.length - 1))),
              Digits.six(Arrays.stream(values).min().orElse(Double.NaN)),
              Digits.six(Arrays.stream(values).max().orElse(Double.NaN))));
    }
    page.table(table);
    found.batches().stream()
        .filter(batch -> !batch.pairs().status().acceptable())
        .findFirst()
        .ifPresent(
            batch ->
                page.warning(
                    "the mini-batch from sample "
                        + batch.first()
                        + " is "
                        + batch.pairs().status().id()
                        + ": "
                        + batch.pairs().reason()));
  }

  private boolean drawn() {
    return found.curvature().draws() > 0;
  }

  private String title(SpectrumReport.Spectrum spectrum) {
    return found.curvature().id()
        + spectrum.layer().map(layer -> " of layer " + layer).orElse("")
        + (found.parameters().isEmpty() ? "" : " of " + String.join(", ", found.parameters()))
        + (found.coordinates().equals("weights") ? "" : " in " + found.coordinates())
        + String.format(Locale.ROOT, ", %,d rows", spectrum.dimension());
  }

  private static void pairs(TextPage page, Eigenpairs pairs) {
    eigenvalues(page, "largest", pairs.largest());
    eigenvalues(page, "smallest", pairs.smallest());
    String line = pairs.status().id() + " in " + pairs.products() + " products: " + pairs.reason();
    if (pairs.status().acceptable()) {
      page.paragraph(line);
    } else {
      page.warning(line);
    }
  }

  private static void eigenvalues(TextPage page, String end, List<RitzPair> pairs) {
    if (pairs.isEmpty()) {
      return;
    }
    TextTable table =
        new TextTable(List.of(end, "eigenvalue", "residual"), List.of(true, true, true));
    for (int i = 0; i < pairs.size(); i++) {
      table.row(
          List.of(
              Integer.toString(i + 1),
              Digits.six(pairs.get(i).value()),
              String.format(Locale.ROOT, "%.1e", residual(pairs.get(i)))));
    }
    page.table(table);
  }

  private static double residual(RitzPair pair) {
    return pair.outcome().residual().orElse(Double.NaN);
  }

  private static void density(TextPage page, SpectralDensity density, OptionalDouble exactTrace) {
    int probes = density.quadratures().size();
    page.blank();
    page.heading(
        "density: share of eigenvalues, bars on a logarithmic scale ("
            + probes
            + (probes == 1 ? " probe, " : " probes, ")
            + density.products()
            + " products)");
    double[] edges = edges(density);
    List<Outcome> shares = density.histogram(edges);
    int first = 0;
    int last = shares.size() - 1;
    while (first < last && shares.get(first).value() == 0) {
      first++;
    }
    while (last > first && shares.get(last).value() == 0) {
      last--;
    }
    for (int i = last; i >= first; i--) {
      double share = shares.get(i).value();
      page.line(
          String.format(
              Locale.ROOT,
              "%8s … %-7s %10s  %s",
              edge(edges[i]),
              edge(edges[i + 1]),
              percent(share),
              bar(share, page.width(), density.dimension())));
    }
    String estimate = uncertain(density.trace());
    page.paragraph(
        "trace "
            + (exactTrace.isPresent()
                ? Digits.six(exactTrace.getAsDouble()) + " exactly (by the probes " + estimate + ")"
                : estimate)
            + ", Frobenius norm "
            + uncertain(density.frobeniusNorm()));
    SpectralDensity.Bounds negative = density.negativeMass();
    page.paragraph(
        "negative eigenvalues: "
            + share(negative.lower())
            + " at least, "
            + share(negative.upper())
            + " at most");
    if (!density.status().acceptable()) {
      page.warning("density is " + density.status().id() + ": " + density.reason());
    }
  }

  /**
   * Powers of ten from the largest magnitude down, on both sides of 0, as far as the density tells
   * them apart there.
   */
  private static double[] edges(SpectralDensity density) {
    double largest = Math.max(Math.abs(density.smallestNode()), Math.abs(density.largestNode()));
    List<Double> edges = new ArrayList<>();
    if (largest > 0) {
      int top = (int) Math.floor(Math.log10(largest)) + 1;
      for (int k = top;
          k >= top - DECADES && (k == top || Math.pow(10, k) >= density.resolutionAtZero());
          k--) {
        edges.add(Math.pow(10, k));
        edges.add(-Math.pow(10, k));
      }
    } else {
      edges.addAll(List.of(-1.0, 1.0));
    }
    return edges.stream().mapToDouble(Double::doubleValue).sorted().toArray();
  }

  /** One eigenvalue has no bar, all of them the longest. */
  private static String bar(double share, int width, int dimension) {
    int room = Math.max(10, width - 34);
    double full = Math.log(Math.max(2, dimension));
    double length = share <= 0 ? 0 : 1 + Math.log(share) / full;
    return "#".repeat((int) Math.round(room * Math.max(0, length)));
  }

  private static String edge(double value) {
    return value == 0 || Double.isInfinite(value)
        ? Digits.six(value)
        : String.format(Locale.ROOT, "%.0e", value);
  }

  private static String percent(double share) {
    double hundred = 100 * share;
    if (hundred == 0) {
      return "0 %";
    }
    return hundred >= 0.01
        ? String.format(Locale.ROOT, "%.2f %%", hundred)
        : String.format(Locale.ROOT, "%.0e %%", hundred);
  }

  private static String share(Outcome share) {
    return percent(share.value())
        + (share.standardError().isPresent()
            ? " ± " + percent(share.standardError().getAsDouble())
            : "");
  }

  private static String uncertain(Outcome number) {
    return Digits.six(number.value())
        + (number.standardError().isPresent()
            ? String.format(Locale.ROOT, " ± %.1g", number.standardError().getAsDouble())
            : "")
        + TextPage.interval(number.interval());
  }

  @Override
  public void json(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("spectra");
    for (SpectrumReport.Spectrum spectrum : found.spectra()) {
      json.writeStartObject();
      json.writeStringField("operator", found.curvature().id());
      json.writeStringField("coordinates", found.coordinates());
      boolean some = !found.parameters().isEmpty();
      json.writeStringField(
          "scope", some ? "parameters" : spectrum.layer().isPresent() ? "layer" : "network");
      if (some) {
        JsonValues.field(json, "parameters", found.parameters());
      }
      if (spectrum.layer().isPresent()) {
        json.writeStringField("layer", spectrum.layer().get());
      }
      json.writeNumberField("dimension", spectrum.dimension());
      if (drawn()) {
        json.writeStringField("note", DRAWN);
      }
      if (spectrum.eigenpairs().isPresent()) {
        pairs(json, spectrum.eigenpairs().get());
      }
      if (spectrum.density().isPresent()) {
        density(json, spectrum.density().get(), spectrum.exactTrace());
      }
      if (spectrum.unfinished().isPresent()) {
        json.writeStringField("unfinished", spectrum.unfinished().get());
      }
      if (!found.batches().isEmpty()) {
        batches(json);
      }
      JsonValues.field(json, "seconds", spectrum.seconds());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void batches(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("batches");
    for (SpectrumReport.Batch batch : found.batches()) {
      json.writeStartObject();
      json.writeNumberField("first", batch.first());
      json.writeNumberField("samples", batch.samples());
      eigenvalues(json, "largest", batch.pairs().largest());
      json.writeStringField("status", batch.pairs().status().id());
      json.writeStringField("reason", batch.pairs().reason());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void pairs(JsonGenerator json, Eigenpairs pairs) throws IOException {
    json.writeObjectFieldStart("eigenvalues");
    eigenvalues(json, "largest", pairs.largest());
    eigenvalues(json, "smallest", pairs.smallest());
    json.writeNumberField("products", pairs.products());
    json.writeNumberField("restarts", pairs.restarts());
    json.writeBooleanField("checked", pairs.checked());
    json.writeStringField("status", pairs.status().id());
    json.writeStringField("reason", pairs.reason());
    json.writeEndObject();
  }

  private static void eigenvalues(JsonGenerator json, String end, List<RitzPair> pairs)
      throws IOException {
    json.writeArrayFieldStart(end);
    for (RitzPair pair : pairs) {
      json.writeStartObject();
      JsonValues.field(json, "value", pair.value());
      JsonValues.field(json, "residual", residual(pair));
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void density(JsonGenerator json, SpectralDensity density, OptionalDouble exactTrace)
      throws IOException {
    json.writeObjectFieldStart("density");
    json.writeStringField("method", SpectralDensity.METHOD);
    json.writeNumberField("probes", density.quadratures().size());
    json.writeNumberField("steps", found.density().steps());
    json.writeNumberField("products", density.products());
    json.writeStringField("status", density.status().id());
    json.writeStringField("reason", density.reason());
    uncertain(json, "trace", density.trace());
    if (exactTrace.isPresent()) {
      JsonValues.field(json, "exactTrace", exactTrace.getAsDouble());
    }
    uncertain(json, "frobeniusNorm", density.frobeniusNorm());
    uncertain(json, "negativeAtLeast", density.negativeMass().lower());
    uncertain(json, "negativeAtMost", density.negativeMass().upper());
    json.writeArrayFieldStart("quadratures");
    for (SpectralDensity.Quadrature quadrature : density.quadratures()) {
      json.writeStartObject();
      JsonValues.field(json, "nodes", quadrature.nodes());
      JsonValues.field(json, "weights", quadrature.weights());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void uncertain(JsonGenerator json, String name, Outcome number)
      throws IOException {
    json.writeObjectFieldStart(name);
    JsonValues.field(json, "value", number.value());
    JsonValues.field(json, "standardError", number.standardError().orElse(Double.NaN));
    if (number.interval().isPresent()) {
      JsonValues.interval(json, number.interval().get());
    }
    json.writeEndObject();
  }

  @Override
  public boolean hasTable() {
    return true;
  }

  @Override
  public void csv(Writer writer) throws IOException {
    writer.write("kind,operator,layer,index,value,residual,weight\n");
    for (SpectrumReport.Batch batch : found.batches()) {
      eigenvalues(writer, "", "batch-" + batch.first(), batch.pairs().largest());
    }
    for (SpectrumReport.Spectrum spectrum : found.spectra()) {
      String layer = spectrum.layer().map(JsonValues::quoted).orElse("");
      if (spectrum.eigenpairs().isPresent()) {
        eigenvalues(writer, layer, "largest", spectrum.eigenpairs().get().largest());
        eigenvalues(writer, layer, "smallest", spectrum.eigenpairs().get().smallest());
      }
      if (spectrum.density().isPresent()) {
        nodes(writer, layer, spectrum.density().get());
      }
    }
  }

  private void eigenvalues(Writer writer, String layer, String end, List<RitzPair> pairs)
      throws IOException {
    for (int i = 0; i < pairs.size(); i++) {
      String residual = JsonValues.cell(residual(pairs.get(i)));
      line(writer, end, layer, i + 1, pairs.get(i).value(), residual, "");
    }
  }

  private void nodes(Writer writer, String layer, SpectralDensity density) throws IOException {
    for (int probe = 0; probe < density.quadratures().size(); probe++) {
      double[] nodes = density.quadratures().get(probe).nodes();
      double[] weights = density.quadratures().get(probe).weights();
      for (int j = 0; j < nodes.length; j++) {
        line(writer, "node", layer, probe, nodes[j], "", JsonValues.cell(weights[j]));
      }
    }
  }

  private void line(
      Writer writer,
      String kind,
      String layer,
      int index,
      double value,
      String residual,
      String weight)
      throws IOException {
    writer.write(
        String.join(
                ",",
                kind,
                found.curvature().id(),
                layer,
                Integer.toString(index),
                JsonValues.cell(value),
                residual,
                weight)
            + "\n");
  }
}
