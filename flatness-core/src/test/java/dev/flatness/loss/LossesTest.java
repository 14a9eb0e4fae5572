package dev.flatness.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.flatness.data.Dataset;
import dev.flatness.data.Dataset.TargetKind;
import dev.flatness.data.Datasets;
import dev.flatness.network.Activation;
import dev.flatness.network.GraphBuilder;
import dev.flatness.network.Network;
import dev.flatness.network.OutputActivation;
import dev.flatness.network.Window;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Precision;
import dev.flatness.tensor.Tensor;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class LossesTest {
  private static final Tensor X = Tensor.of(new double[8], 4, 2);

  private static Dataset reals(double... targets) {
    return Datasets.of(X, Tensor.of(targets, 4, targets.length / 4));
  }

  private static Losses.Choice choose(String id, Dataset data) {
    return Losses.choose(LossRequest.of(id), data);
  }

  private static Losses.Choice choose(String id, Dataset data, int outputs) {
    return Losses.choose(LossRequest.of(id), data, logits(outputs));
  }

  private static Network logits(int outputs) {
    return Network.sequential(2)
        .dense("out", Tensor.of(new double[2 * outputs], outputs, 2), null)
        .build();
  }

  private static Network ending(OutputActivation end, int outputs) {
    GraphBuilder graph = Network.builder(2);
    int logits =
        graph.dense("out", graph.input(), Tensor.of(new double[2 * outputs], outputs, 2), null);
    if (end == OutputActivation.SOFTMAX || end == OutputActivation.LOG_SOFTMAX) {
      return graph.build(graph.softmax("end", logits, end == OutputActivation.LOG_SOFTMAX));
    }
    int sigmoid = graph.activate("p", logits, Activation.SIGMOID);
    if (end == OutputActivation.SIGMOID) {
      return graph.build(sigmoid);
    }
    int other = graph.constant("q", sigmoid, List.of(-1.0), List.of(1.0));
    return graph.build(graph.concatenate("pair", other, sigmoid));
  }

  private static Losses.Choice choose(String id, Dataset data, Network network) {
    return Losses.choose(LossRequest.of(id), data, network);
  }

  /** Loss and number of outputs that it reads; the choice fits the network's end. */
  private static void assertChosen(
      String asked, Dataset data, Network network, String chosen, int outputs) {
    Losses.Choice choice = choose(asked, data, network);
    assertThat(choice.loss().id()).isEqualTo(chosen);
    Network fitted = Losses.fit(network, choice.loss());
    assertThat(fitted.output().shape().size()).isEqualTo(outputs).isEqualTo(choice.outputs());
    choice.loss().check(choice.data(), outputs);
  }

  @Test
  void whatEndsTheNetworkAndTheLossFitTogether() {
    Dataset labels = Datasets.of(X, 0, 1, 1, 0);
    Dataset oneHot = reals(0, 1, 1, 0, 1, 0, 0, 1);
    Dataset several = reals(0, 1, 1, 1, 0, 0, 0, 1);
    Network softmax = ending(OutputActivation.SOFTMAX, 2);
    Network pair = ending(OutputActivation.SIGMOID_PAIR, 1);
    Network sigmoid = ending(OutputActivation.SIGMOID, 1);
    Network sigmoids = ending(OutputActivation.SIGMOID, 2);
    String bce = "binary-cross-entropy";
    assertChosen("auto", labels, softmax, "cross-entropy", 2);
    assertChosen("auto", labels, ending(OutputActivation.LOG_SOFTMAX, 2), "cross-entropy", 2);
    assertChosen("auto", labels, pair, bce, 1);
    assertChosen("auto", oneHot, pair, bce, 1);
    assertChosen(bce, oneHot, pair, bce, 1);
    assertChosen("auto", labels, sigmoid, bce, 1);
    assertChosen("auto", reals(0, 1, 1, 0), sigmoid, bce, 1);
    assertChosen("auto", reals(0, 0.5, 1, 0), sigmoid, "squared-error", 1);
    assertChosen("auto", several, sigmoids, bce, 2);
    assertChosen("auto", oneHot, sigmoids, bce, 2);
    assertChosen(bce, several, logits(2), bce, 2);
    assertChosen("auto", oneHot, softmax, "squared-error", 2);
    assertChosen("cross-entropy", oneHot, softmax, "cross-entropy", 2);
    assertChosen("squared-error", oneHot, pair, "squared-error", 2);
    assertChosen("cross-entropy", reals(.5, .5, 1, 0, .2, .8, 0, 1), softmax, "cross-entropy", 2);
  }

  @Test
  void theNotesSayWhatBecameOfTheEnd() {
    Network softmax = ending(OutputActivation.SOFTMAX, 2);
    assertThat(Losses.fit(softmax, SoftmaxCrossEntropy.onLogits()).notes())
        .containsExactly(
            "the final Softmax is part of the loss cross-entropy and was removed; the outputs are"
                + " logits");
    Network kept = Losses.fit(softmax, SquaredError.summed());
    assertThat(kept.notes())
        .containsExactly("the final Softmax is kept: squared-error is evaluated on its values");
    assertThat(Losses.fit(kept, SquaredError.summed()).notes()).hasSize(1);
    assertThat(Losses.fit(logits(2), SquaredError.summed()).notes()).isEmpty();
  }

  @Test
  void refusesLossesOfLogitsOnProbabilities() {
    assertThatThrownBy(
            () -> Losses.fit(ending(OutputActivation.SIGMOID, 3), SoftmaxCrossEntropy.onLogits()))
        .hasMessage(
            "the network ends in a Sigmoid, which loss \"cross-entropy\" does not contain: it would"
                + " be evaluated on probabilities as if they were logits; use"
                + " binary-cross-entropy with rows of 3 numbers 0 or 1 as targets, or squared-error,"
                + " which is evaluated on the network's own outputs");
    assertThatThrownBy(
            () -> Losses.fit(ending(OutputActivation.SOFTMAX, 2), BinaryCrossEntropy.onLogits()))
        .hasMessageContaining("ends in a Softmax")
        .hasMessageContaining("use cross-entropy, or squared-error");
  }

  /** Sigmoids that are joined, clipped or turned round are no logits either. */
  @Test
  void refusesLossesOfLogitsOnWhatIsMadeOfSigmoids() {
    GraphBuilder graph = Network.builder(2);
    int logits = graph.dense("out", graph.input(), Tensor.of(new double[2], 1, 2), null);
    int p = graph.activate("p", logits, Activation.SIGMOID);
    int q = graph.constant("q", p, List.of(-1.0), List.of(1.0));
    Network reversed = graph.build(graph.concatenate("pair", p, q));
    assertThat(reversed.outputActivation()).contains(OutputActivation.OF_SIGMOIDS);
    assertThatThrownBy(() -> Losses.fit(reversed, SoftmaxCrossEntropy.onLogits()))
        .hasMessageContaining("ends in a combination of Sigmoids")
        .hasMessageContaining("use the logits before it (--output), or squared-error");
    assertThat(Losses.fit(reversed, SquaredError.summed()).nodes()).isEqualTo(reversed.nodes());

    GraphBuilder clipped = Network.builder(2);
    int z = clipped.dense("out", clipped.input(), Tensor.of(new double[4], 2, 2), null);
    z = clipped.activate("p", z, Activation.SIGMOID);
    Network end = clipped.build(clipped.activate("clip", z, Activation.clip(1e-7, 1 - 1e-7)));
    assertThatThrownBy(() -> Losses.fit(end, BinaryCrossEntropy.onLogits()))
        .hasMessageContaining("combination of Sigmoids");
  }

  /** Pooled, averaged or added probabilities are no logits; a sum with logits is. */
  @Test
  void refusesLossesOfLogitsOnPooledSigmoids() {
    Loss loss = BinaryCrossEntropy.onLogits();
    GraphBuilder pooled = Network.builder(1, 2, 2);
    Tensor kernel = Tensor.of(new double[] {1.5}, 1, 1, 1, 1);
    int p = pooled.convolution("c", pooled.input(), kernel, null, Window.of(1, 1), 1);
    p = pooled.activate("p", p, Activation.SIGMOID);
    Network most = pooled.build(pooled.flatten("out", pooled.maxPool("m", p, Window.of(2, 2))));
    assertThatThrownBy(() -> Losses.fit(most, loss))
        .hasMessageContaining("combination of Sigmoids");

    Tensor row = Tensor.of(new double[] {0.5, -1}, 1, 2);
    GraphBuilder heads = Network.builder(2);
    int f = heads.dense("f", heads.input(), row, null);
    int g = heads.dense("g", heads.input(), row, null);
    int sf = heads.activate("sf", f, Activation.SIGMOID);
    int sg = heads.activate("sg", g, Activation.SIGMOID);
    assertThat(heads.build(heads.add("both", sf, sg)).outputActivation())
        .contains(OutputActivation.OF_SIGMOIDS);
    assertThat(heads.build(heads.add("skip", sf, g)).outputActivation()).isEmpty();
    assertThat(
            heads
                .build(heads.activate("h", f, Activation.hardSigmoid(0.2, 0.5)))
                .outputActivation())
        .contains(OutputActivation.OF_SIGMOIDS);
  }

  /** What made the logits is not taken away with the second fit. */
  @Test
  void fittingTwiceIsFittingOnce() {
    Tensor weight = Tensor.of(new double[] {0.5, -1, 2, 0.25}, 2, 2);
    GraphBuilder graph = Network.builder(2);
    int z = graph.dense("out", graph.input(), weight, null);
    int inner = graph.activate("p", z, Activation.SIGMOID);
    Network gated = graph.build(graph.softmax("end", inner, false));
    Network once = Losses.fit(gated, SoftmaxCrossEntropy.onLogits());
    assertThat(once.output().name()).isEqualTo("p");
    assertThat(Losses.fit(once, SoftmaxCrossEntropy.onLogits()).nodes()).isEqualTo(once.nodes());
    Network moved = once.withParameters(new double[4]);
    assertThat(Losses.fit(moved, SoftmaxCrossEntropy.onLogits()).nodes()).isEqualTo(once.nodes());
    Dataset labels = Datasets.of(X, 0, 1, 1, 0);
    for (Precision precision : Precision.values()) {
      NetworkSurface surface =
          NetworkSurface.of(
              once,
              labels,
              SoftmaxCrossEntropy.onLogits(),
              SurfaceOptions.withDefaults().withPrecision(precision));
      assertThat(surface.inDouble().network().nodes()).isEqualTo(once.nodes());
    }

    Network twice = graph.build(graph.activate("q", inner, Activation.SIGMOID));
    Network binary = Losses.fit(twice, BinaryCrossEntropy.onLogits());
    assertThat(binary.output().name()).isEqualTo("p");
    assertThat(Losses.fit(binary, BinaryCrossEntropy.onLogits()).nodes()).isEqualTo(binary.nodes());
  }

  /** PyTorch divides by the samples' weights where targets are labels, not where they are rows. */
  @Test
  void rowsThatAreReadAsLabelsKeepTheirMean() {
    double[][] f = {{0.3, -1.2}, {1.5, 0.25}, {-0.7, 0.1}, {2.0, 1.0}};
    Tensor x = Tensor.of(new double[] {0, 0, 1, 0, 2, 0, 3, 0}, 4, 2);
    Dataset oneHot = Datasets.of(x, Tensor.of(new double[] {1, 0, 0, 1, 0, 1, 1, 0}, 4, 2));
    LossRequest weighted = LossRequest.of("cross-entropy").withClassWeights(List.of(1.0, 3.0));
    Losses.Choice ofRows = Losses.choose(weighted, oneHot, logits(2));
    Losses.Choice ofLabels = Losses.choose(weighted, Datasets.of(x, 0, 1, 1, 0), logits(2));
    // The labels weigh 2 in the mean.
    assertThat(mean(ofRows, f)).isEqualTo(2 * mean(ofLabels, f), offset(1e-14));
    assertThat(ofLabels.loss().settings().get("classWeights")).isEqualTo(new double[] {1, 3});
  }

  @Test
  void rowsOfBinaryLabelsAskForAnOutputEach() {
    Dataset oneHot = reals(0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0);
    Losses.Choice choice = choose("binary-cross-entropy", oneHot);
    assertThat(choice.outputs()).isEqualTo(3);
    choice.loss().check(choice.data(), 3);
  }

  private static double mean(Losses.Choice choice, double[][] logits) {
    double sum = 0;
    double[] target = new double[choice.data().targetSize()];
    int[] row = {0, 1, 2, 3};
    for (int i = 0; i < choice.data().size(); i++) {
      double[] input = new double[2];
      choice.data().read(i, 1, input, target);
      sum += choice.loss().value(logits[(int) input[0]], target);
    }
    return sum / choice.data().size();
  }

  /** Values of the formulas of torch.nn.CrossEntropyLoss, evaluated with NumPy in float64. */
  @Test
  void smoothingWeightsAndIgnoredLabelsAreThoseOfPyTorch() {
    double[][] f = {{0.3, -1.2, 2.0}, {1.5, 0.25, -0.5}, {-0.7, 0.1, 0.4}, {2.0, 1.0, 0.0}};
    Tensor x = Tensor.of(new double[] {0, 0, 1, 0, 2, 0, 3, 0}, 4, 2);
    Dataset labels = Datasets.of(x, Tensor.of(new double[] {0, 2, -100, 1}, 4, 1));
    LossRequest plain = LossRequest.of("cross-entropy").withIgnoreIndex(-100);
    LossRequest weighted = plain.withClassWeights(List.of(1.0, 2.0, 0.5));
    Offset<Double> rounding = offset(1e-14);
    Network network = logits(3);
    assertThat(mean(Losses.choose(plain, labels, network), f))
        .isEqualTo(1.8870763577333243, rounding);
    assertThat(mean(Losses.choose(weighted, labels, network), f))
        .isEqualTo(1.683674030212272, rounding);
    assertThat(mean(Losses.choose(plain.withLabelSmoothing(0.1), labels, network), f))
        .isEqualTo(1.8542985799555467, rounding);
    Losses.Choice both = Losses.choose(weighted.withLabelSmoothing(0.1), labels, network);
    assertThat(mean(both, f)).isEqualTo(1.6863952153453294, rounding);
    assertThat(both.notes()).contains("1 of 4 samples have label -100 and are ignored");
    Dataset soft =
        Datasets.of(x, Tensor.of(new double[] {.2, .3, .5, 1, 0, 0, 0, .5, .5, .1, .8, .1}, 4, 3));
    LossRequest ofSoft = LossRequest.of("cross-entropy");
    assertThat(mean(Losses.choose(ofSoft, soft, network), f))
        .isEqualTo(1.0351395916903021, rounding);
    ofSoft = ofSoft.withClassWeights(List.of(1.0, 2.0, 0.5)).withLabelSmoothing(0.1);
    assertThat(mean(Losses.choose(ofSoft, soft, network), f))
        .isEqualTo(1.6360939989870014, rounding);
  }

  @Test
  void refusesWhatOnlyCrossEntropyTakes() {
    Dataset labels = Datasets.of(X, 0, 1, 1, 0);
    assertThatThrownBy(
            () ->
                Losses.choose(
                    LossRequest.of("binary-cross-entropy").withLabelSmoothing(0.1),
                    labels,
                    logits(1)))
        .hasMessageContaining("are for loss \"cross-entropy\", but the loss is");
    assertThatThrownBy(
            () ->
                Losses.choose(
                    LossRequest.of("auto").withClassWeights(List.of(1.0)), labels, logits(2)))
        .hasMessageContaining("there are 1 class weights, but sample 1 of data has label 1");
    assertThatThrownBy(
            () -> Losses.choose(LossRequest.of("auto").withIgnoreIndex(0), reals(0, 0, 0, 0)))
        .hasMessageContaining("at least one sample must be left");
  }

  @Test
  void autoGoesByTheTargetsAndTheOutputs() {
    Dataset labels = Datasets.of(X, 0, 1, 1, 0);
    assertThat(Losses.of("auto", labels, 1).id()).isEqualTo("binary-cross-entropy");
    assertThat(Losses.of("auto", labels, 2).id()).isEqualTo("cross-entropy");
    assertThat(Losses.of("auto", reals(0.5, 1, 2, 3), 1).id()).isEqualTo("squared-error");
    assertThat(Losses.ids())
        .containsExactly("auto", "cross-entropy", "squared-error", "binary-cross-entropy");
    assertThatThrownBy(() -> Losses.of("hinge", labels, 2))
        .hasMessage(
            "loss \"hinge\" is unknown; use auto, cross-entropy, squared-error or"
                + " binary-cross-entropy");
  }

  @Test
  void wholeNumbersAreLabelsWhereTheNetworkHasSeveralOutputs() {
    Losses.Choice choice = choose("auto", reals(0, 2, 1, 2), 3);
    assertThat(choice.loss().id()).isEqualTo("cross-entropy");
    assertThat(choice.data().targetKind()).isEqualTo(TargetKind.LABELS);
    assertThat(choice.notes())
        .containsExactly("targets that are whole numbers of a real type read as class labels");
    choice.loss().check(choice.data(), 3);
  }

  @Test
  void labelsAreNotReadForTheChoice() {
    Dataset unreadable =
        new WithTargets(Datasets.of(X, 0, 1, 1, 0), 1, 0, 1, 1, 0) {
          @Override
          public TargetKind targetKind() {
            return TargetKind.LABELS;
          }

          @Override
          public void read(int first, int count, double[] inputs, double[] targets) {
            throw new AssertionError("read");
          }
        };
    assertThat(choose("auto", unreadable, 2).loss().id()).isEqualTo("cross-entropy");
  }

  @Test
  void oneOutputKeepsRealTargetsAndSaysWhatElseTheyMayBe() {
    assertThat(choose("auto", reals(5, 2, 1, 2), 1).notes()).isEmpty();
    Losses.Choice choice = choose("auto", reals(0, 1, 1, 0), 1);
    assertThat(choice.loss().id()).isEqualTo("squared-error");
    assertThat(choice.notes())
        .containsExactly(
            "the targets are the real numbers 0 and 1, fitted by squared error;"
                + " binary-cross-entropy reads them as labels");
    Losses.Choice binary = choose("binary-cross-entropy", reals(0, 1, 1, 0), 1);
    binary.loss().check(binary.data(), 1);
    assertThat(binary.notes()).hasSize(1);
  }

  @Test
  void oneHotRowsAreLabelsUnlessSquaredErrorIsAskedFor() {
    Dataset rows = reals(0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0);
    Losses.Choice choice = choose("auto", rows, 3);
    assertThat(choice.loss().id()).isEqualTo("cross-entropy");
    assertThat(choice.notes())
        .containsExactly(
            "one-hot targets of 3 numbers read as class labels; squared-error keeps them as they"
                + " are");
    double[] labels = new double[2];
    choice.data().read(1, 2, new double[4], labels);
    assertThat(labels).containsExactly(0, 2);
    assertThat(choose("squared-error", rows, 3).data()).isSameAs(rows);
    assertThat(choose("auto", reals(0, 1, 1, 0, 1, 1, 0, 1), 2).loss().id())
        .isEqualTo("squared-error");
  }

  @Test
  void refusesOneRealNumberForSeveralOutputsWithTheRemedy() {
    assertThatThrownBy(() -> choose("auto", reals(0.5, 1, 2, 0), 3))
        .hasMessage(
            "the targets of data are one real number a sample, but the network has 3 outputs; give"
                + " labels from 0 to 2, or 3 real targets a sample; if the labels stand in another"
                + " column of a CSV file, name it (--label-column)");
  }

  @Test
  void aNetworkStillToBeMadeGetsTheOutputsThatTheTargetsAskFor() {
    assertThat(choose("auto", Datasets.of(X, 0, 3, 1, 0)).outputs()).isEqualTo(4);
    Losses.Choice classes = choose("auto", reals(0, 1, 2, 0));
    assertThat(classes.outputs()).isEqualTo(3);
    assertThat(classes.loss().id()).isEqualTo("cross-entropy");
    // A class is left out: these are prices rather than labels.
    Losses.Choice prices = choose("auto", reals(0, 100, 250, 0));
    assertThat(prices.outputs()).isEqualTo(1);
    assertThat(prices.loss().id()).isEqualTo("squared-error");
    assertThat(choose("squared-error", reals(0, 1, 2, 0)).outputs()).isEqualTo(1);
    assertThat(choose("squared-error", Datasets.of(X, 0, 1, 2, 0)).outputs()).isEqualTo(1);
    assertThat(choose("binary-cross-entropy", Datasets.of(X, 0, 1, 1, 0)).outputs()).isEqualTo(1);
    assertThat(choose("auto", reals(0, 1, 1, 0, 0, 1, 1, 0)).outputs()).isEqualTo(2);
  }
}
