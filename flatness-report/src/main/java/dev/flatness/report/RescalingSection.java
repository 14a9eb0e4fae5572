package dev.flatness.report;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.flatness.RescalingReport;
import dev.flatness.internal.report.Digits;
import dev.flatness.internal.report.TextTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a rescaling left unchanged, and what it moved. */
record RescalingSection(RescalingReport found) implements Section {
  @Override
  public void text(TextPage page) {
    String what =
        found
            .gauge()
            .map(name -> "to the gauge " + name)
            .or(found::attack)
            .orElse("to other factors");
    page.field(
        "moved",
        what
            + "; the outputs changed by at most "
            + Digits.six(found.functionResidual())
            + " of the largest");
    boolean predicts = found.predicted().isPresent();
    List<String> head = new ArrayList<>(List.of("number", "before", "after"));
    List<Boolean> right = new ArrayList<>(List.of(false, true, true));
    if (predicts) {
      head.add("predicted");
      right.add(true);
    }
    TextTable table = new TextTable(head, right);
    found
        .before()
        .forEach(
            (id, before) -> {
              List<String> cells = new ArrayList<>();
              cells.add(id);
              cells.add(Digits.six(before));
              cells.add(Digits.six(found.after().getOrDefault(id, Double.NaN)));
              found.predicted().ifPresent(value -> cells.add(Digits.six(value)));
              table.row(cells);
            });
    page.table(table);
  }

  @Override
  public void json(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("rescaling");
    JsonValues.field(json, "functionResidual", found.functionResidual());
    if (found.gauge().isPresent()) {
      json.writeStringField("gauge", found.gauge().get());
    }
    if (found.attack().isPresent()) {
      json.writeStringField("attack", found.attack().get());
    }
    numbers(json, "before", found.before());
    numbers(json, "after", found.after());
    if (found.predicted().isPresent()) {
      JsonValues.field(json, "predicted", found.predicted().getAsDouble());
    }
    json.writeEndObject();
  }

  private static void numbers(JsonGenerator json, String name, Map<String, Double> values)
      throws IOException {
    json.writeObjectFieldStart(name);
    for (Map.Entry<String, Double> value : values.entrySet()) {
      JsonValues.field(json, value.getKey(), value.getValue());
    }
    json.writeEndObject();
  }

  @Override
  public boolean acceptable() {
    return found.acceptable();
  }
}
