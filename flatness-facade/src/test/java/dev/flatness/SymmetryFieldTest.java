package dev.flatness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.basispath.Skeleton;
import dev.flatness.data.DataSource;
import dev.flatness.data.Datasets;
import dev.flatness.data.FileDataset;
import dev.flatness.data.Preprocessing;
import dev.flatness.hessian.HessianTrace;
import dev.flatness.loss.LossRequest;
import dev.flatness.loss.Losses;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Status;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Parameter;
import dev.flatness.onnx.OnnxReader;
import dev.flatness.spectral.DenseSymmetric;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.SurfaceOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small networks made after reports of users, each with its right value by another way. */
class SymmetryFieldTest {
  @TempDir private Path folder;

  private Network network(String name) throws IOException {
    for (String file : List.of("network.onnx", "data.npz")) {
      try (InputStream in = getClass().getResourceAsStream("field/" + name + "/" + file)) {
        Files.copy(in, folder.resolve(file));
      }
    }
    return OnnxReader.withDefaults().read(folder.resolve("network.onnx")).network();
  }

  private FileDataset data(Network network) {
    return Datasets.open(
        DataSource.of(folder.resolve("data.npz")),
        network.inputShape(),
        Preprocessing.withDefaults());
  }

  private FlatnessReport measure(Network network, String... measures) {
    try (FileDataset data = data(network)) {
      Losses.Choice choice = Losses.choose(LossRequest.of(Losses.AUTO), data, network);
      return Flatness.of(network).on(choice.data(), choice.loss()).measure(measures).report();
    }
  }

  @Test
  void aPathValueIncludesTheFactorOfAnAverage() throws IOException {
    Network network = network("path-norm-average-pooling");
    assertThat(measure(network, "path-norm-2").network("path-norm-2").value())
        .isCloseTo(6.1766, within(5e-5));
  }

  @Test
  void deadUnitsOfATanhNetworkArePartOfIt() throws IOException {
    Network network = network("anchored-dead-unit");
    FlatnessReport report =
        measure(
            network,
            "l2-norm-squared",
            "l2-norm-squared-at-minimum-norm",
            "basis-path-count",
            "hessian-trace");
    assertThat(report.network("hessian-trace").value()).isCloseTo(1.790, within(5e-4));
    assertThat(report.network("hessian-trace").status()).isEqualTo(Status.EXACT);
    double norm = report.network("l2-norm-squared").value();
    assertThat(norm).isCloseTo(41.989, within(5e-4));
    assertThat(report.network("l2-norm-squared-at-minimum-norm").value()).isEqualTo(norm);
    assertThat(report.network("basis-path-count").value()).isEqualTo(83);
  }

  @Test
  void aWeightThatTwoLayersUseCountsOnceAndHasOneNumber() throws IOException {
    Network network = network("tied-weights-sums");
    List<Node> layers = network.weightLayers();
    FlatnessReport report = measure(network, "all");
    DenseSymmetric hessian;
    try (FileDataset data = data(network)) {
      Losses.Choice choice = Losses.choose(LossRequest.of(Losses.AUTO), data, network);
      hessian =
          DenseSymmetric.of(
              NetworkSurface.of(
                      network, choice.data(), choice.loss(), SurfaceOptions.withDefaults())
                  .hessian(network.parameterVector()));
    }
    Map<Integer, List<Node>> uses =
        network.weightLayers().stream().collect(Collectors.groupingBy(Node::weight));
    List<Node> tied = uses.values().stream().filter(each -> each.size() == 2).findFirst().get();
    Parameter weight = network.weight(tied.get(0));
    double trace = 0;
    for (int i = weight.offset(); i < weight.offset() + weight.size(); i++) {
      trace += hessian.entry(i, i);
    }
    assertThat(trace).isCloseTo(6.658, within(5e-4));
    for (String id : List.of("hessian-trace", "kappa", "kappa-tau", "rho-sum", "rho-max")) {
      Estimate one = report.layer(id, tied.get(0).name());
      Estimate other = report.layer(id, tied.get(1).name());
      assertThat(other.value()).as(id).isEqualTo(one.value());
      assertThat(other.standardError()).as(id).isEqualTo(one.standardError());
    }
    assertThat(report.neurons("rho", tied.get(1).name()).values())
        .containsExactly(report.neurons("rho", tied.get(0).name()).values());
    Estimate found = report.layer("hessian-trace", tied.get(1).name());
    // Four standard errors of an estimate; nothing but rounding where it is exact.
    double error = 4 * found.standardError().orElse(1e-10 * trace);
    assertThat(found.value()).isCloseTo(trace, within(error));
    for (String id : List.of("kappa", "kappa-tau")) {
      double sum =
          uses.values().stream()
              .mapToDouble(each -> report.layer(id, each.get(0).name()).value())
              .sum();
      assertThat(report.network(id + "-sum").value()).isCloseTo(sum, within(1e-12 * sum));
    }
    double sum =
        uses.values().stream()
            .mapToDouble(each -> report.layer("rho-sum", each.get(0).name()).value())
            .sum();
    assertThat(report.network("rho-sum").value()).isCloseTo(sum, within(1e-12 * sum));
  }

  @Test
  void onlyTheTracesAndKappasOfLayersAreNormalized() throws IOException {
    Network network = network("pruned-diagonal-zero");
    FlatnessReport plain = measure(network, "all", "relative-flatness-max");
    FlatnessReport divided;
    try (FileDataset data = data(network)) {
      Losses.Choice choice = Losses.choose(LossRequest.of(Losses.AUTO), data, network);
      divided =
          Flatness.of(network)
              .on(choice.data(), choice.loss())
              .measure("all", "relative-flatness-max")
              .with(HessianTrace.NORMALIZE_TRACE, true)
              .report();
    }
    for (int i = 0; i < plain.estimates().size(); i++) {
      Estimate one = plain.estimates().get(i);
      Estimate other = divided.estimates().get(i);
      if (one.scope() == Scope.LAYER && Set.of("hessian-trace", "kappa-tau").contains(one.id())) {
        Node layer =
            network.weightLayers().stream()
                .filter(node -> one.layer().orElseThrow().equals(node.name()))
                .findFirst()
                .orElseThrow();
        double share = one.value() / network.weight(layer).size();
        assertThat(other.value()).isCloseTo(share, within(1e-14 * Math.abs(share)));
      } else {
        assertThat(other.values()).as(one.id()).containsExactly(one.values());
      }
    }
  }

  @Test
  void autoTakesTheBalancedRuleWhereAWeightOfTheDiagonalIsZero() throws IOException {
    Network network = network("pruned-diagonal-zero");
    Skeleton skeleton = Skeleton.auto(network);
    assertThat(skeleton.rule()).isEqualTo("balanced");
    assertThat(skeleton.freeEdges()).containsExactly(Skeleton.balanced(network).freeEdges());
    assertThat(skeleton.note())
        .contains(
            "the diagonal rule needs the weight dense1.weight[1,1], which is 0;"
                + " the balanced rule was taken");
    FlatnessReport report = measure(network, "basis-path-count", "psi-trace");
    Estimate count = report.network("basis-path-count");
    assertThat(count.value()).isEqualTo(42);
    assertThat(count.details())
        .containsEntry("skeleton", "balanced")
        .containsEntry("skeletonNote", skeleton.note().orElseThrow());
    assertThat(report.network("psi-trace").status()).isEqualTo(Status.EXACT);
  }
}
