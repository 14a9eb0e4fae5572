package dev.flatness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flatness.basispath.PsiMeasures;
import dev.flatness.basispath.SkeletonRule;
import dev.flatness.basispath.TheoremBound;
import dev.flatness.cost.Work;
import dev.flatness.data.DataSource;
import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.data.Preprocessing;
import dev.flatness.hessian.Kappa;
import dev.flatness.hessian.RelativeFlatness;
import dev.flatness.loss.Losses;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.loss.SquaredError;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Fact;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Measure;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.onnx.OnnxReader;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.PassStoppedException;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Shape;
import dev.flatness.tensor.Tensor;
import dev.flatness.testkit.OracleCases;
import dev.flatness.testkit.RandomDatasets;
import dev.flatness.testkit.RandomNetworks;
import dev.flatness.training.Architectures;
import dev.flatness.training.Initialization;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlatnessTest {
  private static final SoftmaxCrossEntropy LOSS = SoftmaxCrossEntropy.onLogits();
  private static final Network RELU = perceptron(Activation.RELU);
  private static final Network TANH = perceptron(Activation.TANH);

  private static Network perceptron(Activation activation) {
    return Initialization.XAVIER.draw(
        Architectures.perceptron(Shape.of(4), List.of(6, 5), 3, activation), Seed.of(1));
  }

  private static Dataset data(Network network) {
    return RandomDatasets.labelled(network, 30, Seed.of(2));
  }

  private static Flatness.OnData on(Network network) {
    return Flatness.of(network)
        .on(data(network), LOSS)
        .with(SurfaceOptions.withDefaults().withGemm("plain"));
  }

  @Test
  void valuesAreTheReferences(@TempDir Path folder) throws IOException {
    OracleCases.copyTo("mlp-bias-unequal", folder);
    Network network = OnnxReader.withDefaults().read(folder.resolve("network.onnx")).network();
    JsonNode expected = new ObjectMapper().readTree(folder.resolve("expected.json").toFile());
    try (var data =
        Datasets.open(
            DataSource.of(folder.resolve("data.npz")),
            network.inputShape(),
            Preprocessing.withDefaults())) {
      FlatnessReport report =
          Flatness.of(network)
              .on(data, LOSS)
              .measure("kappa", "relative-flatness", "rho", "hessian-trace", "path-norm-1")
              .seed(7)
              .report();
      assertClose(report.evaluation().loss(), expected.get("loss"));
      assertClose(report.evaluation().accuracy(), expected.get("accuracy"));
      assertClose(report.gradientNorm(), expected.get("gradient-norm"));
      assertClose(report.network("hessian-trace").value(), expected.get("hessian-trace"));
      assertClose(report.network("path-norm-1").value(), expected.get("path-norm-1"));
      assertThat(report.acceptable()).isTrue();
      for (var layer : expected.get("layers").properties()) {
        for (String id : List.of("kappa", "relative-flatness", "hessian-trace")) {
          double value = report.layer(id, layer.getKey()).value();
          assertClose(value, layer.getValue().get(id));
        }
        double[] rho = report.neurons("rho", layer.getKey()).values();
        double largest = layer.getValue().get("rho-max").asDouble();
        for (int j = 0; j < rho.length; j++) {
          double entry = layer.getValue().get("rho").get(j).asDouble();
          assertThat(rho[j]).isCloseTo(entry, within(1e-6 * largest));
        }
      }
    }
  }

  private static void assertClose(double found, JsonNode expected) {
    double value = expected.asDouble();
    assertThat(found).isCloseTo(value, within(1e-6 * value));
  }

  @Test
  void anUnknownMeasureIsRefusedWithTheNearestKnownOnes() {
    String ids = String.join(", ", MeasureCatalog.installed().groups().get("all"));
    assertThatThrownBy(() -> on(RELU).measure("kapa-taw"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "measure \"kapa-taw\" does not exist; did you mean \"kappa-tau\" or \"kappa-max\"?"
                + " Groups: default, classical, jiang, psi, comparable, invariant, all. Measures: "
                + ids
                + ". Not in all: "
                + String.join(
                    ", ",
                    MeasureCatalog.installed().onRequest().stream().map(Measure::id).toList()));
  }

  @Test
  void measuresOnRequestAreFoundByTheirIdAlone() {
    String id = "hessian-top-eigenvalue-at-minimum-norm";
    Map<String, List<String>> groups = MeasureCatalog.installed().groups();
    assertThat(groups.values()).allSatisfy(ids -> assertThat(ids).doesNotContain(id));
    FlatnessReport found = on(RELU).measure(id, "hessian-top-eigenvalue").report();
    assertThat(found.network(id).status()).isEqualTo(Status.CONVERGED);
    assertThat(found.network(id).invariance()).isEqualTo(Invariance.NEURON_WISE);
    assertThat(found.network(id).value())
        .isEqualTo(on(RELU).measure(id).report().network(id).value())
        .isNotEqualTo(found.network("hessian-top-eigenvalue").value());
  }

  @Test
  void aNamedMeasureThatDoesNotApplyIsRefusedBeforeAnyWork() {
    List<String> work = new ArrayList<>();
    Flatness.Measuring measuring =
        on(TANH)
            .measure("hessian-trace", "relative-flatness-normalized")
            .monitor((stage, done, total) -> work.add(stage));
    assertThatThrownBy(measuring::report)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "measure \"relative-flatness-normalized\" is not defined here: the network is not"
                + " piecewise linear, so the inputs of its layers cannot be rescaled; leave it out,"
                + " or ask for its group");
    assertThat(work).isEmpty();
  }

  @Test
  void aNamedMeasureThatNoLayerHasIsRefused() {
    Network network =
        Initialization.XAVIER.draw(
            Architectures.perceptron(Shape.of(4), List.of(), 3, Activation.RELU), Seed.of(1));
    assertThatThrownBy(() -> on(network).measure("relative-flatness-normalized").report())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "measure \"relative-flatness-normalized\" is not defined here: every layer reads the"
                + " network's input, which cannot be rescaled; it is defined from the second weight"
                + " layer on, and from the first where the inputs are features of another network"
                + " (--inputs-are-features); leave it out, or ask for its group");
    assertThat(on(network).measure("default").report().acceptable()).isTrue();
  }

  @Test
  void aMeasureOfAGroupThatDoesNotApplyIsReportedWithItsReason() {
    FlatnessReport report = on(TANH).measure("default").report();
    Estimate absent = report.layer("relative-flatness-normalized", "fc2");
    assertThat(absent.value()).isNaN();
    assertThat(absent.status()).isEqualTo(Status.NOT_APPLICABLE);
    assertThat(absent.reason())
        .hasValue(
            "the network is not piecewise linear, so the inputs of its layers cannot be rescaled");
    assertThat(report.network("l2-norm-squared").status()).isEqualTo(Status.EXACT);
    assertThat(report.acceptable()).isTrue();
  }

  @Test
  void whatIsNamedBesideItsGroupMustApply() {
    assertThatThrownBy(() -> on(TANH).measure("default", "relative-flatness-normalized").report())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("measure \"relative-flatness-normalized\" is not defined here");
  }

  @Test
  void onlyTheLayersOfTheSettingsAreMeasured() {
    Flatness.Measuring measuring = on(RELU).measure("kappa-tau");
    FlatnessReport report =
        measuring.with(Settings.withDefaults().with(Settings.LAYERS, Set.of("fc2"))).report();
    assertThat(report.estimates())
        .extracting(each -> each.layer().orElseThrow())
        .containsExactly("fc2");
    assertThat(report.layer("kappa-tau", "fc2").value())
        .isEqualTo(measuring.report().layer("kappa-tau", "fc2").value());
    Settings unknown = Settings.withDefaults().with(Settings.LAYERS, Set.of("fc9"));
    assertThatThrownBy(() -> measuring.with(unknown).report())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "layer \"fc9\" does not exist or has no weight matrix, expected one of [fc1, fc2,"
                + " fc3]");
  }

  @Test
  void measuresShareTheirWork() {
    // The loss and the gradient, then one sweep for all closed forms.
    int sweep = passes("kappa-tau");
    assertThat(passes("kappa-tau", "relative-flatness", "rho", "rho-rows", "hessian-trace"))
        .isEqualTo(sweep);
    assertThat(passes("kappa", "kappa-max", "kappa-sum")).isEqualTo(passes("kappa"));
    assertThat(passes("hessian-bottom-eigenvalue")).isGreaterThan(sweep);
  }

  /** How many times the samples are read. */
  private static int passes(String... ids) {
    int[] reads = new int[1];
    Dataset data = data(RELU);
    Dataset counted =
        new Dataset() {
          @Override
          public int size() {
            return data.size();
          }

          @Override
          public Shape inputShape() {
            return data.inputShape();
          }

          @Override
          public TargetKind targetKind() {
            return data.targetKind();
          }

          @Override
          public int targetSize() {
            return data.targetSize();
          }

          @Override
          public void read(int first, int count, double[] inputs, double[] targets) {
            reads[0] += count;
            data.read(first, count, inputs, targets);
          }

          @Override
          public String name() {
            return data.name();
          }
        };
    SurfaceOptions streamed =
        SurfaceOptions.withDefaults().withGemm("plain").withThreads(1).withCacheBytes(0);
    Flatness.of(RELU).on(counted, LOSS).with(streamed).measure(ids).report();
    return reads[0] / data.size();
  }

  @Test
  void theSeedAloneDecidesWhatIsSampled() {
    // More than 4096 parameters: the norm is sampled.
    Network wide =
        Initialization.XAVIER.draw(
            Architectures.perceptron(Shape.of(20), List.of(120), 20, Activation.TANH), Seed.of(1));
    Flatness.Measuring measuring = on(wide).measure("hessian-frobenius-norm");
    Estimate first = measuring.seed(7).report().network("hessian-frobenius-norm");
    Estimate again = measuring.seed(7).report().network("hessian-frobenius-norm");
    Estimate other = measuring.seed(8).report().network("hessian-frobenius-norm");
    assertThat(first.status()).isEqualTo(Status.ESTIMATED);
    assertThat(again.value()).isEqualTo(first.value());
    assertThat(other.value()).isNotEqualTo(first.value());
    double error = first.standardError().orElseThrow() + other.standardError().orElseThrow();
    assertThat(other.value()).isCloseTo(first.value(), within(5 * error));
  }

  @Test
  void measuresAreTakenOnceInTheOrderOfReports() {
    FlatnessReport report =
        on(RELU).measure("l2-norm-squared", "kappa-tau", "hessian-trace", "kappa-tau").report();
    assertThat(report.estimates())
        .extracting(Estimate::id)
        .containsExactly(
            "hessian-trace",
            "hessian-trace",
            "hessian-trace",
            "hessian-trace",
            "kappa-tau",
            "kappa-tau",
            "kappa-tau",
            "l2-norm-squared");
    Estimate byObject = on(RELU).measure(Kappa.trace()).report().layer("kappa-tau", "fc1");
    assertThat(byObject.value()).isEqualTo(report.layer("kappa-tau", "fc1").value());
  }

  @Test
  void refusesNoMeasureAndOneMeasureTwice() {
    assertThatThrownBy(() -> on(RELU).measure(new String[0]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no measure was named, expected at least one id or group");
    assertThatThrownBy(
            () ->
                on(RELU).measure(RelativeFlatness.withDefaults(), RelativeFlatness.withDefaults()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("measure \"relative-flatness\" appears twice; use separate reports");
  }

  @Test
  void aReportSaysWhatItDoesNotHave() {
    FlatnessReport report = on(RELU).measure("kappa-tau", "l2-norm-squared").report();
    assertThatThrownBy(() -> report.network("kappa-tau"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the report has no network value of \"kappa-tau\"; it has [kappa-tau,"
                + " l2-norm-squared]");
    assertThatThrownBy(() -> report.layer("kappa-tau", "fc9"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the report has no layer value of \"kappa-tau\" for layer \"fc9\"; it has [kappa-tau,"
                + " l2-norm-squared]");
  }

  @Test
  void aLossThatOverflowsIsRefused() {
    Tensor huge = Tensor.of(new double[] {1e200}, 1, 1);
    Network network = Network.sequential(1).dense("a", huge, null).build();
    Dataset data = RandomDatasets.real(network, 3, Seed.of(1));
    assertThatThrownBy(
            () ->
                Flatness.of(network)
                    .on(data, SquaredError.summed())
                    .measure("hessian-trace")
                    .report())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the loss on random samples is Infinity, expected a finite number; are the inputs"
                + " scaled as in training?");
  }

  @Test
  void idsAndMeasuresOfOnesOwnGoIntoOneCall() {
    Measure own = RelativeFlatness.withDefaults().normalized();
    FlatnessReport report = on(RELU).measure(List.of("kappa-tau"), own).report();
    assertThat(report.estimates())
        .extracting(Estimate::id)
        .contains("kappa-tau", "relative-flatness-normalized");
    assertThatThrownBy(() -> on(RELU).measure(List.of("relative-flatness-normalized"), own))
        .hasMessageStartingWith("measure \"relative-flatness-normalized\" appears twice");
  }

  @Test
  void theReportRecordsEverySettingThatIsGivenOrHasADefault() {
    FlatnessReport report =
        on(RELU)
            .measure("l2-norm-squared")
            .with(PsiMeasures.SKELETON, SkeletonRule.balanced())
            .with(TheoremBound.LOSS_LIPSCHITZ, 3.0)
            .with(Settings.TIME_LIMIT, Duration.ofSeconds(90))
            .report();
    assertThat(report.recordedSettings())
        .containsEntry("skeleton", "balanced")
        .containsEntry("lossLipschitz", 3.0)
        .containsEntry("timeLimitSeconds", 90.0)
        .containsEntry("epsilon", 1e-3)
        .containsEntry("maxProducts", 1000)
        .doesNotContainKey("tolerance");
  }

  @Test
  void theGroupComparableHoldsWhatNoRescalingAndNoPermutationChanges() {
    List<String> comparable = MeasureCatalog.installed().groups().get("comparable");
    assertThat(comparable)
        .contains("rho-max", "path-norm-2", "relative-flatness-normalized", "adaptive-sharpness")
        .doesNotContain("kappa", "relative-flatness", "psi-trace", "hessian-trace");
  }

  /** Every fact that a measure asks of a subject is in its forecast. */
  @Test
  void measuresForecastTheFactsTheyAskFor() {
    MeasureCatalog catalog = MeasureCatalog.installed();
    List<Measure> measures = new ArrayList<>(catalog.measures());
    measures.addAll(catalog.onRequest());
    for (Network network : List.of(RELU, TANH)) {
      for (Measure measure : measures) {
        Subject subject =
            Subject.of(
                NetworkSurface.of(network, data(network), LOSS),
                Settings.withDefaults(),
                Monitor.NONE,
                Seed.of(0));
        measure.evaluate(subject);
        List<String> forecast =
            measure.work(network, Settings.withDefaults()).stream().map(Work::name).toList();
        for (Fact<?> fact : subject.known()) {
          assertThat(forecast)
              .as(measure.id())
              .containsAll(
                  fact.work(network, Settings.withDefaults()).stream().map(Work::name).toList());
        }
      }
    }
  }

  /** Stops when it has been asked a number of times. */
  private static Monitor patientFor(int questions) {
    AtomicInteger asked = new AtomicInteger();
    return new Monitor() {
      @Override
      public void update(String task, long done, long total) {}

      @Override
      public boolean stopped() {
        return asked.incrementAndGet() > questions;
      }
    };
  }

  /**
   * Whenever a run is stopped, also in the middle of a pass, what it reports is right or marked.
   */
  @Test
  void whatIsStoppedAtAnyMomentIsRightOrMarked() {
    for (boolean smooth : List.of(false, true)) {
      Network network =
          RandomNetworks.withDefaults()
              .withSmoothActivations(smooth)
              .withMaximumParameters(80)
              .draw(Seed.of(smooth ? 4 : 6));
      Flatness.Measuring measuring =
          Flatness.of(network)
              .on(data(network), Losses.of("auto", data(network), network.output().shape().size()))
              .with(SurfaceOptions.withDefaults().withGemm("plain").withBatchSize(8).withThreads(1))
              .measure("all");
      FlatnessReport whole = measuring.report();
      int marked = 0;
      int early = 0;
      for (int questions = 0; questions < 1500; questions = questions * 5 / 4 + 1) {
        FlatnessReport cut;
        try {
          cut = measuring.monitor(patientFor(questions)).report();
        } catch (PassStoppedException stopped) {
          assertThat(stopped).hasMessageContaining("before the loss at the parameters was known");
          early++;
          continue;
        }
        assertThat(cut.evaluation()).isEqualTo(whole.evaluation());
        assertThat(cut.estimates()).hasSameSizeAs(whole.estimates());
        for (int i = 0; i < cut.estimates().size(); i++) {
          Estimate found = cut.estimates().get(i);
          Estimate right = whole.estimates().get(i);
          assertThat(found.id()).isEqualTo(right.id());
          if (found.status() == Status.NOT_CONVERGED) {
            marked++;
          } else {
            assertThat(found.status()).as(found.id()).isEqualTo(right.status());
            assertThat(found.values()).as(found.id()).isEqualTo(right.values());
          }
        }
      }
      assertThat(early).isPositive();
      assertThat(marked).isGreaterThan(100);
    }
  }
}
