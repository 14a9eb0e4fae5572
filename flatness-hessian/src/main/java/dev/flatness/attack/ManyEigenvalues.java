package dev.flatness.attack;

import dev.flatness.hessian.Hessian;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.network.Parameter;
import dev.flatness.spectral.DenseSymmetric;
import dev.flatness.spectral.RitzPair;
import dev.flatness.spectral.ThickRestartLanczos;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.ParameterSet;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Dinh's Theorem 5: all layers but one are scaled down by β, so that every eigenvalue of the rest
 * of the matrix grows by β² at least.
 */
record ManyEigenvalues(double bound, int certified) implements Attack {
  static final int DENSE_BELOW = 2000;

  /** An eigenvalue counts to the rank above this share of the largest (ours). */
  static final double RANK = 1e-8;

  /** How far the eigenvalues are moved beyond the bound, so that no rounding takes them back. */
  private static final double BEYOND = 4;

  private static final double ROUNDING = 1e-12;

  /**
   * The transformation with another layer kept, at β = 2.
   *
   * @param layer which weight layer takes β^{K−1}
   * @param grown the parameters whose second derivatives grow by β² at least
   */
  private record Kept(int layer, List<Integer> grown) {}

  @Override
  public String name() {
    return "many-eigenvalues";
  }

  @Override
  public Result against(Subject subject) {
    return subject.surface().dimension() < DENSE_BELOW ? dense(subject) : byLanczos(subject);
  }

  private static int layers(Subject subject) {
    int layers = subject.network().weightLayers().size();
    if (layers < 2) {
      throw new IllegalArgumentException(
          "the network has "
              + layers
              + " dense or convolutional layers, but the attack many-eigenvalues needs two");
    }
    return layers;
  }

  private static Rescaling rescaling(ScaleClasses classes, int layers, int kept, double beta) {
    List<Double> alphas = new ArrayList<>(Collections.nCopies(layers, 1 / beta));
    double product = 1;
    for (int i = 1; i < layers; i++) {
      product *= beta;
    }
    alphas.set(kept, product);
    return Rescaling.alphas(classes, alphas);
  }

  /** Keeps the layer that leaves most parameters to grow. */
  private static Kept kept(ScaleClasses classes, int layers) {
    Kept best = new Kept(-1, List.of());
    for (int layer = 0; layer < layers; layer++) {
      Rescaling doubled = rescaling(classes, layers, layer, 2);
      List<Integer> grown = new ArrayList<>();
      classes.forEachEdge(
          (position, from, to) -> {
            if (doubled.factor(from) / doubled.factor(to) >= 2) {
              grown.add(position);
            }
          });
      if (best.layer() < 0 || grown.size() > best.grown().size()) {
        best = new Kept(layer, grown);
      }
    }
    return best;
  }

  private Result dense(Subject subject) {
    int layers = layers(subject);
    ScaleClasses classes = ScaleClasses.of(subject.network());
    Kept kept = kept(classes, layers);
    DenseSymmetric matrix = gaussNewton(subject);
    double[] eigenvalues = matrix.eigenvalues();
    double largest = eigenvalues[eigenvalues.length - 1];
    int zeros = 0;
    while (zeros < eigenvalues.length && !(eigenvalues[zeros] > RANK * largest)) {
      zeros++;
    }
    int rank = eigenvalues.length - zeros;
    if (rank == 0) {
      throw new IllegalArgumentException(
          "the Gauss–Newton matrix is 0 here, so no rescaling gives it large eigenvalues");
    }
    int shrunk = eigenvalues.length - kept.grown().size();
    double beta = Math.max(1, Math.sqrt(BEYOND * bound / eigenvalues[zeros]));
    return new Construction(
            name(), "eigenvalues", subject, rescaling(classes, layers, kept.layer(), beta))
        .with("matrix", Curvature.GAUSS_NEWTON.id())
        .with("beta", beta)
        .with("rank", rank)
        .with("rankThreshold", RANK)
        .with("smallestOfRank", eigenvalues[zeros])
        .with("keptLayer", subject.network().weightLayers().get(kept.layer()).name())
        .with("keptParameters", shrunk)
        .reaching(
            above(matrix),
            OptionalDouble.of(Math.max(0, rank - shrunk)),
            moved -> Outcome.exact(above(gaussNewton(moved))));
  }

  private static DenseSymmetric gaussNewton(Subject subject) {
    return DenseSymmetric.of(
        Hessian.of(subject.surface()).withCurvature(Curvature.GAUSS_NEWTON).at(subject.theta()));
  }

  /**
   * How many eigenvalues are above the bound. By Sylvester's law they are as many as C (A − M I) C
   * has positive ones, for any positive diagonal C; with this one all entries are of similar size.
   */
  private int above(DenseSymmetric matrix) {
    int n = matrix.dimension();
    double[] scale = new double[n];
    for (int i = 0; i < n; i++) {
      scale[i] = 1 / Math.sqrt(Math.max(matrix.entry(i, i), bound));
    }
    double[] entries = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double shifted = matrix.entry(i, j) - (i == j ? bound : 0);
        entries[i * n + j] = shifted * (scale[i] * scale[j]);
      }
    }
    double[] eigenvalues = DenseSymmetric.of(n, entries).eigenvalues();
    int count = 0;
    for (double eigenvalue : eigenvalues) {
      count += eigenvalue > ROUNDING ? 1 : 0;
    }
    return count;
  }

  /**
   * The largest eigenvalues of the Hessian in the weights that grow by β² exactly. Those of a
   * principal submatrix are bounds from below of the whole one's.
   */
  Result byLanczos(Subject subject) {
    int layers = layers(subject);
    ScaleClasses classes = ScaleClasses.of(subject.network());
    Kept kept = kept(classes, layers);
    ParameterSet weights = weights(subject.network(), kept.layer());
    List<RitzPair> pairs = largest(subject, weights);
    int wanted = 0;
    while (wanted < pairs.size() && least(pairs.get(wanted)) > RANK * least(pairs.get(0))) {
      wanted++;
    }
    if (wanted == 0) {
      throw new IllegalArgumentException(
          "Lanczos certifies no positive eigenvalue of the Hessian here, so there is none to raise");
    }
    double smallest = least(pairs.get(wanted - 1));
    double beta = Math.max(1, Math.sqrt(BEYOND * bound / smallest));
    return new Construction(
            name(), "eigenvalues", subject, rescaling(classes, layers, kept.layer(), beta))
        .with("matrix", Curvature.HESSIAN.id())
        .with("beta", beta)
        .with("certifiedBefore", wanted)
        .with("smallestCertified", smallest)
        .with("keptLayer", subject.network().weightLayers().get(kept.layer()).name())
        .reaching(
            count(pairs),
            OptionalDouble.of(wanted),
            moved ->
                Outcome.of(count(largest(moved, weights)), "lanczos", Status.LOWER_BOUND)
                    .because("each eigenvalue less its residual is above the bound"));
  }

  private static ParameterSet weights(Network network, int kept) {
    List<Parameter> weights = new ArrayList<>();
    for (int i = 0; i < network.weightLayers().size(); i++) {
      if (i != kept) {
        weights.add(network.weight(network.weightLayers().get(i)));
      }
    }
    return ParameterSet.of(weights);
  }

  private List<RitzPair> largest(Subject subject, ParameterSet weights) {
    SymmetricOperator operator =
        subject.surface().curvature(Curvature.HESSIAN, subject.theta(), weights);
    return ThickRestartLanczos.withDefaults(subject.surface().options().precision())
        .withLargest(Math.min(certified, operator.dimension()))
        .withCheck(false)
        .fitting(operator.dimension(), subject.surface().options().solverBytes())
        .solve(
            operator,
            subject.seed().split("many-eigenvalues"),
            subject.monitor().as("largest eigenvalues"))
        .largest();
  }

  private static double least(RitzPair pair) {
    return pair.value() - pair.residual();
  }

  private int count(List<RitzPair> pairs) {
    return (int) pairs.stream().filter(pair -> least(pair) >= bound).count();
  }
}
