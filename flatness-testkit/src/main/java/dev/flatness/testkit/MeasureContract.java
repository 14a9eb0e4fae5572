package dev.flatness.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.cost.Work;
import dev.flatness.data.Dataset;
import dev.flatness.loss.BinaryCrossEntropy;
import dev.flatness.loss.Loss;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.loss.SquaredError;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Fact;
import dev.flatness.measure.Invariance.Scaling;
import dev.flatness.measure.Measure;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.symmetry.Permutation;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * What every {@link Measure} must do; extend it and say which. Above all, the claimed invariance
 * holds on random networks, and what is not claimed does not hold.
 *
 * <p>A claim holds if no number moves by more than {@link #rounding()}, relative to the largest of
 * its list. Estimated numbers may also differ by {@value #ERRORS} standard errors of their
 * difference. A number that a search finds, a lower bound, is compared under powers of two alone:
 * where a search stops is no smooth function of rounding. Lists are compared sorted, so that a
 * permutation of neurons does not count as a change.
 *
 * <p>Cost: some 250 evaluations on networks of at most 400 parameters.
 */
public abstract class MeasureContract {
  /** Gaussian deviations differ by more in 1e-15 of all cases. */
  private static final int ERRORS = 8;

  /** Factors within [1e-3, 1e3]: six orders of magnitude. */
  private static final double SPREAD = 1000;

  private static final int NETWORKS = 20;
  private static final int SAMPLES = 12;

  /** For subclasses. */
  protected MeasureContract() {}

  /**
   * Returns the measure under test.
   *
   * @return the measure
   */
  protected abstract Measure measure();

  /**
   * Returns the kind of networks that are drawn.
   *
   * @return small piecewise-linear networks of every architecture
   */
  protected RandomNetworks networks() {
    return RandomNetworks.withDefaults();
  }

  /**
   * Returns the settings under which it measures.
   *
   * @return the defaults
   */
  protected Settings settings() {
    return Settings.withDefaults();
  }

  /**
   * Returns by how much a number may move under a transformation that it claims not to change
   * under.
   *
   * @return relative to the largest number of the list: 1e-8, enough for iterations with this
   *     residual
   */
  protected double rounding() {
    return 1e-8;
  }

  /**
   * Returns by how much a number may move under factors that are powers of two.
   *
   * @return relative to the largest number of the list: 0, because no product is rounded
   *     differently; override it for a measure that takes roots or logarithms of weights
   */
  protected double roundingUnderPowersOfTwo() {
    return 0;
  }

  /**
   * Returns the data and loss under which a network is measured.
   *
   * @param network the network
   * @param seed the randomness
   * @return 12 random samples; squared error or cross-entropy, by the seed
   */
  protected NetworkSurface surface(Network network, Seed seed) {
    boolean real = (seed.split("loss").value() & 1) == 0;
    Dataset data =
        real
            ? RandomDatasets.real(network, SAMPLES, seed.split("data"))
            : RandomDatasets.labelled(network, SAMPLES, seed.split("data"));
    Loss logits =
        network.output().shape().size() == 1
            ? BinaryCrossEntropy.onLogits()
            : SoftmaxCrossEntropy.onLogits();
    return NetworkSurface.of(
        network,
        data,
        real ? SquaredError.summed() : logits,
        SurfaceOptions.withDefaults().withThreads(1).withGemm("plain"));
  }

  @Test
  void idScopesAndSourceSayWhatItIs() {
    assertThat(measure().id()).matches("[a-z0-9]+(-[a-z0-9]+)*");
    assertThat(measure().description()).isNotBlank();
    assertThat(measure().source()).isNotBlank();
    assertThat(measure().scopes()).isNotEmpty();
    for (Scope scope : measure().scopes()) {
      assertThat(measure().invariance(scope)).isNotNull();
    }
  }

  @Test
  void itIsDefinedForSomeNetwork() {
    boolean defined = false;
    for (int i = 0; i < NETWORKS && !defined; i++) {
      defined = measure(surface(i)).stream().anyMatch(it -> it.status() != Status.NOT_APPLICABLE);
    }
    assertThat(defined).isTrue();
  }

  @Test
  void estimatesHaveItsNameScopesAndClaimsInOrder() {
    for (int i = 0; i < NETWORKS; i++) {
      NetworkSurface surface = surface(i);
      List<String> layers = surface.network().weightLayers().stream().map(Node::name).toList();
      Set<Scope> seen = new HashSet<>();
      Set<String> named = new HashSet<>();
      int last = -1;
      for (Estimate estimate : measure(surface)) {
        assertThat(estimate.id()).isEqualTo(measure().id());
        assertThat(measure().scopes()).contains(estimate.scope());
        assertThat(estimate.invariance()).isEqualTo(measure().invariance(estimate.scope()));
        assertThat(estimate.layer().isPresent()).isEqualTo(estimate.scope() != Scope.NETWORK);
        int position = estimate.layer().map(layers::indexOf).orElse(-1);
        assertThat(layers).containsAll(estimate.layer().stream().toList());
        assertThat(position).as("order of %s", estimate).isGreaterThanOrEqualTo(last);
        last = position;
        seen.add(estimate.scope());
        assertThat(named.add(estimate.scope() + " " + estimate.layer().orElse("")))
            .as("%s appears once", estimate)
            .isTrue();
      }
      Set<Scope> expected = new HashSet<>(measure().scopes());
      if (layers.isEmpty()) {
        expected.retainAll(Set.of(Scope.NETWORK));
      }
      assertThat(seen).isEqualTo(expected);
    }
  }

  @Test
  void anEstimateHasFiniteNumbersOrSaysWhyNot() {
    for (int i = 0; i < NETWORKS; i++) {
      for (Estimate estimate : measure(surface(i))) {
        boolean finite = Arrays.stream(estimate.values()).allMatch(Double::isFinite);
        assertThat(finite || estimate.reason().isPresent())
            .as("%s is finite or has a reason", estimate)
            .isTrue();
        if (estimate.status() == Status.NOT_APPLICABLE) {
          assertThat(estimate.reason()).isPresent();
        }
      }
    }
  }

  @Test
  void theSameSeedGivesTheSameBits() {
    for (int i = 0; i < 5; i++) {
      NetworkSurface surface = surface(i);
      double[] theta = surface.network().parameterVector();
      List<Estimate> first = measure(surface);
      List<Estimate> second = measure(surface);
      assertThat(second).hasSameSizeAs(first);
      for (int k = 0; k < first.size(); k++) {
        assertThat(second.get(k).values()).containsExactly(first.get(k).values());
        assertThat(second.get(k).status()).isEqualTo(first.get(k).status());
      }
      assertThat(surface.network().parameterVector()).containsExactly(theta);
    }
  }

  @Test
  void theWorkNamesEveryFactThatCostsPasses() {
    for (int i = 0; i < 5; i++) {
      Subject subject = subject(surface(i));
      measure().evaluate(subject);
      List<Work> declared = measure().work(subject.network(), subject.settings());
      for (Fact<?> fact : subject.known()) {
        for (Work work : fact.work(subject.network(), subject.settings())) {
          assertThat(declared)
              .as("the work of the fact \"%s\", which %s asked for", fact.name(), measure().id())
              .anyMatch(part -> part.name().equals(work.name()) && part.pass() == work.pass());
        }
      }
    }
  }

  @Test
  void theClaimHoldsUnderRandomRescalings() {
    for (int i = 0; i < NETWORKS; i++) {
      ScaleClasses classes = classes(i);
      claimHolds(
          i,
          Rescaling.random(classes, SPREAD, seed(i).split("neurons")),
          Rescaling.randomLayerWise(classes, SPREAD, seed(i).split("layers")),
          rounding(),
          false);
    }
  }

  @Test
  void theClaimHoldsUnderPowersOfTwo() {
    for (int i = 0; i < NETWORKS; i++) {
      ScaleClasses classes = classes(i);
      claimHolds(
          i,
          Rescaling.randomPowersOfTwo(classes, 6, seed(i).split("neurons")),
          Rescaling.randomLayerWise(classes, SPREAD, seed(i).split("layers"))
              .roundedToPowersOfTwo(),
          roundingUnderPowersOfTwo(),
          true);
    }
  }

  @Test
  void theClaimHoldsUnderPermutations() {
    for (int i = 0; i < NETWORKS; i++) {
      NetworkSurface surface = surface(i);
      Permutation permutation = Permutation.random(surface.network(), seed(i).split("permutation"));
      List<Estimate> before = measure(surface);
      List<Estimate> after = measure(surface.at(permutation.applyTo(surface.network())));
      for (int k = 0; k < before.size(); k++) {
        if (before.get(k).invariance().permutation()) {
          unchanged(before.get(k), after.get(k), rounding(), false);
        }
      }
    }
  }

  @Test
  void whatIsNotClaimedChangesForSomeNetwork() {
    for (Scope scope : measure().scopes()) {
      Scaling claim = measure().invariance(scope).scaling();
      if (claim != Scaling.NEURON_WISE) {
        changesForSome(
            scope,
            "neuron-wise rescaling",
            i -> it -> Rescaling.random(classes(i), SPREAD, seed(i).split("neurons")).applyTo(it));
      }
      if (claim == Scaling.NONE) {
        changesForSome(
            scope,
            "layer-wise rescaling",
            i ->
                it ->
                    Rescaling.randomLayerWise(classes(i), SPREAD, seed(i).split("layers"))
                        .applyTo(it));
      }
      if (!measure().invariance(scope).permutation()) {
        changesForSome(
            scope,
            "permutation",
            i -> it -> Permutation.random(it, seed(i).split("permutation")).applyTo(it));
      }
    }
  }

  /** The transformation of the i-th network. */
  @FunctionalInterface
  private interface Transformations {
    UnaryOperator<Network> of(int i);
  }

  private void changesForSome(Scope scope, String what, Transformations transformations) {
    boolean changed = false;
    for (int i = 0; i < NETWORKS && !changed; i++) {
      NetworkSurface surface = surface(i);
      List<Estimate> before = measure(surface);
      List<Estimate> after = measure(surface.at(transformations.of(i).apply(surface.network())));
      for (int k = 0; k < before.size(); k++) {
        changed |= before.get(k).scope() == scope && differ(before.get(k), after.get(k));
      }
    }
    assertThat(changed)
        .as(
            "%s of scope %s does not claim invariance to %s, but no network showed a change",
            measure().id(), scope.id(), what)
        .isTrue();
  }

  private void claimHolds(
      int i, Rescaling neurons, Rescaling layers, double tolerance, boolean exact) {
    NetworkSurface surface = surface(i);
    Network network = surface.network();
    List<Estimate> before = measure(surface);
    List<Estimate> afterNeurons = measure(surface.at(neurons.applyTo(network)));
    List<Estimate> afterLayers = measure(surface.at(layers.applyTo(network)));
    for (int k = 0; k < before.size(); k++) {
      Scaling claim = before.get(k).invariance().scaling();
      if (claim == Scaling.NEURON_WISE) {
        unchanged(before.get(k), afterNeurons.get(k), tolerance, exact);
      }
      if (claim == Scaling.NEURON_WISE || claim == Scaling.LAYER_WISE) {
        unchanged(before.get(k), afterLayers.get(k), tolerance, exact);
      }
      if (claim == Scaling.NEURON_WISE_EXCEPT_INPUTS) {
        String name = before.get(k).layer().orElseThrow();
        Node layer =
            network.weightLayers().stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow();
        Rescaling kept = neurons.keepingInputsOf(layer);
        unchanged(
            before.get(k), measure(surface.at(kept.applyTo(network))).get(k), tolerance, exact);
      }
    }
  }

  private static void unchanged(Estimate before, Estimate after, double tolerance, boolean exact) {
    if (!exact && before.status() == Status.LOWER_BOUND) {
      return;
    }
    String what = before + " became " + after;
    assertThat(after.status()).as(what).isEqualTo(before.status());
    double[] x = sorted(before);
    double[] y = sorted(after);
    assertThat(y).as(what).hasSameSizeAs(x);
    double most = tolerance * largest(x) + (exact ? 0 : ERRORS * error(before, after));
    for (int i = 0; i < x.length; i++) {
      boolean same = Double.compare(x[i], y[i]) == 0 || Math.abs(x[i] - y[i]) <= most;
      assertThat(same).as(what).isTrue();
    }
  }

  /** A change that neither rounding nor sampling explains. */
  private static boolean differ(Estimate before, Estimate after) {
    double[] x = sorted(before);
    double[] y = sorted(after);
    if (x.length != y.length || before.status() != after.status()) {
      return true;
    }
    double most = 1e-3 * Math.max(largest(x), largest(y)) + 1e-9 + ERRORS * error(before, after);
    for (int i = 0; i < x.length; i++) {
      if (Math.abs(x[i] - y[i]) > most) {
        return true;
      }
    }
    return false;
  }

  private static double error(Estimate before, Estimate after) {
    return Math.hypot(before.standardError().orElse(0), after.standardError().orElse(0));
  }

  private static double[] sorted(Estimate estimate) {
    double[] values = estimate.values();
    Arrays.sort(values);
    return values;
  }

  private static double largest(double[] values) {
    return Arrays.stream(values).filter(Double::isFinite).map(Math::abs).max().orElse(0);
  }

  private List<Estimate> measure(NetworkSurface surface) {
    return new ArrayList<>(measure().evaluate(subject(surface)));
  }

  private Subject subject(NetworkSurface surface) {
    return Subject.of(surface, settings(), Monitor.NONE, Seed.of(11));
  }

  private NetworkSurface surface(int i) {
    return surface(networks().draw(seed(i)), seed(i));
  }

  private ScaleClasses classes(int i) {
    return ScaleClasses.of(networks().draw(seed(i)));
  }

  private static Seed seed(int i) {
    return Seed.of(20268).split(i);
  }
}
