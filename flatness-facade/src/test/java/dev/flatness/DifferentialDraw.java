package dev.flatness;

import dev.flatness.basispath.Skeleton;
import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.loss.BinaryCrossEntropy;
import dev.flatness.loss.Loss;
import dev.flatness.loss.Losses;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.loss.SquaredError;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.OutputActivation;
import dev.flatness.network.SequentialBuilder;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.symmetry.ScaleClasses;
import dev.flatness.tensor.Tensor;
import dev.flatness.testkit.RandomDatasets;
import dev.flatness.testkit.RandomNetworks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** One network, its data and its loss. */
final class DifferentialDraw {
  private static final Seed SEED = Seed.of(16);
  private static final double RELATIVE = 1e-9;
  private static final String GAUGED = "-at-minimum-norm";

  /** All but the search in a random subspace, of which nothing but a bound is known. */
  static final String[] MEASURES = {
    "all",
    "relative-flatness-max",
    "adaptive-sharpness-2-norm",
    "adaptive-sharpness-average",
    "epsilon-sharpness-max-norm",
    "epsilon-sharpness-box",
    "hessian-top-eigenvalue" + GAUGED,
    "hessian-bottom-eigenvalue" + GAUGED,
    "hessian-frobenius-norm" + GAUGED,
    "epsilon-sharpness" + GAUGED,
    "epsilon-sharpness-quadratic" + GAUGED,
    "expected-sharpness" + GAUGED,
    "volume-flatness" + GAUGED
  };

  private static final int PAIRS = 60;

  private final String name;
  private final boolean chain;
  private final Network network;
  private final Dataset data;
  private final Loss loss;
  private final DenseMeasures dense;
  private final FlatnessReport report;
  private final Optional<DensePsi> psi;
  private final List<String> wrong = new ArrayList<>();
  private final Map<String, Double> scores = new HashMap<>();

  DifferentialDraw(int draw) {
    Seed seed = SEED.split(draw);
    boolean odd = draw % 2 == 1;
    this.chain = draw % 10 == 9;
    Network drawn =
        chain
            ? chain(seed.split("network").generator())
            : RandomNetworks.withDefaults()
                .withMaximumParameters(60)
                .withSmoothActivations(draw % 3 == 2)
                .withOddities(odd)
                .withRareLayers(true)
                .draw(seed.split("network"));
    boolean real = draw % 5 < 2;
    boolean several = chain ? draw / 10 % 2 == 1 : draw % 5 == 4;
    boolean labelsOfSeveral =
        drawn.outputActivation().equals(Optional.of(OutputActivation.SIGMOID))
            || drawn.outputActivation().isEmpty() && several;
    Seed samples = seed.split("data");
    this.data =
        real
            ? RandomDatasets.real(drawn, 6, samples)
            : labelsOfSeveral
                ? binary(RandomDatasets.real(drawn, 6, samples))
                : RandomDatasets.labelled(drawn, 6, samples);
    this.loss =
        real
            ? SquaredError.summed()
            : labelsOfSeveral || drawn.output().shape().size() == 1
                ? BinaryCrossEntropy.onLogits()
                : SoftmaxCrossEntropy.onLogits();
    this.network = Losses.fit(drawn, loss);
    this.name = "draw " + draw + " (" + network.notes() + ", " + loss.id() + "): ";
    this.dense = new DenseMeasures(network, data, loss);
    this.report =
        Flatness.of(network)
            .on(data, loss)
            .with(SurfaceOptions.withDefaults().withThreads(1))
            .measure(Arrays.stream(MEASURES).filter(this::applies).toArray(String[]::new))
            .with(Settings.TOLERANCE, 1e-12)
            .seed(draw)
            .report();
    this.psi = psi();
  }

  /** A measure asked for by name that is not defined here would be refused. */
  private boolean applies(String id) {
    try {
      MeasureCatalog.installed()
          .select(List.of(id))
          .requireApplicable(Subject.of(NetworkSurface.of(network, data, loss)));
      return true;
    } catch (IllegalArgumentException refused) {
      if (!id.equals("volume-flatness" + GAUGED) || infiniteVolume(dense.pruned)) {
        wrong.add(name + refused.getMessage());
      }
      return false;
    }
  }

  /** The same inputs with a label 0 or 1 for each output. */
  private static Dataset binary(Dataset real) {
    int n = real.size();
    double[] x = new double[n * real.inputShape().size()];
    double[] y = new double[n * real.targetSize()];
    real.read(0, n, x, y);
    Arrays.setAll(y, i -> y[i] > 0 ? 1 : 0);
    int[] extents =
        IntStream.concat(IntStream.of(n), Arrays.stream(real.inputShape().toArray())).toArray();
    return Datasets.of(Tensor.of(x, extents), Tensor.of(y, n, real.targetSize()));
  }

  /** Dense layers without biases and with equal hidden widths, as Theorem 5.1 has them. */
  private static Network chain(RandomGenerator random) {
    int width = random.nextInt(2, 5);
    int inputs = random.nextInt(2, 4);
    SequentialBuilder builder = Network.sequential(inputs);
    int depth = random.nextInt(1, 3);
    for (int l = 0; l < depth; l++) {
      builder.dense("l" + l, gaussian(random, width, l == 0 ? inputs : width), null).relu();
    }
    return builder.dense("out", gaussian(random, random.nextInt(1, 4), width), null).build();
  }

  private static Tensor gaussian(RandomGenerator random, int rows, int columns) {
    double[] values = new double[rows * columns];
    Arrays.setAll(values, i -> random.nextGaussian());
    return Tensor.of(values, rows, columns);
  }

  private Optional<DensePsi> psi() {
    Skeleton skeleton;
    try {
      skeleton = Skeleton.auto(network);
    } catch (IllegalArgumentException none) {
      return Optional.empty();
    }
    DensePsi found = new DensePsi(network, skeleton, dense.pruned);
    // Where nothing that lives can be varied there are no coordinates.
    return found.values().length == 0 ? Optional.empty() : Optional.of(found);
  }

  /** By how many standard errors an average was larger than ours. */
  Map<String, Double> scores() {
    return scores;
  }

  /**
   * By how much an average differs from ours, in the standard error that the dense Hessian tells: a
   * pair's mean is ½ Σ s_i s_j H_ij z_i z_j. Errors found from samples are small where the mean is.
   * A magnitude is compared only where the sign is sure.
   */
  private void score(Estimate estimate, DenseMeasures at, IntToDoubleFunction sigma, double right) {
    double middle = 0;
    double squares = 0;
    for (int i = 0; i < at.theta.length; i++) {
      middle += 0.5 * Math.pow(sigma.applyAsDouble(i), 2) * at.h[i][i];
      for (int j = 0; j < at.theta.length; j++) {
        squares += Math.pow(sigma.applyAsDouble(i) * sigma.applyAsDouble(j) * at.h[i][j], 2);
      }
    }
    double unit = Math.sqrt(0.5 * squares * (1.0 / 16 + 1.0 / PAIRS));
    boolean signed = estimate.id().startsWith("adaptive");
    if (unit > 1e-13 * (1 + at.reference.loss()) && (signed || Math.abs(middle) > 6 * unit)) {
      scores.put(estimate.id(), (estimate.value() - right) / unit);
    }
  }

  /** The ids of the measures that gave a number. */
  Set<String> ids() {
    return report.estimates().stream()
        .filter(estimate -> estimate.status() != Status.NOT_APPLICABLE)
        .map(Estimate::id)
        .collect(Collectors.toSet());
  }

  Network network() {
    return network;
  }

  /** What is wrong, a sentence each. */
  List<String> check() {
    same("loss", report.evaluation().loss(), dense.reference.loss(), dense.reference.loss());
    double norm = DenseMatrices.norm(dense.gradient);
    same("gradient norm", report.gradientNorm(), norm, norm);
    for (Estimate estimate : report.estimates()) {
      check(estimate);
    }
    return wrong;
  }

  private void check(Estimate estimate) {
    String id = estimate.id();
    if (estimate.scope() == Scope.NEURON) {
      compare(estimate, dense.rho(layer(estimate), id.equals("rho-rows")));
    } else if (estimate.scope() == Scope.LAYER) {
      compare(estimate, dense.layer(id, layer(estimate)));
    } else if (id.startsWith("psi-") || id.startsWith("basis-path-")) {
      checkPsi(estimate);
    } else {
      DenseMeasures.Right right = dense.network(id);
      if (right != null) {
        compare(estimate, right);
      } else {
        checkOthers(estimate);
      }
    }
  }

  private Node layer(Estimate estimate) {
    String name = estimate.layer().orElseThrow();
    return network.weightLayers().stream()
        .filter(node -> node.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private void same(String what, double found, double right, double size) {
    if (!(Math.abs(found - right) <= RELATIVE * size + 1e-300)) {
      wrong.add(name + what + " is " + found + ", expected " + right + " of size " + size);
    }
  }

  private void compare(Estimate estimate, DenseMeasures.Right right) {
    Status status = estimate.status();
    if (right == null || status == Status.NOT_APPLICABLE) {
      if (right != null || status != Status.NOT_APPLICABLE) {
        wrong.add(name + estimate + ", expected " + (right == null ? "no number" : "a number"));
      }
      return;
    }
    double[] values = estimate.values();
    boolean sampled = status == Status.ESTIMATED;
    if (values.length != right.values().length
        || !(sampled || status == Status.EXACT || status == Status.CONVERGED)) {
      wrong.add(name + estimate + ", expected " + Arrays.toString(right.values()));
      return;
    }
    for (int i = 0; i < values.length; i++) {
      double slack = sampled ? 6 * estimate.standardError().orElseThrow() : 0;
      double error = Math.abs(values[i] - right.values()[i]);
      if (!(error <= slack + RELATIVE * right.sizes()[i] + 1e-300)) {
        wrong.add(
            name
                + estimate
                + (values.length > 1 ? " [" + i + "]" : "")
                + ", expected "
                + right.values()[i]
                + " of size "
                + right.sizes()[i]);
      }
    }
  }

  private void checkPsi(Estimate estimate) {
    if (psi.isEmpty()) {
      compare(estimate, null);
      return;
    }
    DensePsi at = psi.get();
    double[] v = at.values();
    double[] sizes = Arrays.stream(v).map(Math::abs).toArray();
    double largest = Arrays.stream(sizes).max().orElse(0);
    double smallest = Arrays.stream(sizes).min().orElse(0);
    switch (estimate.id()) {
      case "basis-path-count" -> compare(estimate, DenseMeasures.Right.of(v.length));
      case "basis-path-values" -> compare(estimate, new DenseMeasures.Right(v, sizes));
      case "basis-path-ratio" -> {
        if (smallest > 0) {
          compare(estimate, DenseMeasures.Right.of(largest / smallest));
        } else if (estimate.status() != Status.INFINITE) {
          wrong.add(name + estimate + ", expected an infinite ratio");
        }
      }
      case "psi-l2-norm-squared" ->
          compare(estimate, DenseMeasures.Right.of(DenseMatrices.norm(v) * DenseMatrices.norm(v)));
      case "psi-gradient-norm" ->
          compare(estimate, DenseMeasures.Right.of(DenseMatrices.norm(at.gradient())));
      case "psi-trace" -> compare(estimate, DenseMeasures.Right.of(at.trace(), at.traceSize()));
      case "psi-top-eigenvalue", "psi-bottom-eigenvalue" -> {
        DenseMatrices.Eigen eigen = DenseMatrices.eigen(at.hessian());
        double value = estimate.id().contains("top") ? eigen.largest() : eigen.smallest();
        compare(estimate, DenseMeasures.Right.of(value, eigen.norm()));
      }
      case "psi-epsilon-sharpness" -> {
        double epsilon = (Double) estimate.details().get("epsilon");
        same("psi epsilon", epsilon, Math.min(1e-3, at.radius() / 10), epsilon);
        List<double[]> starts = starts(at.gradient(), DenseMatrices.eigen(at.hessian()), epsilon);
        starts.replaceAll(at::weightsAt);
        atLeast(estimate, starts, dense.pruned, true);
      }
      case "psi-expected-sharpness" -> {
        double epsilon = (Double) estimate.details().get("epsilon");
        average(
            estimate,
            dense.pruned,
            at.weightsAtRandom(epsilon, SEED.split(name).generator()),
            null);
      }
      default -> wrong.add(name + estimate + " has no reference");
    }
  }

  /** The gradient's point of a ball, and both of the top eigenvector where it is one direction. */
  private static List<double[]> starts(
      double[] gradient, DenseMatrices.Eigen eigen, double epsilon) {
    List<double[]> starts = new ArrayList<>();
    double norm = DenseMatrices.norm(gradient);
    if (norm > 0) {
      starts.add(Arrays.stream(gradient).map(g -> epsilon * g / norm).toArray());
    }
    int n = gradient.length;
    if (n > 1 && eigen.values()[n - 1] - eigen.values()[n - 2] > 1e-3 * eigen.norm()) {
      double[] top = eigen.vectors()[n - 1];
      starts.add(Arrays.stream(top).map(u -> epsilon * u).toArray());
      starts.add(Arrays.stream(top).map(u -> -epsilon * u).toArray());
    }
    return starts;
  }

  private void atLeast(
      Estimate estimate, List<double[]> points, DenseMeasures at, boolean relative) {
    double loss = at.reference.loss();
    double best = 0;
    for (double[] point : points) {
      double increase = at.reference.lossAt(point) - loss;
      best = Math.max(best, relative ? increase / (1 + loss) : increase);
    }
    // A loss rounds at some 1e-15 of itself.
    double rounding = 1e-14 * (1 + loss);
    boolean searched = estimate.status() == Status.LOWER_BOUND;
    if (!searched || !(estimate.value() >= best * (1 - 1e-6) - rounding)) {
      wrong.add(name + estimate + ", expected at least " + best);
    }
  }

  /** The magnitude of a mean increase lies within the errors of ours. */
  private void average(
      Estimate estimate, DenseMeasures at, Supplier<double[][]> pairs, IntToDoubleFunction sigma) {
    double loss = at.reference.loss();
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < PAIRS; i++) {
      double[][] pair = pairs.get();
      double mean = (at.reference.lossAt(pair[0]) + at.reference.lossAt(pair[1])) / 2 - loss;
      sum += mean;
      squares += mean * mean;
    }
    double mean = sum / PAIRS;
    double variance = (squares / PAIRS - mean * mean) / PAIRS;
    double own = estimate.standardError().orElse(0);
    double error = Math.sqrt(variance + own * own);
    double slack = 6 * error + 1e-14 * (1 + loss);
    // The rise under relative noise has a sign, the others are magnitudes.
    double right = estimate.id().startsWith("adaptive") ? mean : Math.abs(mean);
    if (estimate.status() != Status.ESTIMATED || !(Math.abs(estimate.value() - right) <= slack)) {
      wrong.add(name + estimate + ", expected " + right + " within " + slack);
    }
    if (sigma != null) {
      score(estimate, at, sigma, right);
    }
  }

  private Supplier<double[][]> gaussian(DenseMeasures at, IntToDoubleFunction sigma) {
    RandomGenerator random = SEED.split(name).split("noise").generator();
    return () -> {
      double[][] pair = {at.theta.clone(), at.theta.clone()};
      for (int i = 0; i < pair[0].length; i++) {
        double u = sigma.applyAsDouble(i) * random.nextGaussian();
        pair[0][i] += u;
        pair[1][i] -= u;
      }
      return pair;
    };
  }

  /** Infinite where a unit that can be rescaled has non-zero weights on both sides. */
  private boolean infiniteVolume(DenseMeasures at) {
    ScaleClasses classes = ScaleClasses.of(network);
    Set<Integer> in = new HashSet<>();
    Set<Integer> out = new HashSet<>();
    classes.forEachEdge(
        (position, from, to) -> {
          if (at.theta[position] != 0) {
            in.add(to);
            out.add(from);
          }
        });
    return in.stream().anyMatch(c -> classes.isFree(c) && out.contains(c));
  }

  private void volume(Estimate estimate, DenseMeasures at) {
    boolean infinite = infiniteVolume(at);
    if (estimate.status() != (infinite ? Status.INFINITE : Status.NOT_APPLICABLE)) {
      wrong.add(name + estimate + ", expected " + (infinite ? "an infinite volume" : "none"));
    }
  }

  /** The bound in logarithms, for chains of equal widths. */
  private void theorem(Estimate estimate) {
    boolean named = chain && psi.isPresent() && !loss.id().equals("squared-error");
    if (!named || estimate.status() == Status.NOT_APPLICABLE) {
      // Other draws may happen to be such chains; those made as such are.
      if (named) {
        wrong.add(name + estimate + ", expected a bound");
      }
      return;
    }
    DensePsi at = psi.orElseThrow();
    double smallest = Arrays.stream(at.values()).map(Math::abs).min().orElseThrow();
    if (smallest == 0) {
      if (estimate.status() != Status.INFINITE) {
        wrong.add(name + estimate + ", expected infinity");
      }
      return;
    }
    double outputs = network.output().shape().size();
    double lipschitz = loss.id().equals("cross-entropy") ? Math.sqrt(2) : Math.sqrt(outputs);
    double right = at.logTheoremBound(network, data, lipschitz, 1e-6);
    double log = (Double) estimate.details().get("logValue");
    same("theorem bound", log, right, Math.max(1, Math.abs(right)));
    double limit = (2 - Math.sqrt(3)) * smallest;
    same("epsilonLimit", (Double) estimate.details().get("epsilonLimit"), limit, limit);
  }

  private void checkOthers(Estimate estimate) {
    boolean gauged = estimate.id().endsWith(GAUGED);
    DenseMeasures at = gauged ? dense.atMinimumNorm() : dense;
    double[] theta = at.theta;
    double[] g = at.gradient;
    double[] along = new double[g.length];
    double rho = 1e-3;
    switch (gauged ? estimate.id().replace(GAUGED, "") : estimate.id()) {
      case "epsilon-sharpness" -> atLeast(estimate, moved(at, starts(g, at.eigen, rho)), at, true);
      case "epsilon-sharpness-max-norm" -> {
        Arrays.setAll(along, i -> rho * Math.signum(g[i]));
        atLeast(estimate, moved(at, List.of(along)), at, true);
      }
      case "epsilon-sharpness-box" -> {
        Arrays.setAll(along, i -> rho * (Math.abs(theta[i]) + 1) * Math.signum(g[i]));
        atLeast(estimate, moved(at, List.of(along)), at, true);
      }
      case "adaptive-sharpness" -> {
        Arrays.setAll(along, i -> rho * Math.abs(theta[i]) * Math.signum(g[i]));
        atLeast(estimate, moved(at, List.of(along)), at, false);
      }
      case "adaptive-sharpness-2-norm" -> {
        double[] scaled = g.clone();
        Arrays.setAll(scaled, i -> theta[i] * g[i]);
        double norm = DenseMatrices.norm(scaled);
        Arrays.setAll(along, i -> norm == 0 ? 0 : rho * theta[i] * scaled[i] / norm);
        atLeast(estimate, moved(at, List.of(along)), at, false);
      }
      case "adaptive-sharpness-average" -> {
        IntToDoubleFunction sigma = i -> rho * theta[i];
        average(estimate, at, gaussian(at, sigma), sigma);
      }
      case "expected-sharpness" -> average(estimate, at, gaussian(at, i -> rho), i -> rho);
      case "volume-flatness" -> volume(estimate, at);
      case "theorem-5.1-bound" -> theorem(estimate);
      default -> wrong.add(name + estimate + " has no reference");
    }
  }

  private static List<double[]> moved(DenseMeasures at, List<double[]> deltas) {
    List<double[]> points = new ArrayList<>();
    for (double[] delta : deltas) {
      double[] point = at.theta.clone();
      Arrays.setAll(point, i -> point[i] + delta[i]);
      points.add(point);
    }
    return points;
  }
}
