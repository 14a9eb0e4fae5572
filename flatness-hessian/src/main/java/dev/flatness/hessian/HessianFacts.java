package dev.flatness.hessian;

import dev.flatness.cost.Pass;
import dev.flatness.cost.Work;
import dev.flatness.internal.linalg.Vectors;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Fact;
import dev.flatness.measure.Facts;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.spectral.ExtremeEigenvalues;
import dev.flatness.spectral.Lanczos;
import dev.flatness.spectral.Lanczos.End;
import dev.flatness.spectral.LanczosRun;
import dev.flatness.surface.LayerForms;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What several measures of this module need to know of a subject; counts of iterations are those
 * that trained classifiers took, rounded up.
 */
final class HessianFacts {
  private static final String EIGENVALUES = "eigenvalues of the Hessian";
  static final int TOP_PRODUCTS = 20;
  static final int BOTTOM_PRODUCTS = 60;

  /** The one Lanczos run on the whole Hessian; each question below says how far it goes. */
  private static final Fact<ExtremeEigenvalues> RUN =
      Fact.random(
          EIGENVALUES,
          subject ->
              new ExtremeEigenvalues(
                  hessian(subject),
                  lanczos(subject),
                  subject.seed().split("network-spectrum"),
                  subject.monitor().as(EIGENVALUES)));

  static final Fact<Outcome> TOP =
      Fact.random(EIGENVALUES, subject -> subject.get(RUN).find(End.LARGEST))
          .costing(Pass.HESSIAN_PRODUCT, TOP_PRODUCTS);

  static final Fact<Outcome> BOTTOM =
      Fact.random(EIGENVALUES, subject -> subject.get(RUN).find(End.SMALLEST))
          .costing(Pass.HESSIAN_PRODUCT, BOTTOM_PRODUCTS);

  static final Fact<Outcome> NORM =
      Fact.random(EIGENVALUES, subject -> subject.get(RUN).norm())
          .costing(Pass.HESSIAN_PRODUCT, TOP_PRODUCTS);

  static final Fact<Optional<double[]>> TOP_VECTOR =
      Fact.random(EIGENVALUES, subject -> subject.get(RUN).topVector())
          .costing(Pass.HESSIAN_PRODUCT, TOP_PRODUCTS);

  static final Fact<LanczosRun.Krylov> KRYLOV =
      Fact.random(EIGENVALUES, subject -> subject.get(RUN).krylov())
          .costing(Pass.HESSIAN_PRODUCT, ExtremeEigenvalues.KRYLOV_STEPS);

  static final Fact<LayerSpectra> LAYER_SPECTRA =
      Fact.random(
              "eigenvalues of the layers",
              subject -> new LayerSpectra(subject, subject.seed().split("layer-spectra")))
          .costing(Pass.LAYER_PRODUCTS, 25);

  static final Fact<LayerProbes> LAYER_PROBES =
      Fact.random(
          "probes of the layers",
          subject -> new LayerProbes(subject, subject.seed().split("layer-probes")));

  /** The diagonal of a piecewise-linear network's Hessian. */
  static final Fact<double[]> DIAGONAL =
      Fact.of(Facts.CLOSED_FORMS.name(), subject -> subject.get(Facts.CLOSED_FORMS).diagonal())
          .costing(Pass.CLOSED_FORMS, 1);

  /** The diagonal of the Hessian of a network without closed forms. */
  static final Fact<CurvatureDiagonal> DIAGONAL_BY_FORMS =
      Fact.of("diagonal of the Hessian", CurvatureDiagonal::byForms)
          .costing((network, settings) -> List.of(diagonalWork(network)));

  /** The diagonal that is never negative. */
  static final Fact<CurvatureDiagonal> SEMIDEFINITE_DIAGONAL =
      Fact.of("diagonal of Gauss–Newton", CurvatureDiagonal::semidefinite)
          .costing(HessianFacts::semidefiniteDiagonal);

  /** Forward passes that a quadratic form of a dense direction takes: W ẋ and V x. */
  private static final double FORM = 2;

  /**
   * Those of a direction in few weights: what is above its layer, half of the network as a rule.
   */
  private static final double SPARSE_FORM = 0.5;

  private HessianFacts() {}

  static SymmetricOperator hessian(Subject subject) {
    return subject.surface().hessian(subject.theta());
  }

  /** How eigenvalues are sought in this run. */
  static Lanczos lanczos(Subject subject) {
    return SurfacePoint.lanczos(subject);
  }

  static LayerForms forms(Subject subject, Node layer) {
    return subject.get(Facts.CLOSED_FORMS).layers().stream()
        .filter(forms -> forms.node().index() == layer.index())
        .findFirst()
        .orElseThrow(() -> new AssertionError("no closed forms of layer " + layer.name()));
  }

  static double squaredNorm(Subject subject, Node layer) {
    double[] weight = subject.network().values(subject.network().weight(layer));
    return Vectors.dot(weight, weight);
  }

  /** Products of layers' own Hessians; layers that use one weight together are kept apart. */
  static void layerProducts(
      Subject subject, List<Node> layers, List<double[]> vectors, List<double[]> products) {
    double[] theta = subject.theta();
    List<Integer> open = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      open.add(i);
    }
    while (!open.isEmpty()) {
      Set<Integer> weights = new HashSet<>();
      List<Integer> now = open.stream().filter(i -> weights.add(layers.get(i).weight())).toList();
      subject
          .surface()
          .layerProducts(
              theta,
              now.stream().map(layers::get).toList(),
              now.stream().map(vectors::get).toArray(double[][]::new),
              now.stream().map(products::get).toArray(double[][]::new));
      open.removeAll(now);
    }
  }

  /** Products of the search for extreme eigenvalues. */
  static Work eigenvalueWork(int products) {
    return new Work(EIGENVALUES, Pass.HESSIAN_PRODUCT, products);
  }

  private static Work diagonalWork(Network network) {
    return forms("diagonal of the Hessian", network.parameterCount());
  }

  /** Work of quadratic forms of directions in few weights. */
  static Work forms(String what, double count) {
    return new Work(what, Pass.VALUE, SPARSE_FORM * count);
  }

  /** Whether what has no closed form is exact by one quadratic form a parameter at most. */
  static boolean small(Network network) {
    return network.parameterCount() <= CurvatureDiagonal.MOST_BY_PRODUCTS;
  }

  /**
   * Passes to a number of the whole network: closed forms, for small smooth networks the diagonal,
   * and for others probes of what G lacks.
   */
  static List<Work> traceWork(Network network, String probed) {
    if (network.piecewiseLinear() && !network.sharesParameters()) {
      return Facts.CLOSED_FORMS.work(network, Settings.withDefaults());
    }
    return small(network) ? List.of(diagonalWork(network)) : probeWork(network, probed);
  }

  /** Passes to a number of a large network that is estimated. */
  static List<Work> probeWork(Network network, String probed) {
    if (network.sharesParameters()) {
      return List.of(new Work(probed, Pass.HESSIAN_PRODUCT, FunctionalHessian.PROBES));
    }
    List<Work> work = new ArrayList<>(Facts.CLOSED_FORMS.work(network, Settings.withDefaults()));
    work.add(new Work(probed, Pass.VALUE, FORM * FunctionalHessian.PROBES));
    return work;
  }

  /** Passes to a number of every layer. */
  static List<Work> layerWork(Network network, String probed) {
    if (network.piecewiseLinear() || small(network)) {
      return traceWork(network, probed);
    }
    if (network.sharesParameters()) {
      return List.of(new Work(probed, Pass.LAYER_PRODUCTS, FunctionalHessian.PROBES));
    }
    List<Work> work = new ArrayList<>(Facts.CLOSED_FORMS.work(network, Settings.withDefaults()));
    // A layer's tangent is pushed through what is above it: half of the network as a rule.
    work.add(
        new Work(
            probed,
            Pass.VALUE,
            FORM / 2 * FunctionalHessian.PROBES * network.weightLayers().size()));
    return work;
  }

  private static List<Work> semidefiniteDiagonal(Network network, Settings settings) {
    if (!network.sharesParameters()) {
      return Facts.CLOSED_FORMS.work(network, settings);
    }
    int p = network.parameterCount();
    return p > CurvatureDiagonal.MOST_BY_PRODUCTS
        ? List.of()
        : List.of(new Work("diagonal of Gauss–Newton", Pass.GAUSS_NEWTON_PRODUCT, p));
  }
}
