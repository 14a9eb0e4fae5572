package dev.flatness.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.flatness.Flatness;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Outcome;
import dev.flatness.surface.DifferencedSurface;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ReportJsonTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @Test
  void writesTheDocumentedFormat() {
    Report report =
        Samples.report(
            Estimate.neurons(
                "rho",
                "0",
                Invariance.NEURON_WISE,
                new double[] {0.1, 0.25},
                Outcome.exact(Double.NaN)));
    assertThat(report.json())
        .startsWith(
            """
            {
              "schema": "flatness-report-1",
              "model": {
                "file": "mlp.onnx",
                "parameters": 51,
                "piecewiseLinear": true,
                "scaleClasses": 6,
                "deadUnits": [ "0[5]" ],
                "layers": [ {
                  "name": "0",
                  "kind": "dense",
                  "weightShape": [ 6, 5 ],
                  "bias": false
                }, {
                  "name": "activation_2",
                  "kind": "relu"
                }, {
                  "name": "2",
                  "kind": "dense",
                  "weightShape": [ 3, 6 ],
                  "bias": true
                } ],
                "notes": [ "final Softmax removed: it belongs to the loss" ]
              },
              "data": {
                "file": "data.npz",
                "samples": 40,
                "checksum": "d260d6c3"
              },
              "loss": {
                "kind": "cross-entropy",
                "value": 0.22,
                "accuracy": 0.94999999999999996,
                "gradientNorm": 0.01
              },
              "measures": [ {
                "id": "rho",
                "scope": "neuron",
                "layer": "0",
                "values": [ 0.10000000000000001, 0.25 ],
                "method": "exact",
                "status": "exact",
                "invariance": {
                  "scaling": "neuron-wise",
                  "permutation": true
                }
              } ],
              "settings": {
                "seed": 7,
                "precision": "float64",
                "loss": "cross-entropy",
            """);
  }

  @Test
  void everyKindOfEstimateSatisfiesTheSchema() throws IOException {
    assertThat(violations(Samples.everything().json())).isEmpty();
  }

  /** Without its network, and with products that are differences of gradients. */
  @Test
  void aSurfaceOfOnesOwnSatisfiesTheSchema() throws IOException {
    DifferencedSurface surface =
        DifferencedSurface.of(
            3,
            (theta, gradient) -> {
              double loss = 0;
              for (int i = 0; i < 3; i++) {
                loss += Math.cosh(theta[i]);
                gradient[i] = Math.sinh(theta[i]);
              }
              return loss;
            });
    double[] theta = {0.5, -1, 2};
    Report measured = Report.of(Flatness.of(surface, theta).measure("hessian-trace").report());
    Report spectrum =
        Report.of(Flatness.of(surface, theta).spectrum().ends(2, 0).density(1, 2).report());
    Report landscape = Report.of(Flatness.of(surface, theta).landscape().grid(3, 3).report());
    assertThat(landscape.text()).contains("loss of surface in weights, directions gaussian");
    for (Report report : List.of(measured, spectrum, landscape)) {
      String json = report.json();
      assertThat(violations(json)).isEmpty();
      assertThat(MAPPER.readTree(json).get("surface").get("productError").asDouble()).isPositive();
      assertThat(violations(json.replace("\"parameters\": 3,", "\"layers\": 3,"))).isNotEmpty();
      assertThat(report.text())
          .contains("surface 3 parameters")
          .contains("differences of gradients, with an error of ")
          .contains("loss  own ");
      assertThat(report.acceptable()).isTrue();
    }
    assertThat(violations(Samples.everything().json().replace("\"precision\"", "\"precise\"")))
        .isNotEmpty();
  }

  @Test
  void theSchemaRefusesWhatTheFormatDoesNotKnow() throws IOException {
    String good = Samples.everything().json();
    assertThat(violations(good.replace("\"schema\": \"flatness-report-1\"", "\"schema\": \"2\"")))
        .isNotEmpty();
    assertThat(violations(good.replace("\"status\": \"converged\"", "\"status\": \"fine\"")))
        .isNotEmpty();
    assertThat(violations(good.replace("\"scope\": \"layer\"", "\"scope\": \"network\"")))
        .isNotEmpty();
    assertThat(violations(good.replace("\"parameters\": 51", "\"parameters\": 1.5"))).isNotEmpty();
  }

  @Test
  void valuesThatAreNoNumbersAreNullBesideTheirStatus() throws IOException {
    JsonNode measures = MAPPER.readTree(Samples.everything().json()).get("measures");
    assertThat(measures.get(3).get("value").isNull()).isTrue();
    assertThat(measures.get(3).get("status").asText()).isEqualTo("infinite");
    assertThat(measures.get(3).get("certificate").get("alpha").asDouble()).isEqualTo(2.5);
    assertThat(measures.get(4).get("value").isNull()).isTrue();
    assertThat(measures.get(4).get("status").asText()).isEqualTo("overflow");
    assertThat(measures.get(4).get("logValue").asDouble()).isEqualTo(812.5);
    assertThat(measures.get(7).get("value").isNull()).isTrue();
    assertThat(measures.get(7).get("reason").asText()).isEqualTo("inputs cannot be rescaled");
  }

  @Test
  void leavesOutDataAndLossWhereThereAreNone() throws IOException {
    Report report = Report.of(Samples.NETWORK).withModelFile("mlp.onnx");
    String json = report.json();
    assertThat(MAPPER.readTree(json).has("data")).isFalse();
    assertThat(MAPPER.readTree(json).has("loss")).isFalse();
    assertThat(violations(json)).isEmpty();
  }

  @Property
  void numbersAreReadBackBitByBit(@ForAll double value) throws IOException {
    double written = value == 0 ? 0.0 : value; // the sign of zero means nothing here
    String text = JsonValues.text(written);
    assertThat(Double.parseDouble(text)).isEqualTo(written);
    assertThat(MAPPER.readTree(text).doubleValue()).isEqualTo(written);
    assertThat(text.replaceAll("[eE].*", "").replaceAll("[-.]", "").replaceAll("^0+|0+$", ""))
        .hasSizeLessThanOrEqualTo(17);
  }

  @Test
  void numbersOfEverySizeAreLegible() {
    assertThat(JsonValues.text(0.0)).isEqualTo("0.0");
    assertThat(JsonValues.text(-3)).isEqualTo("-3.0");
    assertThat(JsonValues.text(120000)).isEqualTo("120000.0");
    assertThat(JsonValues.text(1e-9)).isEqualTo("1.0000000000000001E-9");
    assertThat(JsonValues.text(1e300)).isEqualTo("1.0000000000000001E+300");
    assertThat(JsonValues.text(Double.MIN_VALUE)).isEqualTo("4.9406564584124654E-324");
  }

  @Test
  void refusesADetailNamedLikeAField() {
    Report report =
        Samples.report(
            Estimate.network("hessian-trace", Invariance.NONE, Outcome.exact(1))
                .withDetail("status", "x"));
    assertThatThrownBy(() -> report.json())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "detail status of estimate hessian-trace has the name of a field of the report; give"
                + " it another");
  }

  @Test
  void refusesADetailThatIsNoReportValue() {
    Report report =
        Samples.report(
            Estimate.network("hessian-trace", Invariance.NONE, Outcome.exact(1))
                .withDetail("unit", Map.of("a", 'x')));
    assertThatThrownBy(() -> report.json())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "value x of type java.lang.Character has no place in a report; use numbers, texts,"
                + " lists and maps");
  }

  private static List<String> violations(String json) throws IOException {
    JsonSchema schema =
        JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
            .getSchema(Files.readString(Path.of("../docs/flatness-report-1.schema.json")));
    return schema.validate(MAPPER.readTree(json)).stream().map(Object::toString).toList();
  }
}
