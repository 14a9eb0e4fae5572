package dev.flatness.hessian;

import dev.flatness.cost.Pass;
import dev.flatness.cost.Work;
import dev.flatness.network.Network;
import java.util.List;

/**
 * What the measures of this module take, by the names of the work they share; counts of iterations
 * are those that trained classifiers took, rounded up.
 */
final class Costs {
  static final Work TOP = new Work("eigenvalues of the Hessian", Pass.HESSIAN_PRODUCT, 20);
  static final Work BOTTOM = new Work(TOP.name(), Pass.HESSIAN_PRODUCT, 60);
  static final Work KRYLOV =
      new Work(TOP.name(), Pass.HESSIAN_PRODUCT, NetworkSpectrum.KRYLOV_STEPS);
  static final Work LAYERS = new Work("eigenvalues of the layers", Pass.LAYER_PRODUCTS, 25);
  static final Work SLOPE = new Work("gradient", Pass.GRADIENT, 1);

  /** Forward passes that a quadratic form of a dense direction takes: W ẋ and V x. */
  static final double FORM = 2;

  private static final Work GAUSS_NEWTON =
      new Work("closed forms of Gauss–Newton", Pass.CLOSED_FORMS, 1);

  static final String LAYER_TRACES = "traces of the layers: probes";

  private Costs() {}

  /** A number of the whole network: closed forms, and of smooth ones probes beyond Gauss–Newton. */
  static List<Work> trace(Network network, String probed) {
    if (network.piecewiseLinear()) {
      return List.of(new Work("closed forms", Pass.CLOSED_FORMS, 1));
    }
    return network.sharesParameters()
        ? List.of(new Work(probed, Pass.HESSIAN_PRODUCT, FunctionalHessian.PROBES))
        : List.of(GAUSS_NEWTON, new Work(probed, Pass.VALUE, FORM * FunctionalHessian.PROBES));
  }

  /** A number of every layer. */
  static List<Work> layers(Network network, String probed) {
    if (network.piecewiseLinear()) {
      return trace(network, probed);
    }
    return network.sharesParameters()
        ? List.of(new Work(probed, Pass.LAYER_PRODUCTS, FunctionalHessian.PROBES))
        : List.of(
            GAUSS_NEWTON,
            // A layer's tangent is pushed through what is above it: half of the network as a rule.
            new Work(
                probed,
                Pass.VALUE,
                FORM / 2 * FunctionalHessian.PROBES * network.weightLayers().size()));
  }

  /** The diagonal that is never negative. */
  static List<Work> semidefiniteDiagonal(Network network) {
    if (network.piecewiseLinear()) {
      return trace(network, "");
    }
    if (!network.sharesParameters()) {
      return List.of(new Work("diagonal of Gauss–Newton", Pass.CLOSED_FORMS, 1));
    }
    int p = network.parameterCount();
    return p > CurvatureDiagonal.MOST_BY_PRODUCTS
        ? List.of()
        : List.of(new Work("diagonal of Gauss–Newton", Pass.GAUSS_NEWTON_PRODUCT, p));
  }

  /** Gradients of a search, beside what finds its eigenvector. */
  static Work search(String id) {
    return new Work(id + ": gradients", Pass.GRADIENT, 28);
  }

  /** The few products to an eigenvector of a search that is given none. */
  static Work direction(String id) {
    return new Work(id + ": eigenvector", Pass.HESSIAN_PRODUCT, 8);
  }

  /** Both sides of 16 pairs and the point itself. */
  static Work pairs(String id) {
    return new Work(id + ": pairs", Pass.VALUE, 33);
  }
}
