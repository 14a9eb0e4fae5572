package dev.flatness.internal.report.page;

import dev.flatness.internal.report.json.Json;
import dev.flatness.internal.report.page.PageTable.Cell;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A report as one page that needs nothing else: no network, no other file. */
public final class HtmlPage {
  private static final String PLOTLY = "plotly.js.gz";

  private HtmlPage() {}

  /**
   * Writes a page of one report.
   *
   * @param report a document of the schema flatness-report-1
   * @return the page
   */
  public static String of(Json report) {
    Page page = new Page(Figures.of(report), "");
    summary(report, page);
    structure(report.get("model"), page);
    MeasureParts.add(report, page);
    ResultParts.add(report, page);
    LandscapeParts.add(report, page);
    provenance(report, page);
    return document(title(report), page, LandscapeParts.hasSurface(report));
  }

  static String title(Json report) {
    String file = report.get("model").get("file").text();
    return "Flatness of " + (file.isEmpty() ? "a network" : Names.last(file));
  }

  private static void summary(Json report, Page page) {
    Json model = report.get("model");
    Json loss = report.get("loss");
    Map<String, String> cards = new LinkedHashMap<>();
    if (loss.exists()) {
      cards.put(loss.get("kind").text() + " loss", Cell.number(loss.get("value").number()).shown());
      if (loss.get("accuracy").isNumber()) {
        cards.put(
            "accuracy", String.format(Locale.ROOT, "%.2f %%", 100 * loss.get("accuracy").number()));
      }
      if (loss.get("gradientNorm").isNumber()) {
        cards.put("gradient norm", Cell.number(loss.get("gradientNorm").number()).shown());
      }
      cards.put("samples", Cell.count(report.get("data").get("samples").number()).shown());
    }
    cards.put("parameters", Cell.count(model.get("parameters").number()).shown());
    cards.put("scale classes", Cell.count(model.get("scaleClasses").number()).shown());
    cards.put("piecewise linear", model.get("piecewiseLinear").isTrue() ? "yes" : "no");
    int dead = model.get("deadUnits").items().size();
    if (dead > 0) {
      cards.put("dead units", Integer.toString(dead));
    }
    page.section("Summary");
    page.cards(cards);
    if (report.get("data").exists()) {
      page.paragraph("faint", "Data: " + report.get("data").get("file").text());
    }
    for (Json note : model.get("notes").items()) {
      page.paragraph("note", note.text());
    }
  }

  private static void structure(Json model, Page page) {
    page.section("Structure");
    PageTable table =
        new PageTable("Layers in forward order", List.of("layer", "kind", "weight", "bias"));
    for (Json layer : model.get("layers").items()) {
      Json shape = layer.get("weightShape");
      table.row(
          List.of(
              Cell.text(layer.get("name").text()),
              Cell.text(layer.get("kind").text()),
              Cell.text(shape.exists() ? shape.toString().replace(", ", "\u00a0×\u00a0") : ""),
              Cell.text(layer.get("bias").isTrue() ? "yes" : shape.exists() ? "no" : "")));
    }
    page.table(table);
  }

  private static void provenance(Json report, Page page) {
    page.section("Provenance");
    Json command = report.get("provenance").get("command");
    if (command.exists()) {
      page.paragraph("This command repeats the numbers:");
      page.code(command.text());
    }
    PageTable table = new PageTable("Settings and provenance", List.of("name", "value"));
    for (String part : List.of("settings", "provenance")) {
      for (String name : report.get(part).names()) {
        if (!name.equals("command")) {
          table.row(List.of(Cell.text(name), Cell.words(report.get(part).get(name).toString())));
        }
      }
    }
    page.table(table);
  }

  static String document(String title, Page page, boolean surface) {
    StringBuilder html = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n");
    html.append("<meta charset=\"utf-8\">\n");
    html.append("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n");
    html.append("<meta name=\"color-scheme\" content=\"light dark\">\n");
    // No request of any kind leaves the page, not even for an icon.
    html.append("<link rel=\"icon\" href=\"data:,\">\n<title>").append(Page.escaped(title));
    html.append("</title>\n<style>\n").append(resource("page.css")).append("</style>\n</head>\n");
    html.append("<body>\n<a class=\"skip\" href=\"#content\">Skip to the content</a>\n<header>\n");
    html.append("<button type=\"button\" class=\"theme\" hidden>Theme</button>\n<h1>");
    html.append(Page.escaped(title)).append("</h1>\n<nav aria-label=\"Contents\"><ul>\n");
    html.append(page.contents()).append("</ul></nav>\n</header>\n<main id=\"content\">\n");
    html.append(page).append("</main>\n<footer><p>Written by flatness. Numbers have six digits");
    html.append(" here and all of them in the JSON report.</p></footer>\n<script>\n");
    html.append(resource("page.js")).append("</script>\n");
    if (surface) {
      html.append("<!-- plotly.js 3.3.1, Copyright Plotly, Inc., MIT License -->\n");
      html.append("<script type=\"application/octet-stream\" id=\"plotly\">");
      html.append(Base64.getEncoder().encodeToString(bytes(PLOTLY))).append("</script>\n");
      html.append("<script>\n").append(resource("surface.js")).append("</script>\n");
    }
    return html.append("</body>\n</html>\n").toString();
  }

  private static String resource(String name) {
    return new String(bytes(name), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String name) {
    try (InputStream stream = HtmlPage.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException("resource " + name + " is missing from flatness-report");
      }
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
