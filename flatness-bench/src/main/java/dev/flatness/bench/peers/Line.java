package dev.flatness.bench.peers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;

/** One task's line of JSON. */
final class Line {
  /** How far float32 numbers of two libraries may be apart. */
  static final double FLOAT32_AGREEMENT = 1e-4;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, Object> fields = new LinkedHashMap<>();
  private boolean valid = true;

  Line(String task) {
    fields.put("task", task);
  }

  /** Milliseconds by round of both sides: their medians, and the ratio's median and quartiles. */
  Line times(double[] ours, double[] peer) {
    double[] ratios = Rounds.ratios(peer, ours);
    fields.put("ours_ms", rounded(Rounds.median(ours)));
    fields.put("peer_ms", rounded(Rounds.median(peer)));
    fields.put("ratio", rounded(Rounds.median(ratios)));
    fields.put("ratio_quartiles", quartiles(ratios));
    fields.put("rounds", ours.length);
    return this;
  }

  /** A number of each side, and their ratio. */
  Line numbers(String unit, double ours, double peer) {
    fields.put("ours_" + unit, rounded(ours));
    fields.put("peer_" + unit, rounded(peer));
    fields.put("ratio", rounded(peer / ours));
    return this;
  }

  /** How far both results are apart, and how far they may be. */
  Line agreement(double difference, double most) {
    fields.put("agreement", rounded(difference));
    return require(difference <= most, "results differ by more than " + most);
  }

  /** Makes the line invalid unless something holds. */
  Line require(boolean holds, String otherwise) {
    if (!holds) {
      valid = false;
      fields.put("status", "invalid");
      fields.merge("reason", otherwise, (a, b) -> a + "; " + b);
    }
    return this;
  }

  Line with(String name, Object value) {
    fields.put(name, value instanceof Double number ? (Object) rounded(number) : value);
    return this;
  }

  boolean valid() {
    return valid;
  }

  private static double[] quartiles(double[] values) {
    return new double[] {
      rounded(Rounds.quantile(values, 0.25)), rounded(Rounds.quantile(values, 0.75))
    };
  }

  /** Four digits: no time is known better. */
  static double rounded(double value) {
    if (value == 0 || Double.isNaN(value) || Double.isInfinite(value)) {
      return value;
    }
    return new java.math.BigDecimal(value).round(new java.math.MathContext(4)).doubleValue();
  }

  /** ‖a − b‖ / ‖b‖ over all vectors. */
  static double distance(double[][] a, double[][] b) {
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < b.length; i++) {
      for (int j = 0; j < b[i].length; j++) {
        difference += (a[i][j] - b[i][j]) * (a[i][j] - b[i][j]);
        norm += b[i][j] * b[i][j];
      }
    }
    return Math.sqrt(difference / norm);
  }

  @Override
  public String toString() {
    try {
      return JSON.writeValueAsString(fields);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
