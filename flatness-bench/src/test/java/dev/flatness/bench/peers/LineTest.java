package dev.flatness.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LineTest {
  @Test
  void aLineHoldsMediansAndTheSpreadOfTheRatios() {
    Line line =
        new Line("product-mlp")
            .times(new double[] {1, 2, 4}, new double[] {3, 4, 4})
            .agreement(1e-7, Line.FLOAT32_AGREEMENT);
    assertThat(line)
        .hasToString(
            "{\"task\":\"product-mlp\",\"ours_ms\":2.0,\"peer_ms\":4.0,\"ratio\":2.0,"
                + "\"ratio_quartiles\":[1.5,2.5],\"rounds\":3,\"agreement\":1.0E-7}");
    assertThat(line.valid()).isTrue();
  }

  @Test
  void resultsThatDifferMakeItInvalid() {
    Line line = new Line("t").agreement(2e-4, Line.FLOAT32_AGREEMENT);
    assertThat(line.valid()).isFalse();
    assertThat(line.toString())
        .contains("\"status\":\"invalid\",\"reason\":\"results differ by more than 1.0E-4\"");
  }

  @Test
  void noNumberAgreesWithNothing() {
    assertThat(new Line("t").agreement(Double.NaN, 1).valid()).isFalse();
  }

  @Test
  void theDistanceIsRelativeToThePeer() {
    assertThat(Line.distance(new double[][] {{3, 0}, {4}}, new double[][] {{0, 0}, {4}}))
        .isEqualTo(0.75);
  }
}
