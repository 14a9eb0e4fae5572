package dev.flatness.hessian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.data.Dataset;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.loss.SquaredError;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Measure;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.GraphBuilder;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Parameter;
import dev.flatness.random.Seed;
import dev.flatness.spectral.DenseSymmetric;
import dev.flatness.spectral.Lanczos;
import dev.flatness.spectral.LanczosResult;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.ParameterSet;
import dev.flatness.tensor.Tensor;
import dev.flatness.testkit.RandomDatasets;
import dev.flatness.testkit.RandomNetworks;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HessianTest {
  private static final Network NETWORK = RandomNetworks.withDefaults().draw(Seed.of(5));
  private static final NetworkSurface SURFACE = Cases.surface(NETWORK, Seed.of(5));
  private static final double[] THETA = NETWORK.parameterVector();

  @Test
  void restrictionsAreBlocksOfTheWhole() {
    DenseSymmetric whole = DenseSymmetric.of(Hessian.of(SURFACE).at(THETA));
    double scale = whole.frobeniusNorm();
    for (Node layer : NETWORK.weightLayers()) {
      Parameter weight = NETWORK.weight(layer);
      DenseSymmetric block = DenseSymmetric.of(Hessian.ofLayer(SURFACE, layer).at(THETA));
      assertThat(block.dimension()).isEqualTo(weight.size());
      for (int e = 0; e < block.dimension(); e++) {
        for (int f = 0; f < block.dimension(); f++) {
          assertThat(block.entry(e, f))
              .isCloseTo(
                  whole.entry(weight.offset() + e, weight.offset() + f), within(1e-13 * scale));
        }
      }
    }
    ParameterSet ends =
        new ParameterSet(
            List.of(new ParameterSet.Range(0, 2), new ParameterSet.Range(THETA.length - 1, 1)));
    DenseSymmetric corners = DenseSymmetric.of(Hessian.of(SURFACE).on(ends).at(THETA));
    assertThat(corners.entry(1, 2))
        .isCloseTo(whole.entry(1, THETA.length - 1), within(1e-13 * scale));
  }

  @Test
  void gaussNewtonAndFisherHaveNoNegativeEigenvalue() {
    for (Curvature kind : List.of(Curvature.GAUSS_NEWTON, Curvature.EMPIRICAL_FISHER)) {
      SymmetricOperator operator = Hessian.of(SURFACE).withCurvature(kind).at(THETA);
      LanczosResult ends = Lanczos.withDefaults().run(operator, Seed.of(1)).orThrow();
      assertThat(ends.largest().value()).isPositive();
      assertThat(ends.smallest().value()).isGreaterThan(-1e-8 * ends.largest().value());
    }
  }

  @Test
  void refusesPointsAndLayersThatDoNotFit() {
    assertThatThrownBy(() -> Hessian.of(SURFACE).at(new double[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("parameter vector has 3 entries, expected " + THETA.length);
    Node input = NETWORK.node(0);
    assertThatThrownBy(() -> Hessian.ofLayer(SURFACE, input))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "layer \""
                + input.name()
                + "\" has no weight matrix, expected a dense or convolutional layer");
  }

  /** Two affine channels and nothing else. */
  private static NetworkSurface withoutLayers() {
    GraphBuilder graph = Network.builder(2);
    int node =
        graph.affine(
            "affine",
            graph.input(),
            Tensor.of(new double[] {2, 3}, 2),
            Tensor.of(new double[] {0, 1}, 2));
    Network network = graph.build(node);
    Dataset data = RandomDatasets.real(network, 8, Seed.of(3));
    return Cases.surface(network, data, SquaredError.summed());
  }

  @Test
  void layerMeasuresSayWhyTheyDoNotApply() {
    Subject subject = Cases.subject(withoutLayers());
    for (Measure measure : new HessianMeasures().measures()) {
      if (measure.equals(VolumeFlatness.withDefaults())) {
        // It misses a hidden unit, not a layer.
        continue;
      }
      boolean layers = measure.id().matches("kappa.*|rho.*|relative.*");
      assertThat(measure.inapplicable(subject).isPresent()).as(measure.id()).isEqualTo(layers);
      for (Estimate estimate : measure.evaluate(subject.withSeed(Cases.SEED))) {
        if (layers) {
          assertThat(estimate.scope()).isEqualTo(Scope.NETWORK);
          assertThat(estimate.value()).isNaN();
          assertThat(estimate.status()).isEqualTo(Status.NOT_APPLICABLE);
          assertThat(estimate.reason()).hasValue("the network has no dense or convolutional layer");
        } else {
          estimate.orThrow();
        }
      }
    }
  }

  @Test
  void aDeadNetworkHasCurvatureInItsLastBiasAlone() {
    Network network =
        Network.sequential(3)
            .dense("0", Tensor.of(new double[12], 4, 3), null)
            .relu()
            .dense("2", ones(2, 4), ones(2))
            .build();
    Dataset data = RandomDatasets.real(network, 8, Seed.of(3));
    Map<String, Estimate> found =
        Cases.measure(Cases.surface(network, data, SquaredError.summed()));
    double[] y = new double[16];
    data.read(0, 8, new double[24], y);
    double fisher = 0;
    double[] slope = new double[2];
    for (int i = 0; i < 16; i += 2) {
      slope[0] += 2 * (1 - y[i]) / 8;
      slope[1] += 2 * (1 - y[i + 1]) / 8;
      fisher += Math.pow(2 * (1 - y[i]) + 2 * (1 - y[i + 1]), 2) / 8;
    }
    Set<String> counting =
        Set.of(
            "log-weight-trace",
            "orbit-minimal-trace",
            "layer-minimal-trace",
            "normalized-sharpness",
            "fisher-rao-norm",
            "adaptive-sharpness",
            "l2-norm-squared-at-minimum-norm");
    for (Estimate estimate : found.values()) {
      boolean whole =
          (estimate.id().startsWith("hessian-") || counting.contains(estimate.id()))
              && estimate.layer().isEmpty();
      double expected =
          switch (estimate.id()) {
            case "hessian-trace",
                "log-weight-trace",
                "orbit-minimal-trace",
                "layer-minimal-trace",
                "hessian-trace-at-minimum-norm" ->
                4;
            case "hessian-top-eigenvalue", "l2-norm-squared-at-minimum-norm" -> 2;
            // Two biases, each min 2a + 1/a.
            case "normalized-sharpness" -> 4 * Math.sqrt(2);
            case "fisher-rao-norm" -> Math.sqrt(fisher);
            case "hessian-frobenius-norm" -> Math.sqrt(8);
            // Zero weights do not move, so the biases alone count.
            case "adaptive-sharpness" ->
                1e-3 * (Math.abs(slope[0]) + Math.abs(slope[1])) + 2 * 1e-6;
            default -> 0;
          };
      if (whole) {
        assertThat(estimate.value()).as(estimate.toString()).isCloseTo(expected, within(1e-14));
      } else if (estimate.status() != Status.NOT_APPLICABLE
          && !estimate.id().matches("l2-norm-squared|epsilon-sharpness.*|expected-sharpness")) {
        assertThat(estimate.values()).as(estimate.toString()).containsOnly(0);
      }
      estimate.orThrow();
    }
  }

  private static Tensor ones(int... shape) {
    double[] values = new double[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    Arrays.fill(values, 1);
    return Tensor.of(values, shape);
  }
}
