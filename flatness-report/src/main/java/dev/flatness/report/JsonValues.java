package dev.flatness.report;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.flatness.internal.report.Digits;
import dev.flatness.measure.Interval;
import dev.flatness.measure.Outcome;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the values a report is made of; a number that is no number becomes null. */
final class JsonValues {
  private JsonValues() {}

  static void write(JsonGenerator json, @Nullable Object value) throws IOException {
    if (value == null) {
      json.writeNull();
    } else if (value instanceof String text) {
      json.writeString(text);
    } else if (value instanceof Boolean flag) {
      json.writeBoolean(flag);
    } else if (value instanceof Float || value instanceof Double) {
      number(json, ((Number) value).doubleValue());
    } else if (value instanceof Integer || value instanceof Long || value instanceof Short) {
      json.writeNumber(((Number) value).longValue());
    } else if (value instanceof double[] numbers) {
      numbers(json, numbers);
    } else if (value instanceof int[] numbers) {
      json.writeArray(numbers, 0, numbers.length);
    } else if (value instanceof Iterable<?> items) {
      json.writeStartArray();
      for (Object item : items) {
        write(json, item);
      }
      json.writeEndArray();
    } else if (value instanceof Map<?, ?> entries) {
      json.writeStartObject();
      for (Map.Entry<?, ?> entry : entries.entrySet()) {
        json.writeFieldName((String) entry.getKey());
        write(json, entry.getValue());
      }
      json.writeEndObject();
    } else {
      throw new IllegalArgumentException(
          "value "
              + value
              + " of type "
              + value.getClass().getName()
              + " has no place in a report; use numbers, texts, lists and maps");
    }
  }

  static void numbers(JsonGenerator json, double[] values) throws IOException {
    json.writeStartArray();
    for (double value : values) {
      number(json, value);
    }
    json.writeEndArray();
  }

  static void number(JsonGenerator json, double value) throws IOException {
    if (Double.isFinite(value)) {
      json.writeNumber(text(value));
    } else {
      json.writeNull();
    }
  }

  static String text(double value) {
    return Digits.exact(value);
  }

  /** The number as a cell of comma-separated values; empty where it is none or not finite. */
  static String cell(double value) {
    return Double.isFinite(value) ? text(value) : "";
  }

  /** A field of any value. */
  static void field(JsonGenerator json, String name, @Nullable Object value) throws IOException {
    json.writeFieldName(name);
    write(json, value);
  }

  /** The fields that say how a number was found and how its computation ended. */
  static void outcome(JsonGenerator json, Outcome outcome) throws IOException {
    json.writeStringField("method", outcome.method());
    if (outcome.standardError().isPresent()) {
      field(json, "standardError", outcome.standardError().getAsDouble());
    }
    if (outcome.interval().isPresent()) {
      interval(json, outcome.interval().get());
    }
    if (outcome.residual().isPresent()) {
      field(json, "residual", outcome.residual().getAsDouble());
    }
    if (outcome.products().isPresent()) {
      json.writeNumberField("products", outcome.products().getAsLong());
    }
    json.writeStringField("status", outcome.status().id());
    if (outcome.reason().isPresent()) {
      json.writeStringField("reason", outcome.reason().get());
    }
  }

  /** The 95 % interval, lower end first. */
  static void interval(JsonGenerator json, Interval interval) throws IOException {
    field(json, "interval", new double[] {interval.low(), interval.high()});
  }

  /** A text as one field of comma-separated values. */
  static String quoted(String text) {
    return text.matches("[^,\"\r\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
  }
}
