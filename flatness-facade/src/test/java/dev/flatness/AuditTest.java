package dev.flatness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flatness.audit.Audit;
import dev.flatness.audit.AuditFindings;
import dev.flatness.audit.AuditedNumber;
import dev.flatness.audit.Drift;
import dev.flatness.audit.Transformation;
import dev.flatness.audit.TransformationFamily;
import dev.flatness.audit.Verdict;
import dev.flatness.data.Dataset;
import dev.flatness.hessian.EpsilonSharpness;
import dev.flatness.hessian.HessianTrace;
import dev.flatness.hessian.Kappa;
import dev.flatness.hessian.RelativeFlatness;
import dev.flatness.hessian.Rho;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.measure.AbstractMeasure;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.LayerSide;
import dev.flatness.measure.Measure;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.symmetry.PathNorm;
import dev.flatness.tensor.Precision;
import dev.flatness.tensor.Shape;
import dev.flatness.testkit.AuditAssertions;
import dev.flatness.testkit.RandomDatasets;
import dev.flatness.testkit.RandomNetworks;
import dev.flatness.training.Architectures;
import dev.flatness.training.Initialization;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class AuditTest {
  private static final Seed SEED = Seed.of(18);

  /** A measure of one number, of which any invariance can be claimed. */
  private static final class Claimed extends AbstractMeasure {
    private final ToDoubleFunction<Subject> number;

    Claimed(Invariance claim, ToDoubleFunction<Subject> number) {
      super("claimed", "a number under test", claim, "this test", Scope.NETWORK);
      this.number = number;
    }

    @Override
    protected List<Estimate> measure(Subject subject) {
      return List.of(network(Outcome.exact(number.applyAsDouble(subject))));
    }
  }

  private static Network perceptron() {
    return Initialization.KAIMING.draw(
        Architectures.perceptron(Shape.of(4), List.of(6, 5), 3, Activation.RELU), SEED);
  }

  private static Subject subject(Network network) {
    Dataset data = RandomDatasets.labelled(network, 20, SEED.split("data"));
    return Subject.of(
        NetworkSurface.of(network, data, SoftmaxCrossEntropy.onLogits()),
        Settings.withDefaults(),
        Monitor.NONE,
        SEED);
  }

  private static AuditedNumber audited(Measure measure) {
    return audited(perceptron(), measure);
  }

  private static AuditedNumber audited(Network network, Measure measure) {
    return Audit.withDefaults()
        .withTrials(4)
        .run(subject(network), List.of(measure))
        .numbers()
        .get(0);
  }

  private static double pathNorm(Subject subject) {
    return PathNorm.withDefaults().evaluate(subject).get(0).value();
  }

  private static double squaredNorm(Subject subject) {
    return Arrays.stream(subject.theta()).map(w -> w * w).sum();
  }

  private static Drift drift(AuditedNumber number, TransformationFamily family) {
    return number.drifts().stream()
        .filter(drift -> drift.family() == family)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aFalseClaimOfTheSquaredNormFailsAndSaysUnderWhat() {
    AuditedNumber number = audited(new Claimed(Invariance.NEURON_WISE, AuditTest::squaredNorm));
    assertThat(number.verdict()).isEqualTo(Verdict.FAILS);
    Drift worst = drift(number, TransformationFamily.NEURON_WISE);
    assertThat(worst.claimed()).isTrue();
    assertThat(worst.moved()).isTrue();
    assertThat(number.toString()).contains("claimed: fails", "under neuron-wise", " became ");
    assertThat(drift(number, TransformationFamily.PERMUTATION).moved()).isFalse();
  }

  @Test
  void theTransformationThatADriftNamesGivesItsNumberAgain() {
    Measure norm = new Claimed(Invariance.NONE, AuditTest::squaredNorm);
    Subject subject = subject(perceptron());
    Audit audit = Audit.withDefaults().withTrials(3);
    AuditFindings findings = audit.run(subject, List.of(norm));
    assertThat(findings.numbers().get(0).drifts()).hasSizeGreaterThan(5);
    for (Drift drift : findings.numbers().get(0).drifts()) {
      Transformation by = audit.transformation(subject, drift.family(), drift.trial());
      Network image = by.applyTo(subject.network());
      assertThat(squaredNorm(subject.at(image))).isEqualTo(drift.after());
      assertThat(by.toString()).isEqualTo(drift.transformation());
      double change = Math.abs(drift.after() - drift.before()) / drift.before();
      assertThat(drift.largest()).isEqualTo(change);
      assertThat(drift.median()).isLessThanOrEqualTo(drift.largest());
    }
  }

  @Test
  void aClaimThatIsFalseByAFactorOf1001Fails() {
    double before = squaredNorm(subject(perceptron()));
    ToDoubleFunction<Subject> almost =
        subject ->
            pathNorm(subject) * (Math.abs(squaredNorm(subject) / before - 1) < 1e-9 ? 1 : 1.001);
    AuditedNumber number = audited(new Claimed(Invariance.NEURON_WISE, almost));
    assertThat(number.verdict()).isEqualTo(Verdict.FAILS);
    assertThat(drift(number, TransformationFamily.NEURON_WISE).largest())
        .isBetween(0.000999, 0.001001);
    // What it does not break is not blamed.
    assertThat(drift(number, TransformationFamily.PERMUTATION).moved()).isFalse();
    assertThat(audited(new Claimed(Invariance.NEURON_WISE, AuditTest::pathNorm)).verdict())
        .isEqualTo(Verdict.HOLDS);
  }

  @Test
  void aClaimThatIsFalseByAFactorOf1001FailsInFloat32Too() {
    Network network = perceptron();
    Dataset data = RandomDatasets.labelled(network, 20, SEED.split("data"));
    NetworkSurface surface =
        NetworkSurface.of(
            network,
            data,
            SoftmaxCrossEntropy.onLogits(),
            SurfaceOptions.withDefaults().withPrecision(Precision.FLOAT32));
    Subject subject = Subject.of(surface, Settings.withDefaults(), Monitor.NONE, SEED);
    double before = squaredNorm(subject);
    ToDoubleFunction<Subject> sum = it -> Rho.sum().evaluate(it).get(0).value();
    ToDoubleFunction<Subject> almost =
        it -> sum.applyAsDouble(it) * (Math.abs(squaredNorm(it) / before - 1) < 1e-9 ? 1 : 1.001);
    Audit audit = Audit.withDefaults().withTrials(4);
    assertThat(audit.run(subject, List.of(new Claimed(Invariance.NEURON_WISE, almost))).holds())
        .isFalse();
    assertThat(audit.run(subject, List.of(new Claimed(Invariance.NEURON_WISE, sum))).holds())
        .isTrue();
  }

  @Test
  void aClaimThatOnlyPermutationBreaksFails() {
    ToDoubleFunction<Subject> weighted =
        subject -> {
          double[] rho = Rho.columns().evaluate(subject).get(1).values();
          return IntStream.range(0, rho.length).mapToDouble(j -> (j + 1) * rho[j]).sum();
        };
    AuditedNumber number = audited(new Claimed(Invariance.NEURON_WISE, weighted));
    assertThat(number.verdict()).isEqualTo(Verdict.FAILS);
    Set<TransformationFamily> broken =
        number.drifts().stream()
            .filter(Drift::moved)
            .map(Drift::family)
            .collect(Collectors.toSet());
    assertThat(broken).containsExactly(TransformationFamily.PERMUTATION);
    Invariance honest = new Invariance(Invariance.Scaling.NEURON_WISE, false);
    assertThat(audited(new Claimed(honest, weighted)).verdict()).isEqualTo(Verdict.HOLDS);
  }

  @Test
  void aListIsComparedUnitByUnit() {
    // Sorted, the list hides which unit is which; no permutation moves it as it says.
    Measure sorted =
        new AbstractMeasure("sorted", "rho", Invariance.NEURON_WISE, "this test", Scope.NEURON) {
          @Override
          public Optional<LayerSide> listedUnits() {
            return Optional.of(LayerSide.INPUTS);
          }

          @Override
          protected List<Estimate> measure(Subject subject) {
            return Rho.columns().evaluate(subject).stream()
                .map(
                    it ->
                        Estimate.neurons(
                            id(),
                            it.layer().orElseThrow(),
                            claim(),
                            Arrays.stream(it.values()).sorted().toArray(),
                            Outcome.exact(Double.NaN)))
                .toList();
          }
        };
    AuditFindings findings =
        Audit.withDefaults().withTrials(4).run(subject(perceptron()), List.of(sorted));
    assertThat(findings.failed())
        .extracting(number -> number.before().layer().orElseThrow())
        .containsExactly("fc2", "fc3");
    assertThat(drift(findings.failed().get(0), TransformationFamily.PERMUTATION).entry())
        .isPresent();
    assertThat(
            Audit.withDefaults()
                .withTrials(4)
                .run(subject(perceptron()), List.of(Rho.columns(), Rho.rows()))
                .holds())
        .isTrue();
  }

  @Test
  void theClaimOfALayerIsTriedWhereItsOwnInputsAreKept() {
    AuditFindings findings =
        Audit.withDefaults()
            .withTrials(2)
            .withSpread(100)
            .run(subject(perceptron()), List.of(RelativeFlatness.withDefaults()));
    for (AuditedNumber number : findings.numbers()) {
      Drift drift = drift(number, TransformationFamily.EXCEPT_INPUTS);
      assertThat(number.verdict()).isEqualTo(Verdict.HOLDS);
      assertThat(drift.claimed()).isTrue();
      // The first layer reads what cannot be rescaled: all trials are within its claim.
      boolean first = number.before().layer().orElseThrow().equals("fc1");
      assertThat(drift.trials()).isEqualTo(first ? 2 : 1);
      assertThat(drift(number, TransformationFamily.NEURON_WISE).moved()).isEqualTo(!first);
    }
  }

  @Test
  void inANetworkOfOneHiddenLayerTheClaimOfTheFirstLayerIsTried() {
    Network network =
        Initialization.KAIMING.draw(
            Architectures.perceptron(Shape.of(4), List.of(6), 3, Activation.RELU), SEED);
    List<AuditedNumber> numbers =
        Audit.withDefaults()
            .withTrials(2)
            .run(subject(network), List.of(RelativeFlatness.withDefaults()))
            .numbers();
    Drift first = drift(numbers.get(0), TransformationFamily.EXCEPT_INPUTS);
    assertThat(first.trials()).isEqualTo(2);
    assertThat(first.moved()).isFalse();
    assertThat(numbers.get(1).drifts())
        .extracting(Drift::family)
        .doesNotContain(TransformationFamily.EXCEPT_INPUTS);
    assertThat(drift(numbers.get(1), TransformationFamily.NEURON_WISE).moved()).isTrue();
  }

  @Test
  void familiesNestInTheDeclaredGroups() {
    assertThat(claimed(Invariance.NONE)).containsExactly(TransformationFamily.PERMUTATION);
    assertThat(claimed(Invariance.LAYER_WISE))
        .containsExactlyInAnyOrder(
            TransformationFamily.LAYER_WISE,
            TransformationFamily.ALPHA,
            TransformationFamily.K_LAYER,
            TransformationFamily.PERMUTATION);
    assertThat(claimed(Invariance.NEURON_WISE_EXCEPT_INPUTS))
        .containsAll(claimed(Invariance.LAYER_WISE))
        .contains(TransformationFamily.EXCEPT_INPUTS)
        .doesNotContain(TransformationFamily.NEURON_WISE, TransformationFamily.BIAS);
    assertThat(claimed(Invariance.NEURON_WISE))
        .isEqualTo(EnumSet.allOf(TransformationFamily.class));
  }

  private static Set<TransformationFamily> claimed(Invariance declared) {
    return Arrays.stream(TransformationFamily.values())
        .filter(family -> family.isClaimedBy(declared))
        .collect(Collectors.toSet());
  }

  @Test
  void aSearchHoldsWithinItsSearchAtBest() {
    AuditedNumber ball = audited(EpsilonSharpness.withDefaults());
    assertThat(ball.before().status()).isEqualTo(Status.LOWER_BOUND);
    assertThat(ball.verdict()).isEqualTo(Verdict.HOLDS_WITHIN_SEARCH);
    assertThat(drift(ball, TransformationFamily.NEURON_WISE).moved()).isTrue();
  }

  @Test
  void whatIsClaimedOfNothingThatIsTriedVariesOrStays() {
    Audit layers = Audit.withDefaults().withTrials(2).withFamilies(TransformationFamily.ALPHA);
    Subject subject = subject(perceptron());
    assertThat(layers.run(subject, List.of(HessianTrace.withDefaults())).numbers())
        .extracting(AuditedNumber::verdict)
        .containsOnly(Verdict.VARIES);
    Measure unclaimed = new Claimed(Invariance.NONE, AuditTest::pathNorm);
    assertThat(layers.run(subject, List.of(unclaimed)).numbers().get(0).verdict())
        .isEqualTo(Verdict.UNMOVED);
    assertThat(layers.run(subject, List.of(Kappa.trace())).numbers())
        .extracting(AuditedNumber::verdict)
        .containsOnly(Verdict.HOLDS);
  }

  @Test
  void aFamilyThatTheGraphDoesNotHaveIsLeftOutWithANote() {
    Network linear =
        Initialization.KAIMING.draw(
            Architectures.perceptron(Shape.of(4), List.of(), 3, Activation.RELU), SEED);
    AuditFindings findings =
        Audit.withDefaults().withTrials(1).run(subject(linear), List.of(Kappa.trace()));
    assertThat(findings.families()).isEmpty();
    assertThat(findings.notes())
        .contains(
            "transformation neuron-wise is left out: no hidden unit of the network can be rescaled",
            "transformation permutation is left out: no hidden units of the network can change"
                + " places");
    assertThat(findings.numbers())
        .extracting(AuditedNumber::verdict)
        .containsOnly(Verdict.UNAVAILABLE);
    assertThatThrownBy(() -> AuditAssertions.assertClaimsHold(subject(linear), Kappa.trace()))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("no claim of invariance was tried");
    assertThatThrownBy(
            () ->
                Audit.withDefaults()
                    .transformation(subject(linear), TransformationFamily.K_LAYER, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("transformation k-layer does not exist here");
  }

  @Test
  void anAuditThatIsStoppedReportsTheTrialsItMade() {
    int[] left = {40};
    Monitor impatient =
        new Monitor() {
          @Override
          public void update(String task, long done, long total) {
            left[0]--;
          }

          @Override
          public boolean stopped() {
            return left[0] < 0;
          }
        };
    Network network = perceptron();
    Subject subject =
        Subject.of(
            NetworkSurface.of(
                network,
                RandomDatasets.labelled(network, 20, SEED.split("data")),
                SoftmaxCrossEntropy.onLogits()),
            Settings.withDefaults(),
            impatient,
            SEED);
    AuditFindings findings = Audit.withDefaults().run(subject, List.of(Kappa.trace()));
    assertThat(findings.complete()).isFalse();
    assertThat(findings.notes().get(findings.notes().size() - 1))
        .matches("the monitor stopped the work after \\d+ of \\d+ transformations");
    assertThat(findings.holds()).isTrue();
  }

  @Test
  void anAssertionNamesTheClaimThatFailed() {
    Subject subject = subject(perceptron());
    Measure broken = new Claimed(Invariance.LAYER_WISE, AuditTest::squaredNorm);
    assertThatThrownBy(() -> AuditAssertions.assertClaimsHold(subject, broken))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("a claim of invariance failed:\nclaimed: fails; ");
    assertThat(AuditAssertions.assertClaimsHold(subject, Kappa.trace()).holds()).isTrue();
  }

  @Test
  void nonsenseIsRefused() {
    Audit audit = Audit.withDefaults();
    assertThatThrownBy(() -> audit.withTrials(0)).hasMessageContaining("number of trials is 0");
    assertThatThrownBy(() -> audit.withSpread(1)).hasMessageContaining("spread is 1.0");
    assertThatThrownBy(() -> audit.withSpread(Double.NaN)).hasMessageContaining("spread is NaN");
    assertThatThrownBy(audit::withFamilies).hasMessageContaining("no transformation is named");
    assertThatThrownBy(() -> TransformationFamily.of("neuronwise"))
        .hasMessageContaining("\"neuronwise\" does not exist, expected one of neuron-wise, ");
  }

  @Test
  void aNumberAtAGaugeMayMoveByWhatTheGaugeLeavesUnbalanced() {
    Network network = RandomNetworks.withDefaults().draw(Seed.of(-7618));
    Dataset data = RandomDatasets.labelled(network, 12, SEED.split("data"));
    AuditReport report =
        Flatness.of(network)
            .on(data, SoftmaxCrossEntropy.onLogits())
            .audit("hessian-trace-at-minimum-norm", "l2-norm-squared-at-minimum-norm")
            .trials(2)
            .seed(7)
            .report();
    assertThat(report.findings().failed()).isEmpty();
    assertThat(report.findings().numbers())
        .allSatisfy(number -> assertThat(number.tolerance()).isBetween(1e-12, 1e-7));
  }

  @Property(tries = 12)
  void everyMeasureKeepsWhatItClaimsUnderEveryFamily(@ForAll("networks") Network network) {
    Dataset data = RandomDatasets.labelled(network, 12, SEED.split("data"));
    AuditReport report =
        Flatness.of(network)
            .on(data, SoftmaxCrossEntropy.onLogits())
            .audit("all")
            .trials(2)
            .seed(7)
            .report();
    assertThat(report.findings().failed()).isEmpty();
    assertThat(report.findings().complete()).isTrue();
  }

  @Property(tries = 3)
  void theMeasuresOfTheirOwnGroupKeepWhatTheyClaim(@ForAll("networks") Network network) {
    Dataset data = RandomDatasets.labelled(network, 12, SEED.split("data"));
    AuditReport report =
        Flatness.of(network)
            .on(data, SoftmaxCrossEntropy.onLogits())
            .audit("jiang")
            .trials(2)
            .seed(7)
            .report();
    assertThat(report.findings().failed()).isEmpty();
    assertThat(report.findings().complete()).isTrue();
  }

  @Provide
  Arbitrary<Network> networks() {
    return Arbitraries.longs()
        .map(Seed::of)
        .map(seed -> RandomNetworks.withDefaults().draw(seed))
        .filter(network -> network.output().shape().size() > 1);
  }
}
