package dev.flatness.report;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.flatness.internal.report.Digits;
import dev.flatness.internal.report.TextTable;
import dev.flatness.pacbayes.Bound;
import dev.flatness.pacbayes.BoundResult;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Map;

/** PAC-Bayes bounds with what they rest on. */
record BoundSection(List<BoundResult> bounds) implements Section {
  @Override
  public void text(TextPage page) {
    BoundResult first = bounds.get(0);
    Map<String, Double> terms = first.terms();
    page.blank();
    page.field(
        "prior",
        words(first.prior())
            + ", in "
            + (first.coordinates().equals("weights") ? "weights" : "values of basis paths"));
    page.field("posterior", words(first.posterior()));
    page.field(
        "risk",
        Digits.six(terms.getOrDefault("empiricalRisk", Double.NaN))
            + " on "
            + TextPage.count(number(terms, "samples"), "sample")
            + " by "
            + TextPage.count(number(terms, "draws"), "draw")
            + ", at most "
            + Digits.six(terms.getOrDefault("empiricalRiskUpper", Double.NaN))
            + (first.clipped() ? ", in parts of " + Digits.six(first.range()) : "")
            + (terms.containsKey("testRisk")
                ? "; on test data " + Digits.six(terms.get("testRisk"))
                : ""));
    page.field(
        "KL",
        Digits.six(terms.getOrDefault("kl", Double.NaN))
            + " nats, and "
            + Digits.six(terms.getOrDefault("price", Double.NaN))
            + " for choices that depend on the samples");
    TextTable table = new TextTable(List.of("bound", "value", ""), List.of(false, true, false));
    for (BoundResult bound : bounds) {
      table.row(
          List.of(
              bound.bound().id(),
              Digits.six(bound.value()),
              bound.vacuous() ? "vacuous" : "not vacuous"));
    }
    page.table(table);
    page.blank();
    if (!acceptable()) {
      page.warning(
          "a limit ended the search or the draws early: the bounds hold, with the posterior that was"
              + " reached and the draws that were made; allow a longer time (--time-limit), or take"
              + " fewer --draws or --epochs");
    }
    BoundResult shown = shown();
    page.paragraph(shown.bound().id() + ": " + shown.says());
    page.paragraph("It assumes that " + String.join("; that ", shown.assumptions()) + ".");
    if (bounds.size() > 1) {
      page.paragraph(
          "Each bound holds with this probability by itself: choose one before you look at the"
              + " values.");
    }
  }

  /** The one that is said in words: not the smallest, which would be chosen by the samples. */
  private BoundResult shown() {
    return bounds.stream()
        .filter(bound -> bound.bound() == Bound.SEEGER)
        .findFirst()
        .orElse(bounds.get(0));
  }

  private static long number(Map<String, Double> terms, String name) {
    return Math.round(terms.getOrDefault(name, 0.0));
  }

  private static String words(BoundResult.Gaussian gaussian) {
    StringBuilder text = new StringBuilder(gaussian.kind());
    gaussian
        .sigma()
        .forEach(
            (layer, sigma) ->
                text.append(", sigma ")
                    .append(layer.isEmpty() ? "" : layer + " ")
                    .append(Digits.six(sigma)));
    return text.toString();
  }

  @Override
  public void json(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("bounds");
    for (BoundResult bound : bounds) {
      json.writeStartObject();
      json.writeStringField("id", bound.bound().id());
      JsonValues.field(json, "value", bound.value());
      json.writeBooleanField("vacuous", bound.vacuous());
      json.writeStringField("status", bound.status().id());
      json.writeStringField("coordinates", bound.coordinates());
      JsonValues.field(json, "confidence", bound.confidence());
      if (bound.clipped()) {
        JsonValues.field(json, "range", bound.range());
      }
      gaussian(json, "posterior", bound.posterior());
      gaussian(json, "prior", bound.prior());
      json.writeObjectFieldStart("terms");
      for (Map.Entry<String, Double> term : bound.terms().entrySet()) {
        if (COUNTS.contains(term.getKey())) {
          json.writeNumberField(term.getKey(), Math.round(term.getValue()));
        } else {
          JsonValues.field(json, term.getKey(), term.getValue());
        }
      }
      json.writeEndObject();
      JsonValues.field(json, "assumptions", bound.assumptions());
      json.writeStringField("says", bound.says());
      json.writeStringField("source", bound.bound().source());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static final List<String> COUNTS = List.of("samples", "draws", "testSamples");

  private static void gaussian(JsonGenerator json, String name, BoundResult.Gaussian gaussian)
      throws IOException {
    json.writeObjectFieldStart(name);
    json.writeStringField("kind", gaussian.kind());
    if (gaussian.sigma().containsKey("")) {
      JsonValues.field(json, "sigma", gaussian.sigma().get(""));
    } else {
      JsonValues.field(json, "sigma", gaussian.sigma());
    }
    json.writeEndObject();
  }

  @Override
  public boolean hasTable() {
    return true;
  }

  @Override
  public void csv(Writer writer) throws IOException {
    writer.write("id,value,vacuous,status,samples,kl,price,empiricalRisk,empiricalRiskUpper\n");
    for (BoundResult bound : bounds) {
      writer.write(bound.bound().id());
      writer.write(',' + JsonValues.cell(bound.value()));
      writer.write("," + bound.vacuous() + ',' + bound.status().id());
      writer.write("," + number(bound.terms(), "samples"));
      for (String term : List.of("kl", "price", "empiricalRisk", "empiricalRiskUpper")) {
        writer.write(',' + JsonValues.cell(bound.terms().getOrDefault(term, Double.NaN)));
      }
      writer.write('\n');
    }
  }

  @Override
  public boolean acceptable() {
    return bounds.stream().allMatch(bound -> bound.status().acceptable());
  }
}
