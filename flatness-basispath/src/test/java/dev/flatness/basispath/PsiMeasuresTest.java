package dev.flatness.basispath;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.hessian.EpsilonSharpness;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.loss.SquaredError;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Measure;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.symmetry.Permutation;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import dev.flatness.tensor.Tensor;
import dev.flatness.testkit.NetworkArbitraries;
import dev.flatness.testkit.RandomDatasets;
import dev.flatness.testkit.RandomNetworks;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** What the psi measures claim, and what they do not. */
class PsiMeasuresTest {
  @Provide
  Arbitrary<Network> networks() {
    return NetworkArbitraries.networks(
        RandomNetworks.withDefaults().withSmoothActivations(true).withMaximumParameters(150));
  }

  @Provide
  Arbitrary<Seed> seeds() {
    return NetworkArbitraries.seeds();
  }

  /**
   * Factors within [1e-3, 1e3]. Weights are rounded when they are rescaled, each by 1e-16 of
   * itself, and the loss is a smooth function of their ratios to the given ones: second derivatives
   * in v change by some 1e-16 of the sums of magnitudes they are made of, 1e-9 of the largest
   * eigenvalue with room for cancellation. Where a sharpness is a difference of losses over a small
   * ball, it is known to 1e-16 of the loss over the difference.
   */
  @Property(tries = 60)
  void noNumberChangesUnderRescalingsOfSixOrders(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    Network rescaled = Rescaling.random(ScaleClasses.of(network), 1e3, seed).applyTo(network);
    Map<String, Estimate> one = measure(network, seed, SkeletonRule.auto());
    Map<String, Estimate> two = measure(rescaled, seed, SkeletonRule.auto());
    assertThat(two.keySet()).isEqualTo(one.keySet());
    double curvature =
        Math.max(
            Math.abs(one.get("psi-top-eigenvalue").value()),
            Math.abs(one.get("psi-bottom-eigenvalue").value()));
    double loss = Cases.surface(network, seed).value(network.parameterVector());
    for (String id : one.keySet()) {
      assertThat(one.get(id).invariance().scaling()).isEqualTo(Invariance.Scaling.NEURON_WISE);
      double[] a = one.get(id).values();
      double[] b = two.get(id).values();
      assertThat(two.get(id).status()).as(id).isEqualTo(one.get(id).status());
      for (int i = 0; i < a.length; i++) {
        double allowed =
            switch (id) {
              case "psi-trace", "psi-top-eigenvalue", "psi-bottom-eigenvalue" ->
                  1e-7 * curvature * (id.equals("psi-trace") ? a.length + 10 : 1);
              case "psi-epsilon-sharpness", "psi-expected-sharpness" ->
                  1e-5 * Math.abs(a[i]) + 1e-13 * (1 + loss);
              default -> 1e-9 * Math.abs(a[i]);
            };
        if (!Double.isNaN(a[i])) {
          assertThat(b[i]).as(id).isCloseTo(a[i], within(allowed));
        }
      }
    }
  }

  /**
   * Weights of 1e±150: second derivatives of 1e±300, which only the coordinates bring back. Powers
   * of two change no bit of the ratios.
   */
  @Property(tries = 20)
  void eigenvaluesStayWhereWeightsAreScaledByHundredsOfOrders(@ForAll("seeds") Seed seed) {
    Network network = Cases.mlp(false, seed, 6, 12, 10, 4);
    double[] theta = network.parameterVector();
    int[] exponents = {498, -498, 0};
    for (int l = 0; l < exponents.length; l++) {
      var weight = network.weight(network.weightLayers().get(l));
      for (int e = weight.offset(); e < weight.offset() + weight.size(); e++) {
        theta[e] = Math.scalb(theta[e], exponents[l]);
      }
    }
    Map<String, Estimate> one = measure(network, seed, SkeletonRule.balanced());
    Map<String, Estimate> two =
        measure(network.withParameters(theta), seed, SkeletonRule.balanced());
    double norm =
        Math.max(one.get("psi-top-eigenvalue").value(), -one.get("psi-bottom-eigenvalue").value());
    for (String id : Set.of("psi-top-eigenvalue", "psi-bottom-eigenvalue")) {
      assertThat(two.get(id).orThrow().value())
          .as(id)
          .isCloseTo(one.get(id).orThrow().value(), within(1e-6 * norm));
    }
  }

  @Property(tries = 30)
  void theBalancedRuleClaimsPermutationsAndKeepsTheClaim(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    Network permuted = Permutation.random(network, seed).applyTo(network);
    Map<String, Estimate> one = measure(network, seed, SkeletonRule.balanced());
    Map<String, Estimate> two = measure(permuted, seed, SkeletonRule.balanced());
    for (String id : Set.of("psi-trace", "psi-top-eigenvalue", "basis-path-ratio")) {
      assertThat(one.get(id).invariance().permutation()).isTrue();
      double value = one.get(id).value();
      if (!Double.isNaN(value)) {
        double size = Math.max(Math.abs(value), one.get("psi-top-eigenvalue").value());
        assertThat(two.get(id).value()).as(id).isCloseTo(value, within(1e-7 * size));
      }
    }
  }

  /** What is not claimed: the diagonal rule picks other weights behind a permutation. */
  @Test
  void theDiagonalRuleDoesNotClaimPermutationsAndChangesUnderThem() {
    Network network = Cases.mlp(true, Seed.of(3), 4, 6, 5, 3);
    Network permuted = Permutation.random(network, Seed.of(4)).applyTo(network);
    Estimate one = measure(network, Cases.SEED, SkeletonRule.diagonal()).get("psi-trace");
    Estimate two = measure(permuted, Cases.SEED, SkeletonRule.diagonal()).get("psi-trace");
    assertThat(one.invariance().permutation()).isFalse();
    assertThat(PsiTrace.withDefaults().invariance(Scope.NETWORK).permutation()).isFalse();
    assertThat(Math.abs(two.value() - one.value())).isGreaterThan(0.01 * Math.abs(one.value()));
  }

  private static Map<String, Estimate> measure(Network network, Seed seed, SkeletonRule rule) {
    return Cases.measure(Cases.subject(Cases.surface(network, seed), rule));
  }

  /** Yi et al. 2019, §5, with the ½ it lacks, and expected below worst. */
  @Property(tries = 40)
  void theSharpnessesAreOrdered(@ForAll("seeds") Seed seed) {
    // Targets of the network itself: the loss is 0 and its gradient too.
    Network network = Cases.mlp(true, seed, 3, 4, 3, 2);
    NetworkSurface surface = teacher(network, seed);
    double[] theta = network.parameterVector();
    assertThat(surface.value(theta)).isZero();
    Map<String, Estimate> found = Cases.measure(Cases.subject(surface, SkeletonRule.balanced()));
    Estimate worst = found.get("psi-epsilon-sharpness");
    Estimate expected = found.get("psi-expected-sharpness");
    double epsilon = (double) worst.details().get("epsilon");
    double average =
        epsilon
            * epsilon
            * found.get("psi-trace").value()
            / (2 * found.get("basis-path-count").value());
    // O(ε³) with ε a tenth of the chart's radius at most: half of the bound has room for it.
    assertThat(worst.value()).isGreaterThan(0.5 * average);
    assertThat(worst.value()).isGreaterThanOrEqualTo(expected.value());
    assertThat(worst.status()).isEqualTo(Status.LOWER_BOUND);
    assertThat((double) worst.details().get("quadratic")).isPositive();
  }

  private static NetworkSurface teacher(Network network, Seed seed) {
    double[] outputs = Cases.outputs(network, seed);
    var inputs = RandomDatasets.real(network, 12, seed);
    return Cases.surface(
        network,
        new dev.flatness.data.Dataset() {
          @Override
          public int size() {
            return 12;
          }

          @Override
          public dev.flatness.tensor.Shape inputShape() {
            return inputs.inputShape();
          }

          @Override
          public TargetKind targetKind() {
            return TargetKind.REAL;
          }

          @Override
          public int targetSize() {
            return inputs.targetSize();
          }

          @Override
          public void read(int first, int count, double[] x, double[] y) {
            inputs.read(first, count, x, y);
            System.arraycopy(outputs, first * targetSize(), y, 0, count * targetSize());
          }

          @Override
          public String name() {
            return "teacher";
          }
        },
        SquaredError.summed());
  }

  @Test
  void aSmoothNetworkIsExactUpToALimitAndEstimatedAbove() {
    Network network =
        Network.sequential(4)
            .dense("a", Tensor.of(numbers(24, 1), 6, 4), Tensor.of(numbers(6, 2), 6))
            .activate(Activation.RELU)
            .dense("b", Tensor.of(numbers(30, 3), 5, 6), null)
            .activate(Activation.TANH)
            .dense("c", Tensor.of(numbers(10, 4), 2, 5), null)
            .build();
    NetworkSurface surface =
        Cases.surface(
            network,
            RandomDatasets.labelled(network, 12, Seed.of(5)),
            SoftmaxCrossEntropy.onLogits());
    Subject subject = Cases.subject(surface, SkeletonRule.balanced());
    Estimate exact = PsiTrace.withDefaults().evaluate(subject.withSeed(Cases.SEED)).get(0);
    assertThat(exact.status()).isEqualTo(Status.EXACT);
    assertThat(exact.standardError()).isEmpty();
    var hessian = subject.get(PsiPoint.FACT).point().hessian();
    double trace = 0;
    for (int i = 0; i < hessian.dimension(); i++) {
      double[] unit = new double[hessian.dimension()];
      unit[i] = 1;
      trace += hessian.apply(unit)[i];
    }
    assertThat(exact.value()).isCloseTo(trace, within(1e-10 * Math.abs(trace)));

    int inside = 0;
    for (int seed = 0; seed < 40; seed++) {
      Estimate estimated =
          PsiTrace.withDefaults()
              .withExactUpTo(0)
              .withEstimator(dev.flatness.spectral.TraceEstimator.hutchinson().withBudget(16))
              .evaluate(subject.withSeed(Seed.of(seed)))
              .get(0);
      assertThat(estimated.status()).isEqualTo(Status.ESTIMATED);
      double error = estimated.standardError().orElseThrow();
      inside += Math.abs(estimated.value() - trace) <= 2.5 * error ? 1 : 0;
    }
    // Student's t with 15 degrees of freedom holds 97.5 % within 2.5; 34 of 40 fails once in 1e4.
    assertThat(inside).isGreaterThanOrEqualTo(34);
  }

  private static double[] numbers(int n, int seed) {
    return Seed.of(seed).generator().doubles(n).map(u -> 2 * u - 1).toArray();
  }

  @Test
  void aRadiusBeyondTheChartHasNoFiniteSharpness() {
    Network network = Cases.mlp(true, Seed.of(3), 4, 6, 5, 3);
    NetworkSurface surface = Cases.surface(network, Seed.of(1));
    double radius = BasisPaths.of(Skeleton.auto(network)).radius();
    for (Measure measure : new Measure[] {PsiSharpness.worst(), PsiSharpness.expected()}) {
      Estimate outside =
          measure
              .evaluate(
                  Subject.of(
                          surface,
                          Settings.withDefaults().with(EpsilonSharpness.EPSILON, radius),
                          Monitor.NONE,
                          Seed.of(0))
                      .withSeed(Cases.SEED))
              .get(0);
      assertThat(outside.status()).isEqualTo(Status.OUTSIDE_CHART);
      assertThat(outside.value()).isNaN();
      assertThat(outside.details()).containsEntry("chartRadius", radius);
      Estimate inside =
          measure
              .evaluate(
                  Subject.of(
                          surface,
                          Settings.withDefaults().with(EpsilonSharpness.EPSILON, 0.9 * radius),
                          Monitor.NONE,
                          Seed.of(0))
                      .withSeed(Cases.SEED))
              .get(0);
      assertThat(inside.value()).isFinite();
      Estimate unasked = measure.evaluate(Subject.of(surface).withSeed(Cases.SEED)).get(0);
      assertThat(unasked.details()).containsEntry("epsilon", Math.min(1e-3, radius / 10));
    }
  }

  @Test
  void zeroWeightsAreCoordinatesButNoDivisors() {
    Network network = Cases.mlp(true, Seed.of(3), 4, 6, 5, 3);
    double[] theta = network.parameterVector();
    int zero = 3;
    theta[zero] = 0;
    Network with = network.withParameters(theta);
    BasisPaths paths = BasisPaths.of(Skeleton.balanced(with));
    assertThat(paths.smallest()).isZero();
    assertThat(paths.radius()).isPositive();
    Estimate ratio =
        BasisPathNumber.ratio()
            .evaluate(
                Cases.subject(Cases.surface(with, Seed.of(1)), SkeletonRule.balanced())
                    .withSeed(Cases.SEED))
            .get(0);
    assertThat(ratio.status()).isEqualTo(Status.INFINITE);
    assertThat(ratio.reason().orElseThrow()).contains("has the value 0");
    // The coordinate moves the weight away from 0.
    double[] v = paths.values();
    for (int i = 0; i < v.length; i++) {
      if (v[i] == 0) {
        v[i] = 0.25;
      }
    }
    double[] moved = paths.coordinates().parametersAt(v);
    assertThat(moved[zero]).isNotZero();
    assertThat(paths.valuesAt(moved)).containsExactly(v, within(1e-14));
  }

  /** Without hidden units paths are weights, and nothing divides: the chart has no edge. */
  @Test
  void withoutHiddenUnitsPathsAreTheWeights() {
    Network network = Cases.mlp(true, Seed.of(3), 4, 3);
    NetworkSurface surface =
        Cases.surface(
            network,
            RandomDatasets.labelled(network, 12, Seed.of(5)),
            SoftmaxCrossEntropy.onLogits());
    BasisPaths paths = BasisPaths.of(Skeleton.auto(network));
    assertThat(paths.values()).isEqualTo(network.parameterVector());
    assertThat(paths.radius()).isInfinite();
    assertThat(paths.radiusPath()).isNull();
    assertThat(paths.conditioning()).isEqualTo(1);
    Map<String, Estimate> found = Cases.measure(Cases.subject(surface, SkeletonRule.auto()));
    double trace = surface.closedForms(network.parameterVector()).trace();
    assertThat(found.get("psi-trace").value()).isCloseTo(trace, within(1e-12 * trace));
    assertThat(found.get("psi-epsilon-sharpness").details())
        .containsEntry("epsilon", 1e-3)
        .doesNotContainKey("chartRadius");
  }

  /** A zero head kills every unit behind it, and with them all paths but those of output biases. */
  @Test
  void aHeadOfZerosLeavesOutputBiasesOrNothing() {
    for (boolean biases : new boolean[] {true, false}) {
      Network network = Cases.mlp(biases, Seed.of(3), 5, 4, 3);
      double[] theta = network.parameterVector();
      int head = network.parameters().get(biases ? 2 : 1).offset();
      java.util.Arrays.fill(theta, head, head + 12, 0);
      Network dead = network.withParameters(theta);
      for (Skeleton skeleton : new Skeleton[] {Skeleton.diagonal(dead), Skeleton.balanced(dead)}) {
        assertThat(BasisPaths.of(skeleton).count()).isEqualTo(biases ? 3 : 0);
      }
      Subject subject =
          Cases.subject(
              Cases.surface(
                  dead,
                  RandomDatasets.labelled(dead, 12, Seed.of(5)),
                  SoftmaxCrossEntropy.onLogits()),
              SkeletonRule.auto());
      if (biases) {
        assertThat(Cases.measure(subject).get("psi-trace").value()).isPositive();
      } else {
        assertThat(PsiTrace.withDefaults().inapplicable(subject))
            .hasValueSatisfying(
                reason -> assertThat(reason).contains("no living weight lies on a path"));
      }
    }
  }

  /** A unit whose only way on is its free edge divides nothing: w(v) is linear everywhere. */
  @Test
  void aSingleOutputOfOneHiddenLayerHasNoDivisorsAndNoEdge() {
    BasisPaths paths = BasisPaths.of(Skeleton.auto(Cases.mlp(false, Seed.of(3), 5, 4, 1)));
    assertThat(paths.divisors()).isEmpty();
    assertThat(paths.radius()).isInfinite();
    double[] v = paths.values();
    for (int i = 0; i < v.length; i++) {
      v[i] = -3 * v[i] + 1;
    }
    assertThat(paths.coordinates().contains(v)).isTrue();
    assertThat(paths.valuesAt(paths.coordinates().parametersAt(v)))
        .containsExactly(v, within(1e-13));
  }

  /** 1/v_r² beyond doubles: no number, and the reason; never an error. */
  @Test
  void curvatureBeyondDoublesIsAnOverflow() {
    int[] widths = new int[68];
    java.util.Arrays.fill(widths, 12);
    widths[0] = 4;
    widths[67] = 3;
    Network network = Cases.mlp(true, Seed.of(3), widths);
    double[] theta = network.parameterVector();
    for (int e = 0; e < theta.length; e++) {
      theta[e] *= 0.01;
    }
    Network small = network.withParameters(theta);
    NetworkSurface surface =
        Cases.surface(
            small, RandomDatasets.labelled(small, 12, Seed.of(5)), SoftmaxCrossEntropy.onLogits());
    Subject subject = Cases.subject(surface, SkeletonRule.diagonal());
    Estimate top = PsiEigenvalue.top().evaluate(subject.withSeed(Cases.SEED)).get(0);
    assertThat(top.status()).isEqualTo(Status.OVERFLOW);
    assertThat(top.reason().orElseThrow())
        .contains("is not finite")
        .contains("try the balanced rule");
    Estimate trace = PsiTrace.withDefaults().evaluate(subject.withSeed(Cases.SEED)).get(0);
    assertThat(trace.status()).isEqualTo(Status.OVERFLOW);
    // Losses within the chart are numbers all the same; there is no eigenvector to start from.
    Estimate worst = PsiSharpness.worst().evaluate(subject.withSeed(Cases.SEED)).get(0);
    assertThat(worst.status()).isEqualTo(Status.LOWER_BOUND);
    assertThat(worst.value()).isFinite().isPositive();
    assertThat(worst.details()).doesNotContainKey("quadratic");
  }

  @Test
  void deadUnitsHaveNoPaths() {
    Network network = Cases.mlp(true, Seed.of(3), 4, 6, 5, 3);
    double[] theta = network.parameterVector();
    int first = network.parameters().get(2).offset();
    // All weights out of unit 2 of the first hidden layer.
    for (int s = 0; s < 5; s++) {
      theta[first + s * 6 + 2] = 0;
    }
    BasisPaths paths = BasisPaths.of(Skeleton.balanced(network.withParameters(theta)));
    assertThat(paths.skeleton().hiddenUnits()).isEqualTo(10);
    assertThat(paths.count()).isEqualTo(network.parameterCount() - 5 - 5 - 10);
  }
}
