package dev.flatness.hessian;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Subject;
import dev.flatness.network.Node;
import dev.flatness.random.Seed;
import dev.flatness.surface.Evaluation;
import dev.flatness.surface.LayerForms;
import dev.flatness.surface.Slope;
import dev.flatness.symmetry.DeadClasses;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The work that several measures of one subject share, each part done once. */
final class Shared {
  private Shared() {}

  static boolean closed(Subject subject) {
    return subject.network().piecewiseLinear();
  }

  /** The diagonal of a piecewise-linear network's Hessian; a rescaled network's is its origin's. */
  static double[] diagonal(Subject subject) {
    return subject.share(
        "hessian-diagonal",
        double[].class,
        () -> {
          Origin origin = subject.share("origin", Origin.class, () -> Origin.NONE);
          return origin == Origin.NONE ? subject.closedForms().diagonal() : origin.diagonal();
        });
  }

  /**
   * Where a network came from: another's dead classes pruned, then rescaled.
   *
   * @param subject the other network
   * @param rescaling what was done to it
   */
  record Origin(Subject subject, Rescaling rescaling) {
    private static final Origin NONE = new Origin(null, null);

    /** Tells a subject that its network is a rescaling of another's, before any work with it. */
    void tell(Subject moved) {
      moved.share("origin", Origin.class, () -> this);
    }

    /** H_ee (c_a/c_b)², 0 at dead classes. */
    double[] diagonal() {
      double[] diagonal = Shared.diagonal(subject).clone();
      ScaleClasses classes = rescaling.classes();
      DeadClasses.of(classes, subject.network()).positions().stream()
          .forEach(position -> diagonal[position] = 0);
      classes.forEachEdge(
          (position, from, to) -> {
            double ratio = rescaling.factor(from) / rescaling.factor(to);
            diagonal[position] *= ratio * ratio;
          });
      return diagonal;
    }
  }

  static LayerForms forms(Subject subject, Node layer) {
    return subject.closedForms().layers().stream()
        .filter(forms -> forms.node().index() == layer.index())
        .findFirst()
        .orElseThrow(() -> new AssertionError("no closed forms of layer " + layer.name()));
  }

  static Evaluation evaluation(Subject subject) {
    return subject.share(
        "evaluation", Evaluation.class, () -> subject.surface().evaluate(subject.theta()));
  }

  static Slope slope(Subject subject) {
    return subject.share(
        "slope",
        Slope.class,
        () -> {
          double[] gradient = new double[subject.surface().dimension()];
          return new Slope(subject.surface().valueAndGradient(subject.theta(), gradient), gradient);
        });
  }

  static SymmetricOperator hessian(Subject subject) {
    return subject.surface().hessian(subject.theta());
  }

  static NetworkSpectrum spectrum(Subject subject, Seed seed) {
    return subject.share(
        "network-spectrum/" + seed.value(),
        NetworkSpectrum.class,
        () -> new NetworkSpectrum(subject, seed.split("network-spectrum")));
  }

  static LayerSpectra layerSpectra(Subject subject, Seed seed) {
    return subject.share(
        "layer-spectra/" + seed.value(),
        LayerSpectra.class,
        () -> new LayerSpectra(subject, seed.split("layer-spectra")));
  }

  static LayerProbes layerProbes(Subject subject, Seed seed) {
    return subject.share(
        "layer-probes/" + seed.value(),
        LayerProbes.class,
        () -> new LayerProbes(subject, seed.split("layer-probes")));
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
}
