package dev.flatness.pacbayes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.basispath.BasisPaths;
import dev.flatness.basispath.Skeleton;
import dev.flatness.basispath.SkeletonRule;
import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.loss.SquaredError;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Status;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import dev.flatness.tensor.Shape;
import dev.flatness.testkit.NetworkArbitraries;
import dev.flatness.training.Architectures;
import dev.flatness.training.Initialization;
import dev.flatness.training.SgdTrainer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class BoundEstimatorTest {
  private static final Seed SEED = Seed.of(4);
  private static final Dataset DATA = clusters(600, 1);
  private static final Network INITIAL =
      Initialization.XAVIER.draw(
          Architectures.perceptron(Shape.of(2), List.of(6), 2, Activation.RELU), SEED);
  private static final Network TRAINED =
      SgdTrainer.withDefaults()
          .withEpochs(15)
          .train(INITIAL, DATA, SoftmaxCrossEntropy.onLogits(), SEED)
          .network();

  private static Dataset clusters(int samples, long seed) {
    double[][] inputs = new double[samples][2];
    int[] labels = new int[samples];
    var random = Seed.of(seed).generator();
    for (int i = 0; i < samples; i++) {
      labels[i] = i % 2;
      inputs[i][0] = random.nextGaussian() + (labels[i] == 0 ? -2 : 2);
      inputs[i][1] = random.nextGaussian();
    }
    return Datasets.of(inputs, labels);
  }

  private static NetworkSurface surface(Network network, int threads) {
    return NetworkSurface.of(
        network,
        DATA,
        SoftmaxCrossEntropy.onLogits(),
        SurfaceOptions.withDefaults().withThreads(threads).withGemm("plain"));
  }

  private static List<BoundResult> bounds(BoundEstimator estimator) {
    return estimator.bound(surface(TRAINED, 1), Monitor.NONE, SEED);
  }

  private static BoundEstimator few() {
    return BoundEstimator.withDefaults().withDraws(200);
  }

  @Provide
  Arbitrary<Seed> seeds() {
    return NetworkArbitraries.seeds();
  }

  /** Risk and divergence of a fixed posterior, drawn and summed here in plain loops. */
  @Example
  void everyBoundIsItsFormulaOfTermsThatAPlainLoopFinds() {
    double sigma = 0.3;
    double priorSigma = 0.8;
    BoundEstimator estimator =
        few()
            .withDraws(4000)
            .withPosterior(Posterior.isotropic(sigma))
            .withPrior(Prior.zero().withSigma(priorSigma))
            .withCatoni(1.5);
    List<BoundResult> results = bounds(estimator);
    double[] theta = TRAINED.parameterVector();
    double divergence = 0;
    for (double w : theta) {
      double ratio = sigma * sigma / (priorSigma * priorSigma);
      divergence += 0.5 * (w * w / (priorSigma * priorSigma) + ratio - 1 - Math.log(ratio));
    }
    var random = Seed.of(99).generator();
    int wrong = 0;
    int draws = 4000;
    double[] x = new double[2];
    double[] y = new double[1];
    for (int draw = 0; draw < draws; draw++) {
      double[] moved = theta.clone();
      for (int i = 0; i < moved.length; i++) {
        moved[i] += sigma * random.nextGaussian();
      }
      DATA.read(random.nextInt(DATA.size()), 1, x, y);
      double[] f = TRAINED.withParameters(moved).outputs(x);
      wrong += (f[0] > f[1] ? 0 : 1) == (int) y[0] ? 0 : 1;
    }
    double risk = (double) wrong / draws;
    double margin = 5 * Math.sqrt(risk * (1 - risk) / draws);
    for (BoundResult result : results) {
      Map<String, Double> terms = result.terms();
      assertThat(terms.get("kl")).isCloseTo(divergence, within(1e-10 * divergence));
      assertThat(terms.get("empiricalRisk")).isCloseTo(risk, within(margin));
      assertThat(terms.get("price")).isZero();
      assertThat(terms.get("klOnOrbit")).isPositive().isLessThan(divergence);
      double q = terms.get("empiricalRiskUpper");
      double expected =
          switch (result.bound()) {
            case YI_MCALLESTER ->
                PacBayes.yi(
                    terms.get("centerRisk"), terms.get("expectedIncrease"), divergence, 600, 0.04);
            case MAURER -> PacBayes.maurer(q, divergence, 600, 0.04);
            case SEEGER -> PacBayes.seeger(q, divergence, 600, 0.04);
            case QUADRATIC -> PacBayes.quadratic(q, divergence, 600, 0.04);
            case LAMBDA -> PacBayes.lambda(q, divergence, 600, 0.04, terms.get("lambda"));
            case CATONI -> PacBayes.catoni(q, divergence, 600, 0.04, 1.5);
          };
      assertThat(result.value()).isCloseTo(expected, within(1e-9 * expected));
      assertThat(result.status()).isEqualTo(Status.EXACT);
    }
  }

  @Example
  void theSearchFindsWhatAScanFinds() {
    BoundEstimator seeger = few().withDraws(12_000).withBounds(List.of(Bound.SEEGER));
    BoundResult searched = bounds(seeger).get(0);
    double least = Double.POSITIVE_INFINITY;
    for (double sigma = 0.001; sigma < 4; sigma *= 1.1) {
      BoundEstimator fixed = seeger.withPosterior(Posterior.isotropic(sigma));
      least = Math.min(least, bounds(fixed).get(0).value());
    }
    assertThat(searched.value()).isLessThan(1.05 * least);
    assertThat(searched.prior().sigma()).containsOnlyKeys("");
  }

  @Example
  void oneScaleALayerIsNoWorseThanOneForAll() {
    BoundEstimator one = few().withBounds(List.of(Bound.SEEGER));
    BoundResult shared = bounds(one).get(0);
    BoundResult own = bounds(one.withPosterior(Posterior.perLayer())).get(0);
    assertThat(own.posterior().sigma()).hasSize(2);
    assertThat(own.terms().get("price")).isGreaterThan(shared.terms().get("price"));
    // A second price and fresh draws of the risk are what it may lose.
    double lost = PacBayes.complexity(own.terms().get("price"), 600, 0.04);
    assertThat(own.value()).isLessThan(shared.value() + 2 * lost);
  }

  @Example
  void aPriorThatHasSeenAPartOfTheSamplesGivesABoundOnTheRest() {
    BoundResult result =
        bounds(
                few()
                    .withBounds(List.of(Bound.SEEGER))
                    .withPrior(Prior.split(0.5, TRAINED))
                    .withTest(clusters(300, 2)))
            .get(0);
    assertThat(result.terms().get("samples")).isEqualTo(300);
    assertThat(result.terms().get("testSamples")).isEqualTo(300);
    assertThat(result.terms().get("testRisk")).isLessThan(result.value());
    assertThat(result.vacuous()).isFalse();
    assertThat(result.value()).isLessThan(0.25);
    assertThat(result.says()).contains("With probability 0.95").contains("% of new samples");
    BoundResult own =
        bounds(few().withBounds(List.of(Bound.SEEGER)).withPrior(Prior.split(0.5))).get(0);
    assertThat(own.terms().get("samples")).isEqualTo(300);
    assertThat(own.assumptions()).anyMatch(text -> text.contains("50.0 % of the data"));
  }

  @Property(tries = 12)
  void boundsInValuesOfBasisPathsStayUnderRescalingAndThoseInWeightsDoNot(
      @ForAll("seeds") Seed seed) {
    Rescaling rescaling = Rescaling.random(ScaleClasses.of(TRAINED), 30, seed);
    NetworkSurface here = surface(TRAINED, 1);
    NetworkSurface there = surface(rescaling.applyTo(TRAINED), 1);
    BoundEstimator estimator =
        BoundEstimator.withDefaults().withDraws(5).withPosterior(Posterior.isotropic(0.01));
    BoundEstimator paths = estimator.inBasisPaths(SkeletonRule.diagonal());
    BoundResult before = paths.bound(here, Monitor.NONE, SEED).get(0);
    BoundResult after = paths.bound(there, Monitor.NONE, SEED).get(0);
    assertThat(after.value()).isCloseTo(before.value(), within(1e-9 * before.value()));
    double kl = before.terms().get("kl");
    assertThat(after.terms().get("kl")).isCloseTo(kl, within(1e-9 * kl));
    double weights = estimator.bound(here, Monitor.NONE, SEED).get(0).terms().get("kl");
    double moved = estimator.bound(there, Monitor.NONE, SEED).get(0).terms().get("kl");
    assertThat(Math.abs(moved - weights)).isGreaterThan(1e-6 * weights);
  }

  @Example
  void signsOfFreeEdgesArePaidFor() {
    BoundEstimator paths =
        few().withPosterior(Posterior.isotropic(0.1)).inBasisPaths(SkeletonRule.diagonal());
    double open = bounds(paths.withPrior(Prior.zero().withSigma(0.5))).get(0).terms().get("kl");
    double[] v = BasisPathSpace.of(TRAINED, Optional.empty(), SkeletonRule.diagonal()).center();
    double gaussian =
        DiagonalGaussian.isotropic(v, 0.1)
            .divergenceFrom(DiagonalGaussian.isotropic(new double[v.length], 0.5));
    assertThat(open).isCloseTo(gaussian + 6 * Math.log(2), within(1e-10 * open));
  }

  /** A prior at a network of other signs: half of its mass is on all patterns alike. */
  @Example
  void signsThatTrainingTurnedArePaidFor() {
    BasisPathSpace space =
        BasisPathSpace.of(TRAINED, Optional.of(TRAINED), SkeletonRule.diagonal());
    assertThat(space.discrete(Optional.of(TRAINED)))
        .isCloseTo(-Math.log(0.5 + 0.5 / 64), within(1e-14));
    double[] theta = TRAINED.parameterVector();
    int edge = BasisPaths.of(Skeleton.diagonal(TRAINED)).skeleton().freeEdges()[0];
    theta[edge] *= -1;
    Network turned = TRAINED.withParameters(theta);
    assertThat(space.discrete(Optional.of(turned))).isCloseTo(7 * Math.log(2), within(1e-14));
    BoundResult result =
        bounds(few().inBasisPaths(SkeletonRule.diagonal()).withPrior(Prior.around(turned))).get(0);
    assertThat(result.terms().get("kl")).isFinite();
  }

  @Example
  void aClippedLossIsGivenInItsOwnUnits() {
    BoundEstimator estimator =
        few()
            .withRisk(Risk.clipped(4))
            .withPosterior(Posterior.isotropic(0.05))
            .withBounds(List.of(Bound.MAURER));
    BoundResult result = bounds(estimator).get(0);
    assertThat(result.range()).isEqualTo(4);
    double inside =
        PacBayes.maurer(
            result.terms().get("empiricalRiskUpper"),
            result.terms().get("kl") + result.terms().get("price"),
            600,
            0.04);
    assertThat(result.value()).isCloseTo(4 * inside, within(1e-9));
    double[] outputs = {1, -20};
    double[] target = {1};
    ClippedLoss clipped = new ClippedLoss(SoftmaxCrossEntropy.onLogits(), 4);
    assertThat(clipped.value(outputs, target)).isEqualTo(1);
    assertThat(clipped.value(outputs, new double[] {0})).isLessThan(1e-6);
  }

  @Example
  void theBitsDoNotDependOnThreads() {
    BoundEstimator estimator = few().withDraws(20).withPosterior(Posterior.perLayer());
    List<BoundResult> one = estimator.bound(surface(TRAINED, 1), Monitor.NONE, SEED);
    List<BoundResult> three = estimator.bound(surface(TRAINED, 3), Monitor.NONE, SEED);
    assertThat(three).isEqualTo(one);
  }

  @Example
  void drawsThatWereNotMadeAreSaid() {
    int[] asked = {0};
    Monitor late =
        new Monitor() {
          @Override
          public void update(String task, long done, long total) {}

          @Override
          public boolean stopped() {
            return ++asked[0] > 60;
          }
        };
    BoundResult result =
        few()
            .withDraws(100_000)
            .withPosterior(Posterior.isotropic(0.1))
            .bound(surface(TRAINED, 1), late, SEED)
            .get(0);
    assertThat(result.status()).isEqualTo(Status.NOT_CONVERGED);
    assertThat(result.terms().get("draws")).isBetween(1.0, 99_999.0);
    assertThat(result.terms().get("empiricalRiskUpper"))
        .isEqualTo(
            RiskEstimate.of(
                    result.terms().get("empiricalRisk"),
                    result.terms().get("draws").longValue(),
                    result.terms().get("deltaRisk"))
                .upper());
  }

  @Example
  void whatMakesNoSenseIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                few()
                    .withPrior(
                        Prior.around(
                            Architectures.perceptron(Shape.of(2), List.of(5), 2, Activation.RELU)))
                    .bound(surface(TRAINED, 1), Monitor.NONE, SEED))
        .withMessageContaining("other layers");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> bounds(few().inBasisPaths(SkeletonRule.balanced())))
        .withMessageContaining("by the weights")
        .withMessageContaining("--prior FILE.onnx");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> bounds(few().withPrior(Prior.split(0.0005))))
        .withMessageContaining("leaves none");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Prior.split(1))
        .withMessageContaining("share of the samples is 1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> few().withConfidence(1))
        .withMessageContaining("confidence is 1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Bound.of("seeger"))
        .withMessageContaining("seeger-bound");
    Network regression = Architectures.perceptron(Shape.of(2), List.of(3), 1, Activation.RELU);
    NetworkSurface real =
        NetworkSurface.of(
            Initialization.XAVIER.draw(regression, SEED),
            Datasets.of(new double[][] {{1, 2}, {3, 4}}, new double[][] {{1.5}, {2.25}}),
            SquaredError.summed());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> few().bound(real, Monitor.NONE, SEED))
        .withMessageContaining("values beyond 1")
        .withMessageContaining("clipped=B");
    assertThat(few().withRisk(Risk.clipped(10)).bound(real, Monitor.NONE, SEED)).hasSize(6);
  }

  /** A dead class by trained weights would take coordinates away because of the samples. */
  @Example
  void unitsThatTrainingCutOffAreRefusedInValuesOfBasisPaths() {
    double[] theta = TRAINED.parameterVector();
    theta[0] = theta[1] = 0;
    for (var parameter : TRAINED.parameters()) {
      if (parameter.name().endsWith("bias") && parameter.size() == 6) {
        theta[parameter.offset()] = 0;
      }
    }
    NetworkSurface cut = surface(TRAINED.withParameters(theta), 1);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> few().inBasisPaths(SkeletonRule.diagonal()).bound(cut, Monitor.NONE, SEED))
        .withMessageContaining("without a way in or out");
  }
}
