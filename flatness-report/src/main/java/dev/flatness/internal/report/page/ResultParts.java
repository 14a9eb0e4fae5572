package dev.flatness.internal.report.page;

import dev.flatness.internal.report.Digits;
import dev.flatness.internal.report.json.Json;
import dev.flatness.internal.report.page.PageTable.Cell;
import java.util.ArrayList;
import java.util.List;

/** The results of single commands: audits, spectra, bounds, generalization, rescalings, paths. */
final class ResultParts {
  private ResultParts() {}

  static void add(Json report, Page page) {
    rescaling(report.get("rescaling"), page);
    audit(report.get("audit"), page);
    spectra(report.get("spectra"), page);
    bounds(report.get("bounds"), page);
    robustness(report.get("robustness"), page);
    representativeness(report.get("representativeness"), page);
    paths(report.get("paths"), page);
  }

  private static void rescaling(Json rescaling, Page page) {
    if (!rescaling.exists()) {
      return;
    }
    page.section("Rescaling");
    page.paragraph(
        "The outputs changed by at most "
            + Cell.number(rescaling.get("functionResidual").number()).shown()
            + " of the largest: the function is the same.");
    PageTable table =
        new PageTable(
            "Numbers before and after", List.of("measure", "#before", "#after", "#after / before"));
    for (String id : rescaling.get("before").names()) {
      double before = rescaling.get("before").get(id).number();
      double after = rescaling.get("after").get(id).number();
      table.row(
          List.of(
              Cell.text(id), Cell.number(before), Cell.number(after), Cell.number(after / before)));
    }
    if (!table.isEmpty()) {
      page.table(table);
    }
    page.charts("rescaling");
  }

  private static void audit(Json audit, Page page) {
    if (!audit.exists()) {
      return;
    }
    page.section("Audit");
    List<Json> numbers = audit.get("measures").items();
    long failed = numbers.stream().filter(n -> n.get("verdict").text().equals("fails")).count();
    page.paragraph(
        failed == 0 ? "good" : "alert",
        failed == 0
            ? "Every number stayed under the transformations it claims not to change under."
            : failed + (failed == 1 ? " number" : " numbers") + " moved that claims not to.");
    page.paragraph(
        audit.get("trials")
            + (audit.get("trials").number() == 1 ? " trial" : " trials")
            + " of each family, factors between 1/"
            + audit.get("spread")
            + " and "
            + audit.get("spread")
            + "; the outputs changed by at most "
            + Cell.number(audit.get("functionResidual").number()).shown()
            + " of the largest.");
    PageTable table =
        new PageTable(
            "Largest relative drift of each number",
            List.of(
                "measure",
                "layer",
                "claims",
                "verdict",
                "#of claimed families",
                "#of the others",
                "#tolerance",
                "moved most by"));
    for (Json number : numbers) {
      double claimed = Double.NaN;
      double free = Double.NaN;
      Json worst = number.get("drift").at(0);
      for (Json drift : number.get("drift").items()) {
        double its = drift.get("largest").number();
        if (drift.get("claimed").isTrue()) {
          claimed = Double.isNaN(claimed) || its > claimed ? its : claimed;
        } else {
          free = Double.isNaN(free) || its > free ? its : free;
        }
        worst = its > worst.get("largest").number() ? drift : worst;
      }
      String verdict = number.get("verdict").text();
      table.row(
          List.of(
              Cell.text(number.get("id").text()),
              Cell.text(number.get("layer").text()),
              Cell.text(claims(number.get("declared"))),
              verdict.equals("fails")
                  ? Cell.text(verdict).with("alert")
                  : verdict.startsWith("holds")
                      ? Cell.text(verdict).with("good")
                      : Cell.text(verdict),
              Cell.number(claimed),
              Cell.number(free),
              Cell.number(number.get("tolerance").number()),
              worst.get("largest").number() > number.get("tolerance").number()
                  ? Cell.text(worst.get("transformation").text())
                  : Cell.text("")));
    }
    page.table(table);
    page.charts("audit-");
  }

  private static String claims(Json declared) {
    List<String> claims = new ArrayList<>();
    if (!declared.get("scaling").text().equals("none")) {
      claims.add(declared.get("scaling").text());
    }
    if (declared.get("permutation").isTrue()) {
      claims.add("permutation");
    }
    return claims.isEmpty() ? "nothing" : String.join(", ", claims);
  }

  private static void spectra(Json spectra, Page page) {
    if (spectra.items().isEmpty()) {
      return;
    }
    page.section("Spectrum");
    for (Json spectrum : spectra.items()) {
      String layer = spectrum.get("layer").text();
      page.heading(
          Names.matrix(spectrum.get("operator").text())
              + (layer.isEmpty() ? "" : " of layer " + layer)
              + " in "
              + Names.coordinates(spectrum.get("coordinates").text())
              + ", "
              + Cell.count(spectrum.get("dimension").number()).shown()
              + " rows");
      PageTable table =
          new PageTable("Eigenvalues", List.of("end", "#rank", "#eigenvalue", "#residual"));
      for (String end : List.of("largest", "smallest")) {
        List<Json> pairs = spectrum.get("eigenvalues").get(end).items();
        for (int i = 0; i < pairs.size(); i++) {
          table.row(
              List.of(
                  Cell.text(end),
                  Cell.count(i + 1.0),
                  Cell.number(pairs.get(i).get("value").number()),
                  Cell.number(pairs.get(i).get("residual").number())));
        }
      }
      if (!table.isEmpty()) {
        page.table(table);
        page.paragraph(Names.sentence(spectrum.get("eigenvalues").get("reason").text()));
      }
      Json density = spectrum.get("density");
      if (density.exists()) {
        page.paragraph(
            "Density of "
                + density.get("probes")
                + " probes: trace "
                + uncertain(density.get("trace"))
                + (density.get("exactTrace").exists()
                    ? " (exactly " + Digits.six(density.get("exactTrace").number()) + ")"
                    : "")
                + ", Frobenius norm "
                + uncertain(density.get("frobeniusNorm"))
                + ", share of negative eigenvalues between "
                + uncertain(density.get("negativeAtLeast"))
                + " and "
                + uncertain(density.get("negativeAtMost"))
                + ".");
      }
      if (spectrum.get("unfinished").exists()) {
        page.paragraph("alert", spectrum.get("unfinished").text());
      }
    }
    page.charts("spectrum-");
  }

  private static String uncertain(Json number) {
    Json error = number.get("standardError");
    return Cell.number(number.get("value").number()).shown()
        + (error.isNumber() ? " ± " + Cell.number(error.number()).shown() : "");
  }

  private static void bounds(Json bounds, Page page) {
    if (bounds.items().isEmpty()) {
      return;
    }
    page.section("Bounds");
    PageTable table =
        new PageTable(
            "PAC-Bayes bounds and their terms",
            List.of(
                "bound",
                "#value",
                "vacuous",
                "#KL",
                "#risk",
                "#risk, upper",
                "#samples",
                "#price"));
    for (Json bound : bounds.items()) {
      Json terms = bound.get("terms");
      boolean vacuous = bound.get("vacuous").isTrue();
      table.row(
          List.of(
              Cell.text(bound.get("id").text()),
              MeasureParts.value(bound),
              vacuous ? Cell.text("vacuous").with("alert") : Cell.text("no"),
              Cell.number(terms.get("kl").number()),
              Cell.number(terms.get("empiricalRisk").number()),
              Cell.number(terms.get("empiricalRiskUpper").number()),
              Cell.count(terms.get("samples").number()),
              Cell.number(terms.get("price").number())));
    }
    page.table(table);
    for (Json bound : bounds.items()) {
      page.paragraph(bound.get("id").text() + ": " + bound.get("says").text());
    }
    page.paragraph(
        "note", "Assumes: " + String.join("; ", texts(bounds.at(0).get("assumptions"))) + ".");
    page.charts("bounds");
  }

  private static List<String> texts(Json list) {
    return list.items().stream().map(Json::text).toList();
  }

  private static void robustness(Json robustness, Page page) {
    if (robustness.items().isEmpty()) {
      return;
    }
    page.section("Feature robustness");
    PageTable table =
        new PageTable(
            "Measured and predicted robustness",
            List.of(
                "layer",
                "perturbation",
                "#δ",
                "#value",
                "#standard error",
                "#predicted",
                "#ratio",
                "#changed patterns",
                "#kink margin"));
    for (Json row : robustness.items()) {
      table.row(
          List.of(
              Cell.text(row.get("layer").text()),
              Cell.text(row.get("perturbation").text()),
              Cell.given(row.get("delta")),
              Cell.number(row.get("value").number()),
              Cell.number(row.get("standardError").number()),
              Cell.number(row.get("predicted").number()),
              Cell.number(row.get("ratio").number()),
              Cell.number(row.get("changedPatterns").number()),
              Cell.number(row.get("kinkMargin").number())));
    }
    page.table(table);
    page.charts("robustness-");
  }

  private static void representativeness(Json rows, Page page) {
    if (rows.items().isEmpty()) {
      return;
    }
    page.section("Representativeness");
    PageTable table =
        new PageTable(
            "Representativeness and the approximation of the generalization gap",
            List.of(
                "layer",
                "#δ",
                "#value",
                "#standard error",
                "#outside",
                "#approximation",
                "#gap",
                "status"));
    for (Json row : rows.items()) {
      table.row(
          List.of(
              Cell.text(row.get("layer").text()),
              Cell.given(row.get("delta")),
              Cell.number(row.get("value").number()),
              Cell.number(row.get("standardError").number()),
              Cell.number(row.get("outside").number()),
              Cell.number(row.get("approximation").number()),
              Cell.number(row.get("gap").number()),
              MeasureParts.status(row)));
    }
    page.table(table);
    page.paragraph("note", "The approximation is no bound.");
  }

  /** Whatever a report says of basis paths: its fields, and lists of objects as tables. */
  private static void paths(Json paths, Page page) {
    if (!paths.exists()) {
      return;
    }
    page.section("Basis paths");
    PageTable facts = new PageTable("The basis paths", List.of("field", "value"));
    for (String name : paths.names()) {
      Json value = paths.get(name);
      if (!value.isList() && !value.isObject()) {
        facts.row(List.of(Cell.text(name), Cell.of(value)));
      }
    }
    if (!facts.isEmpty()) {
      page.table(facts);
    }
    for (String name : paths.names()) {
      List<Json> rows = paths.get(name).items();
      if (!rows.isEmpty() && rows.get(0).isObject()) {
        List<String> columns = rows.get(0).names();
        PageTable table =
            new PageTable(
                name,
                columns.stream().map(c -> rows.get(0).get(c).isNumber() ? "#" + c : c).toList());
        for (Json row : rows) {
          table.row(columns.stream().map(column -> Cell.of(row.get(column))).toList());
        }
        page.table(table);
      }
    }
  }
}
