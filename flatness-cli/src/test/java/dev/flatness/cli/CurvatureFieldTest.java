package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks of other people whose curvature was once reported wrong or only estimated. */
class CurvatureFieldTest {
  private static final Path MNIST = Path.of("../../shared/data/mnist");

  @TempDir Path folder;

  /** 37 parameters with tanh: dense Hessian and eigenvalues by torch and numpy in float64. */
  @Test
  void aSmallSmoothNetworkIsExact() throws IOException {
    copy("smooth-small-trace", "network.onnx");
    copy("smooth-small-trace", "data.npz");
    JsonNode found =
        measures(
            List.of("--data", folder.resolve("data.npz").toString()),
            "hessian-trace,hessian-top-eigenvalue,hessian-bottom-eigenvalue,hessian-frobenius-norm,"
                + "kappa-tau,rho,relative-flatness,log-weight-trace,psi-trace");
    agrees(found, "hessian-trace", 8.2909065268149);
    agrees(found, "hessian-top-eigenvalue", 14.121586105893085);
    agrees(found, "hessian-bottom-eigenvalue", -13.690899703376708);
    agrees(found, "hessian-frobenius-norm", 45.06081796141676);
    for (JsonNode each : found) {
      String id = each.get("id").asText();
      if (!id.endsWith("eigenvalue") && !id.equals("psi-trace")) {
        assertThat(each.get("status").asText()).as(id).isEqualTo("exact");
      }
      assertThat(each.has("standardError")).as(id).isFalse();
      assertThat(each.has("interval")).as(id).isFalse();
    }
  }

  private static void agrees(JsonNode found, String id, double expected) {
    for (JsonNode each : found) {
      if (each.get("id").asText().equals(id) && each.get("scope").asText().equals("network")) {
        assertThat(each.get("value").asDouble())
            .as(id)
            .isCloseTo(expected, within(1e-12 * Math.abs(expected)));
      }
    }
  }

  /**
   * A pruned network: the largest eigenvalue is 200 times the smallest, and after 3 products in
   * float32 the residual of a Ritz value near 0 is below the tolerance. In float64 it is
   * −2.091186e8.
   */
  @ParameterizedTest
  @ValueSource(strings = {"0", "1", "2", "3", "4", "5", "6", "7"})
  void theSmallestEigenvalueIsNotMissedInFloat32(String seed) throws IOException {
    Assumptions.assumeTrue(Files.isDirectory(MNIST));
    copy("float32-bottom", "network.onnx");
    JsonNode found =
        measures(
            List.of(
                "--data",
                MNIST.resolve("t10k-images-idx3-ubyte.gz").toString(),
                "--labels",
                MNIST.resolve("t10k-labels-idx1-ubyte.gz").toString(),
                "--limit",
                "300",
                "--precision",
                "float32",
                "--seed",
                seed),
            "psi-bottom-eigenvalue");
    // The residual, 1e-4 of 4.13e10, squared over the gap.
    assertThat(found.get(0).get("value").asDouble()).isCloseTo(-2.091186e8, within(1e5));
    assertThat(found.get(0).get("status").asText()).isEqualTo("converged");
  }

  private void copy(String field, String name) throws IOException {
    try (InputStream in = CurvatureFieldTest.class.getResourceAsStream(field + "/" + name)) {
      Files.copy(in, folder.resolve(name));
    }
  }

  private JsonNode measures(List<String> data, String ids) throws IOException {
    Path report = folder.resolve("report.json");
    List<String> arguments =
        new ArrayList<>(
            List.of("measure", "--model", folder.resolve("network.onnx").toString(), "--quiet"));
    arguments.addAll(data);
    arguments.addAll(List.of("--measures", ids, "--json", report.toString()));
    CommandRun run = CommandRun.of(arguments.toArray(String[]::new));
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    return new ObjectMapper().readTree(report.toFile()).get("measures");
  }
}
