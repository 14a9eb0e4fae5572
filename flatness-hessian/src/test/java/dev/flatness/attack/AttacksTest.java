package dev.flatness.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.data.Dataset;
import dev.flatness.hessian.Cases;
import dev.flatness.hessian.EpsilonSharpness;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Subject;
import dev.flatness.network.Activation;
import dev.flatness.network.GraphBuilder;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.random.Seed;
import dev.flatness.spectral.DenseSymmetric;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.tensor.Tensor;
import dev.flatness.testkit.DenseReference;
import dev.flatness.testkit.NetworkArbitraries;
import dev.flatness.testkit.RandomDatasets;
import dev.flatness.testkit.RandomNetworks;
import dev.flatness.testkit.RandomNetworks.Architecture;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The statements of the theorems on random networks, against matrices of another program. */
class AttacksTest {
  private static final RandomNetworks SMALL =
      RandomNetworks.withDefaults().withMaximumParameters(90);

  /** What networks without the symmetry that an attack needs are told. */
  private static final List<String> REFUSALS =
      List.of(
          "so no rescaling sharpens the network",
          "does not grow with the scale of any hidden unit",
          "needs two",
          "matrix is 0 here",
          "its scale is fixed",
          "none of them can be scaled down",
          "no layer is passed by every path",
          "is the same on the whole orbit",
          "changes raise the loss less",
          "cannot be raised to",
          "whichever hidden unit is scaled",
          "no common factor of the units");

  @Provide
  Arbitrary<Network> networks() {
    return NetworkArbitraries.networks(SMALL);
  }

  @Provide
  Arbitrary<Network> chains() {
    return NetworkArbitraries.networks(
        SMALL.withArchitectures(Architecture.DENSE, Architecture.CONVOLUTIONAL));
  }

  @Provide
  Arbitrary<Seed> seeds() {
    return NetworkArbitraries.seeds();
  }

  private static Subject subject(Network network, Seed seed) {
    return Subject.of(
        Cases.surface(network, seed), Settings.withDefaults(), Monitor.NONE, Cases.SEED);
  }

  /** An attack on a network that it exists for; others are passed over. */
  private static Attack.Result run(Attack attack, Subject subject) {
    try {
      Attack.Result result = attack.against(subject);
      assertThat(result.functionResidual()).isLessThan(1e-9);
      return result;
    } catch (IllegalArgumentException refused) {
      boolean known = REFUSALS.stream().anyMatch(part -> refused.getMessage().contains(part));
      Assume.that(!known);
      throw refused;
    }
  }

  private static DenseReference reference(Subject subject, Network network) {
    NetworkSurface surface = subject.surface();
    return DenseReference.of(network, surface.dataset(), surface.loss());
  }

  private static double trace(double[][] matrix, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += matrix[i][i];
    }
    return sum;
  }

  private static double[] eigenvalues(double[][] matrix) {
    int n = matrix.length;
    double[] entries = new double[n * n];
    Arrays.setAll(entries, e -> (matrix[e / n][e % n] + matrix[e % n][e / n]) / 2);
    return DenseSymmetric.of(n, entries).eigenvalues();
  }

  private static double top(double[][] matrix) {
    return eigenvalues(matrix)[matrix.length - 1];
  }

  @Property(tries = 12, maxDiscardRatio = 50)
  void theSpectralNormIsAtLeastTheBound(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    Subject subject = subject(network, seed);
    double bound = 1e3 * Math.max(1e-3, top(reference(subject, network).hessian()));
    Attack.Result result = run(Attacks.spectralNorm(bound), subject);
    double[][] hessian = reference(subject, result.network()).hessian();
    int edge = position(network, (String) result.details().get("parameter"));
    assertThat(hessian[edge][edge])
        .isGreaterThanOrEqualTo(bound)
        .isCloseTo(bound, within(1e-8 * bound));
    double reached = top(hessian);
    assertThat(reached).isGreaterThanOrEqualTo(bound);
    assertThat(result.reached().value()).isCloseTo(reached, within(1e-6 * reached));
    assertThat(result.predicted()).hasValue(bound);
  }

  @Property(tries = 20, maxDiscardRatio = 50)
  void manyEigenvaluesAreAboveTheBound(
      @ForAll("chains") Network network, @ForAll("seeds") Seed seed) {
    Subject subject = subject(network, seed);
    Attack.Result result = run(Attacks.manyEigenvalues(50), subject);
    assertThat(result.reached().value()).isGreaterThanOrEqualTo(result.predicted().orElseThrow());
  }

  @Example
  void allEigenvaluesButThoseOfTheSmallestLayerAreAboveTheBound() {
    Network network = perceptron(false);
    Subject subject = subject(network, 60);
    double[] before = eigenvalues(reference(subject, network).gaussNewton());
    double bound = 10 * before[before.length - 1];
    Attack.Result result = run(Attacks.manyEigenvalues(bound), subject);
    int rank =
        (int) Arrays.stream(before).filter(x -> x > 1e-8 * before[before.length - 1]).count();
    assertThat(result.predicted()).hasValue(rank - 15);
    assertThat(rank - 15).isGreaterThan(20);
    long above =
        Arrays.stream(eigenvalues(reference(subject, result.network()).gaussNewton()))
            .filter(x -> x >= bound)
            .count();
    assertThat(result.reached().value()).isEqualTo(above);
    assertThat(above).isGreaterThanOrEqualTo(rank - 15);
    assertThat(result.before()).isZero();
  }

  @Example
  void lanczosCertifiesEigenvaluesOfLargerNetworks() {
    Subject subject = subject(perceptron(true), 60);
    Attack.Result result = run(new ManyEigenvaluesByLanczos(1e4), subject);
    assertThat(result.predicted()).hasValue(10);
    assertThat(result.reached().value()).isEqualTo(10);
    double[] after = eigenvalues(reference(subject, result.network()).hessian());
    assertThat(after[after.length - 10]).isGreaterThan(1e4);
    assertThat(result.before()).isZero();
    // In the weights of the layers that take 1/β the tenth is 4 times the bound, as β says.
    double[] own =
        eigenvalues(scaledWeights(reference(subject, result.network()).hessian(), result));
    assertThat(own[own.length - 10]).isCloseTo(4e4, within(4e4 * 1e-5));
  }

  private static double[][] scaledWeights(double[][] matrix, Attack.Result result) {
    Network network = result.network();
    int[] positions =
        network.weightLayers().stream()
            .filter(layer -> !layer.name().equals(result.details().get("keptLayer")))
            .map(network::weight)
            .flatMapToInt(it -> IntStream.range(it.offset(), it.offset() + it.size()))
            .toArray();
    double[][] block = new double[positions.length][positions.length];
    for (int i = 0; i < positions.length; i++) {
      for (int j = 0; j < positions.length; j++) {
        block[i][j] = matrix[positions[i]][positions[j]];
      }
    }
    return block;
  }

  /** The way of larger networks on one that the dense reference holds. */
  private record ManyEigenvaluesByLanczos(double bound) implements Attack {
    @Override
    public String name() {
      return "many-eigenvalues";
    }

    @Override
    public Result against(Subject subject) {
      return new ManyEigenvalues(bound, 10).byLanczos(subject);
    }
  }

  @Property(tries = 12, maxDiscardRatio = 50)
  void theSharpnessIsThatOfTheBestConstantFunction(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    Subject subject = subject(network, seed);
    Attack.Result result = run(Attacks.constantFunction(), subject);
    DenseReference moved = reference(subject, result.network());
    double[] theta = result.network().parameterVector();
    Node layer =
        network.nodes().stream()
            .filter(node -> node.name().equals(result.details().get("layer")))
            .findFirst()
            .orElseThrow();
    double square = 0;
    for (var parameter :
        layer.bias() < 0
            ? List.of(network.weight(layer))
            : List.of(network.weight(layer), network.bias(layer))) {
      for (int i = parameter.offset(); i < parameter.offset() + parameter.size(); i++) {
        square += theta[i] * theta[i];
        theta[i] = 0;
      }
    }
    assertThat(Math.sqrt(square)).isLessThanOrEqualTo(1e-3);
    double[] first = result.network().withParameters(theta).outputs(input(network, seed, 1));
    assertThat(result.network().withParameters(theta).outputs(input(network, seed, 2)))
        .isEqualTo(first);
    double sharpness = (moved.lossAt(theta) - moved.loss()) / (1 + moved.loss());
    assertThat(result.reached().value()).isCloseTo(sharpness, within(1e-9));
    double best = bestConstant(subject, network);
    double predicted = (best - moved.loss()) / (1 + moved.loss());
    assertThat(result.predicted().orElseThrow()).isCloseTo(predicted, within(1e-9));
    assertThat(sharpness).isGreaterThanOrEqualTo(predicted - 1e-9);
  }

  private static double[] input(Network network, Seed seed, int i) {
    return RandomDatasets.input(network, seed.split(i));
  }

  /** By the frequencies of labels, and the means of targets. */
  private static double bestConstant(Subject subject, Network network) {
    Dataset data = subject.surface().dataset();
    int n = data.size();
    double[] targets = new double[n * data.targetSize()];
    data.readTargets(0, n, targets);
    double sum = 0;
    if (data.targetKind() == Dataset.TargetKind.LABELS) {
      for (double label : targets) {
        double share = (double) Arrays.stream(targets).filter(y -> y == label).count() / n;
        sum -= Math.log(share) / n;
      }
      return sum;
    }
    int outputs = network.output().shape().size();
    for (int k = 0; k < outputs; k++) {
      double mean = 0;
      for (int i = 0; i < n; i++) {
        mean += targets[i * outputs + k] / n;
      }
      for (int i = 0; i < n; i++) {
        sum += Math.pow(targets[i * outputs + k] - mean, 2) / n;
      }
    }
    return sum;
  }

  @Property(tries = 12, maxDiscardRatio = 50)
  void traceAndNormAreRaisedToTheValue(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    Subject subject = subject(network, seed);
    int p = network.parameterCount();
    double trace = trace(reference(subject, network).hessian(), 0, p);
    Assume.that(trace > 0);
    Attack.Result result = run(Attacks.raise("hessian-trace", 7e4 * trace), subject);
    assertThat(trace(reference(subject, result.network()).hessian(), 0, p))
        .isCloseTo(7e4 * trace, within(7e4 * trace * 1e-9));
    assertThat(result.before()).isCloseTo(trace, within(1e-9 * trace));

    double norm = Arrays.stream(network.parameterVector()).map(w -> w * w).sum();
    Attack.Result longer = run(Attacks.raise("l2-norm-squared", 5e3 * norm), subject);
    assertThat(Arrays.stream(longer.network().parameterVector()).map(w -> w * w).sum())
        .isCloseTo(5e3 * norm, within(5e3 * norm * 1e-12));
  }

  @Property(tries = 12, maxDiscardRatio = 50)
  void tracesOfLayersAreRaisedAndLowered(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    Subject subject = subject(network, seed);
    List<Node> layers = network.weightLayers();
    Node layer = layers.get((int) Math.floorMod(seed.value(), (long) layers.size()));
    String id = "hessian-trace@" + layer.name();
    int from = network.weight(layer).offset();
    int to = from + network.weight(layer).size();
    double trace = trace(reference(subject, network).hessian(), from, to);
    Assume.that(trace > 0);
    Attack.Result raised = run(Attacks.raise(id, 1e3 * trace), subject);
    assertThat(trace(reference(subject, raised.network()).hessian(), from, to))
        .isCloseTo(1e3 * trace, within(trace * 1e-6));
    Attack.Result lowered = run(Attacks.lower(id), subject);
    double low = trace(reference(subject, lowered.network()).hessian(), from, to);
    assertThat(low).isLessThan(trace);
    assertThat(lowered.predicted().orElseThrow()).isCloseTo(low, within(low * 1e-9));
  }

  @Property(tries = 12, maxDiscardRatio = 50)
  void noRescalingHasALowerTraceThanTheLowest(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    Subject subject = subject(network, seed);
    int p = network.parameterCount();
    Attack.Result lowest = run(Attacks.lower("hessian-trace"), subject);
    Assume.that(lowest.predicted().isPresent());
    double least = trace(reference(subject, lowest.network()).hessian(), 0, p);
    assertThat(lowest.predicted().getAsDouble()).isCloseTo(least, within(least * 1e-9));
    for (int i = 0; i < 3; i++) {
      Rescaling near = Rescaling.random(lowest.rescaling().classes(), 1.2, seed.split(i));
      Network other = near.applyTo(lowest.network());
      assertThat(trace(reference(subject, other).hessian(), 0, p))
          .isGreaterThanOrEqualTo(least * (1 - 1e-12));
    }
  }

  @Property(tries = 12, maxDiscardRatio = 50)
  void otherNumbersAreRaisedToAtLeastTheValue(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    Subject subject = subject(network, seed);
    double frobenius = frobenius(reference(subject, network).hessian());
    Assume.that(frobenius > 0);
    Attack.Result result = run(Attacks.raise("hessian-frobenius-norm", 1e3 * frobenius), subject);
    assertThat(frobenius(reference(subject, result.network()).hessian()))
        .isGreaterThanOrEqualTo(1e3 * frobenius);
    Attack.Result quadratic = run(Attacks.raise("epsilon-sharpness-quadratic", 10), subject);
    DenseReference moved = reference(subject, quadratic.network());
    assertThat(top(moved.hessian()) * 1e-6 / 2 / (1 + moved.loss())).isGreaterThanOrEqualTo(10);
  }

  private static double frobenius(double[][] matrix) {
    return Math.sqrt(Arrays.stream(matrix).flatMapToDouble(Arrays::stream).map(x -> x * x).sum());
  }

  @Property(tries = 12, maxDiscardRatio = 50)
  void epsilonSharpnessIsRaisedByAPerturbationInTheBall(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    Subject subject = subject(network, seed);
    double target = 3;
    Attack.Result result = run(Attacks.raise("epsilon-sharpness", target), subject);
    double change = (double) result.details().get("perturbation");
    assertThat(Math.abs(change)).isLessThanOrEqualTo(1e-3);
    double[] theta = result.network().parameterVector();
    theta[position(network, (String) result.details().get("parameter"))] += change;
    DenseReference moved = reference(subject, result.network());
    double sharpness = (moved.lossAt(theta) - moved.loss()) / (1 + moved.loss());
    assertThat(sharpness).isGreaterThanOrEqualTo(target);
    assertThat(result.reached().value()).isGreaterThanOrEqualTo(sharpness * (1 - 1e-9));
  }

  private static int position(Network network, String name) {
    int bracket = name.lastIndexOf('[');
    return network.parameters().stream()
            .filter(parameter -> parameter.name().equals(name.substring(0, bracket)))
            .findFirst()
            .orElseThrow()
            .offset()
        + Integer.parseInt(name.substring(bracket + 1, name.length() - 1));
  }

  @Property(tries = 12, maxDiscardRatio = 50)
  void expectedSharpnessIsRaised(@ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    Subject subject = subject(network, seed);
    Attack.Result result = run(Attacks.raise("expected-sharpness", 2), subject);
    assertThat(result.reached().value()).isGreaterThanOrEqualTo(2);
    assertThat(result.before()).isLessThan(2);
  }

  @Example
  void boxesOfGrowingVolumeHoldTheLoss() {
    Network network = perceptron(true);
    Subject subject = subject(network, 20);
    Attack.Result result = run(Attacks.volume(3, 1000), subject);
    List<?> volumes = (List<?>) result.details().get("logVolumes");
    List<?> increases = (List<?>) result.details().get("largestIncreases");
    assertThat(volumes).hasSize(4);
    assertThat(increases).hasSize(4).allSatisfy(x -> assertThat((double) x).isLessThan(1e-3));
    assertThat(result.reached().value())
        .isEqualTo(volumes.get(3))
        .isCloseTo(result.predicted().orElseThrow(), within(1e-9 * Math.abs(result.before())));
    assertThat((double) volumes.get(3)).isGreaterThan((double) volumes.get(0));
    // The largest entry of what is scaled up tells the boxes apart.
    double radius = (double) result.details().get("radius");
    double alpha = (double) result.details().get("alpha");
    int position = largest(network, result.rescaling());
    double entry = Math.abs(network.parameterVector()[position]);
    assertThat(alpha * (entry - radius)).isGreaterThan(entry + radius);
  }

  private static int largest(Network network, Rescaling rescaling) {
    int[] best = {-1};
    double[] theta = network.parameterVector();
    rescaling
        .classes()
        .forEachEdge(
            (position, from, to) -> {
              if (rescaling.factor(to) != 1
                  && (best[0] < 0 || Math.abs(theta[position]) > Math.abs(theta[best[0]]))) {
                best[0] = position;
              }
            });
    return best[0];
  }

  @Example
  void lowerOfOtherNumbersTakesTheBetterMinimizer() {
    Network network = perceptron(true);
    Subject subject = subject(network, 40);
    Network sharp = Attacks.raise("hessian-top-eigenvalue", 1e4).against(subject).network();
    Attack.Result result = run(Attacks.lower("hessian-top-eigenvalue"), subject.at(sharp));
    assertThat(result.predicted()).isEmpty();
    assertThat(result.reached().value()).isLessThan(1e2);
  }

  @Example
  void theLastLayerIsLoweredByWhatItReads() {
    Subject subject = subject(perceptron(true), 40);
    double before = Attacks.value("hessian-trace@fc3", subject).value();
    Attack.Result result = Attacks.lower("hessian-trace@fc3", 10).against(subject);
    assertThat(result.reached().value()).isCloseTo(before / 100, within(before * 1e-12));
  }

  @Example
  void aLayerThatReadsTheScaleItWritesIsNotLowered() {
    GraphBuilder graph = Network.builder(4);
    int stem = graph.activate("r", graph.dense("in", 0, gaussian(5, 4), null), Activation.RELU);
    int same =
        graph.activate("s", graph.dense("same", stem, gaussian(5, 5), null), Activation.RELU);
    int sum = graph.add("sum", stem, same);
    Network residual = graph.build(graph.dense("out", sum, gaussian(3, 5), null));
    Subject subject = subject(residual, 20);
    assertThatThrownBy(() -> Attacks.lower("hessian-trace@same", 10).against(subject))
        .hasMessageContaining("no common factor of the units that layer \"same\" writes or reads");
    double before = Attacks.value("hessian-trace@in", subject).value();
    assertThat(Attacks.lower("hessian-trace@in", 10).against(subject).reached().value())
        .isCloseTo(before / 100, within(before * 1e-12));
  }

  @Example
  void whatNoAttackMovesIsRefusedByName() {
    assertThatThrownBy(() -> Attacks.raise("rho-max", 1))
        .hasMessageContaining("\"rho-max\"")
        .hasMessageContaining("hessian-trace");
    assertThatThrownBy(() -> Attacks.lower("volume-flatness"))
        .hasMessageContaining("volume-flatness");
    assertThatThrownBy(() -> Attacks.raise("hessian-trace", -1)).hasMessageContaining("-1");
    Subject subject = subject(perceptron(true), 20);
    assertThatThrownBy(() -> Attacks.raise("hessian-trace", 1e-9).against(subject))
        .hasMessageContaining("cannot be raised to 1.0E-9");
    assertThatThrownBy(() -> Attacks.raise("hessian-trace@nowhere", 1).against(subject))
        .hasMessageContaining("\"nowhere\"")
        .hasMessageContaining("fc1");
    assertThatThrownBy(() -> Attacks.spectralNorm(10).against(subject(linear(), 20)))
        .hasMessageContaining("no parameter into a hidden unit");
  }

  private static Network linear() {
    return Network.sequential(4).dense("fc1", gaussian(3, 4), gaussian(3)).build();
  }

  private static Network perceptron(boolean biases) {
    return Network.sequential(4)
        .dense("fc1", gaussian(6, 4), biases ? gaussian(6) : null)
        .relu()
        .dense("fc2", gaussian(5, 6), biases ? gaussian(5) : null)
        .relu()
        .dense("fc3", gaussian(3, 5), biases ? gaussian(3) : null)
        .build();
  }

  private static Tensor gaussian(int... shape) {
    var random = Seed.of(Arrays.hashCode(shape)).generator();
    double[] values = new double[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    Arrays.setAll(values, i -> 0.6 * random.nextGaussian());
    return Tensor.of(values, shape);
  }

  private static Subject subject(Network network, int samples) {
    Dataset data = RandomDatasets.labelled(network, samples, Seed.of(3));
    NetworkSurface surface = Cases.surface(network, data, SoftmaxCrossEntropy.onLogits());
    return Subject.of(
        surface,
        Settings.withDefaults().with(EpsilonSharpness.EPSILON, 1e-3),
        Monitor.NONE,
        Cases.SEED);
  }
}
