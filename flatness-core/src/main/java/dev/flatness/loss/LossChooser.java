package dev.flatness.loss;

import dev.flatness.data.Dataset;
import dev.flatness.data.Dataset.TargetKind;
import dev.flatness.data.Datasets;
import dev.flatness.data.Targets;
import dev.flatness.network.Network;
import dev.flatness.network.OutputActivation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One choice of a loss: reads targets as labels, leaves samples out, weighs classes. */
final class LossChooser {
  private static final int CHUNK = 4096;
  private static final int CHUNK_ENTRIES = 1 << 20;
  private static final String BINARY = BinaryCrossEntropy.onLogits().id();
  private static final String SOFTMAX = SoftmaxCrossEntropy.onLogits().id();

  private final LossRequest request;
  private final @Nullable Network network;
  private final Optional<OutputActivation> end;
  private final List<String> notes = new ArrayList<>();
  private Dataset data;

  /** Whether rows were read as labels: their mean over samples is not weighted. */
  private boolean rows;

  LossChooser(LossRequest request, Dataset data, @Nullable Network network) {
    this.request = request;
    this.data = data;
    this.network = network;
    this.end = network == null ? Optional.empty() : network.outputActivation();
  }

  Losses.Choice choose() {
    if (!auto()) {
      Losses.named(request.id());
    }
    ignore();
    boolean real = data.targetKind() == TargetKind.REAL;
    Loss loss;
    int outputs;
    if (network == null) {
      Targets targets = Targets.of(data);
      boolean rowsOfLabels = request.id().equals(BINARY) && data.targetSize() > 1;
      if (real
          && !keepsReal()
          && !rowsOfLabels
          && (!auto() || targets.oneHot() || targets.complete())) {
        labels(targets, true);
      }
      outputs = data.targetSize();
      if (data.targetKind() == TargetKind.LABELS && !keepsReal()) {
        outputs = request.id().equals(BINARY) ? 1 : targets.classes();
      }
      loss = Losses.of(request.id(), data, outputs);
    } else {
      outputs = network.output().shape().size();
      loss = real && !keepsReal() ? ofReal(outputs) : ofEnd(outputs);
      outputs =
          end.equals(Optional.of(OutputActivation.SIGMOID_PAIR)) && isBinary(loss) ? 1 : outputs;
    }
    return new Losses.Choice(configured(loss), data, outputs, notes);
  }

  private boolean auto() {
    return request.id().equals(Losses.AUTO);
  }

  private boolean keepsReal() {
    return !auto() && Losses.named(request.id()).fitsReal();
  }

  private static boolean isBinary(Loss loss) {
    return loss.id().equals(BINARY);
  }

  private boolean ends(OutputActivation... activations) {
    return end.isPresent() && List.of(activations).contains(end.get());
  }

  /** The loss of labels, or one that was named. */
  private Loss ofEnd(int outputs) {
    boolean binary = auto() && ends(OutputActivation.SIGMOID_PAIR);
    return Losses.of(binary ? BINARY : request.id(), data, outputs);
  }

  /** The loss of real targets that may be labels. */
  private Loss ofReal(int outputs) {
    Targets targets = Targets.of(data);
    boolean row = data.targetSize() == outputs && outputs > 1;
    boolean single = data.targetSize() == 1;
    boolean several = outputs > 1;
    if (!auto()) {
      boolean rowOfLabels =
          request.id().equals(BINARY) && row && !ends(OutputActivation.SIGMOID_PAIR);
      if (!rowOfLabels) {
        labels(targets, row);
      }
      return Losses.named(request.id());
    }
    if (targets.binary() && ends(OutputActivation.SIGMOID) && data.targetSize() == outputs) {
      notes.add(
          "the network ends in a Sigmoid and the targets are 0 and 1: read as labels of "
              + BINARY
              + "; squared-error fits them as real numbers");
      return Losses.named(BINARY);
    }
    if (targets.oneHot() && ends(OutputActivation.SOFTMAX) && row) {
      notes.add(
          "one-hot targets fitted by squared error, as real numbers, with the network's"
              + " probabilities; cross-entropy reads them as class labels");
      return Losses.named(SquaredError.summed().id());
    }
    if (several || !single) {
      labels(targets, row);
    }
    if (targets.binary() && data.targetKind() == TargetKind.REAL) {
      notes.add(
          "the targets are the real numbers 0 and 1, fitted by squared error;"
              + " binary-cross-entropy reads them as labels");
    }
    if (single && several && data.targetKind() == TargetKind.REAL) {
      throw new IllegalArgumentException(
          "the targets of "
              + data.name()
              + " are one real number a sample, but the network has "
              + outputs
              + " outputs; give labels from 0 to "
              + (outputs - 1)
              + ", or "
              + outputs
              + " real targets a sample; if the labels stand in another column of a CSV file,"
              + " name it (--label-column)");
    }
    return ofEnd(outputs);
  }

  /**
   * Reads targets as labels where they can be.
   *
   * @param keepable whether squared error would fit them as they are
   */
  private void labels(Targets targets, boolean keepable) {
    int width = data.targetSize();
    Optional<Dataset> labels = targets.labels();
    if (labels.isPresent()) {
      notes.add(
          (targets.oneHot()
                  ? "one-hot targets of " + width + " numbers"
                  : "targets that are whole numbers of a real type")
              + " read as class labels"
              + (keepable ? "; squared-error keeps them as they are" : ""));
      rows = targets.oneHot();
      data = labels.get();
    }
  }

  /** How many targets are read at once: a dataset may have to read the inputs with them. */
  private int chunk() {
    int fitting = CHUNK_ENTRIES / data.inputShape().size();
    return Math.max(1, Math.min(Math.min(CHUNK, data.size()), fitting));
  }

  /** Leaves out the samples of the label that is ignored. */
  private void ignore() {
    Integer ignored = request.ignoreIndex();
    if (ignored == null) {
      return;
    }
    if (data.targetSize() != 1) {
      throw new IllegalArgumentException(
          "label "
              + ignored
              + " is to be ignored, but the targets of "
              + data.name()
              + " are rows of "
              + data.targetSize()
              + " numbers; give one label a sample");
    }
    int[] kept = new int[data.size()];
    int count = 0;
    int chunk = chunk();
    double[] targets = new double[chunk];
    for (int first = 0; first < data.size(); first += chunk) {
      int now = Math.min(chunk, data.size() - first);
      data.readTargets(first, now, targets);
      for (int i = 0; i < now; i++) {
        if (targets[i] != ignored) {
          kept[count++] = first + i;
        }
      }
    }
    if (count == 0) {
      throw new IllegalArgumentException(
          "every sample of "
              + data.name()
              + " has label "
              + ignored
              + ", which is to be ignored; at least one sample must be left");
    }
    if (count < data.size()) {
      notes.add(
          (data.size() - count)
              + " of "
              + data.size()
              + " samples have label "
              + ignored
              + " and are ignored");
      data = Datasets.select(data, java.util.Arrays.copyOf(kept, count));
    }
  }

  private Loss configured(Loss loss) {
    boolean asked = request.labelSmoothing() != 0 || !request.classWeights().isEmpty();
    if (!asked && (request.ignoreIndex() == null || loss.id().equals(SOFTMAX))) {
      return loss;
    }
    if (!(loss instanceof SoftmaxCrossEntropy softmax)) {
      throw new IllegalArgumentException(
          "label smoothing, class weights and a label to ignore are for loss \"cross-entropy\", but"
              + " the loss is \""
              + loss.id()
              + "\"; leave them out, or choose cross-entropy");
    }
    return softmax
        .withLabelSmoothing(request.labelSmoothing())
        .withClassWeights(request.classWeights())
        .times(factor(request.classWeights()));
  }

  /** 1 over the mean weight of the labels: the mean over samples is then the weighted mean. */
  private double factor(List<Double> weights) {
    if (weights.isEmpty() || rows || data.targetKind() == TargetKind.REAL) {
      return 1;
    }
    int chunk = chunk();
    double[] targets = new double[chunk];
    double sum = 0;
    for (int first = 0; first < data.size(); first += chunk) {
      int now = Math.min(chunk, data.size() - first);
      data.readTargets(first, now, targets);
      for (int i = 0; i < now; i++) {
        if (!(targets[i] >= 0 && targets[i] < weights.size())) {
          throw new IllegalArgumentException(
              "there are "
                  + weights.size()
                  + " class weights, but sample "
                  + (first + i)
                  + " of "
                  + data.name()
                  + " has label "
                  + TargetChecks.number(targets[i])
                  + "; give one weight for each class");
        }
        sum += weights.get((int) targets[i]);
      }
    }
    if (sum == 0) {
      throw new IllegalArgumentException(
          "every sample of " + data.name() + " has a label of weight 0; give one a weight");
    }
    return data.size() / sum;
  }
}
