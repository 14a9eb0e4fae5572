package dev.flatness.loss;

import dev.flatness.data.Dataset;

/** Checks of targets at the door. */
final class TargetChecks {
  private static final int CHUNK = 256;

  /** Rows of probabilities may be rounded to float32 or to four digits. */
  private static final double SUM_TOLERANCE = 1e-3;

  private TargetChecks() {}

  /** Labels must be whole numbers in [0, classes); a network of one output has two classes. */
  static void labels(String loss, Dataset data, int outputs) {
    int classes = Math.max(2, outputs);
    if (data.targetKind() != Dataset.TargetKind.LABELS) {
      throw new IllegalArgumentException(
          "loss \""
              + loss
              + "\" needs integer labels, but the targets of "
              + data.name()
              + " are real; use squared-error or give labels");
    }
    scan(
        data,
        (sample, row, offset) -> {
          double label = row[offset];
          if (!(label >= 0 && label < classes && label == Math.rint(label))) {
            throw new IllegalArgumentException(
                "label "
                    + number(label)
                    + " of sample "
                    + sample
                    + " in "
                    + data.name()
                    + " is out of range, expected 0 to "
                    + (classes - 1)
                    + " for a network of "
                    + outputs
                    + (outputs == 1
                        ? " output; squared-error fits labels as real numbers"
                        : " outputs"));
          }
        });
  }

  /** Real targets must be finite and as many as outputs. */
  static void real(String loss, Dataset data, int outputs) {
    if (data.targetSize() != outputs) {
      throw new IllegalArgumentException(
          "targets of "
              + data.name()
              + " have "
              + data.targetSize()
              + (data.targetSize() == 1 ? " entry" : " entries")
              + " a sample, but the network has "
              + outputs
              + " outputs; loss \""
              + loss
              + "\" needs as many"
              + (data.targetKind() == Dataset.TargetKind.LABELS && outputs > 1
                  ? "; give the labels as one-hot rows, or use cross-entropy if the outputs are logits"
                  : ""));
    }
    scan(
        data,
        (sample, row, offset) -> {
          for (int i = 0; i < outputs; i++) {
            if (!Double.isFinite(row[offset + i])) {
              throw new IllegalArgumentException(
                  "target "
                      + row[offset + i]
                      + " of sample "
                      + sample
                      + " in "
                      + data.name()
                      + " is not finite");
            }
          }
        });
  }

  /** Rows must be probabilities, one for each class, that sum to 1. */
  static void distributions(String loss, Dataset data, int outputs) {
    shares(loss, data, outputs);
    scan(
        data,
        (sample, row, offset) -> {
          double sum = 0;
          for (int i = 0; i < outputs; i++) {
            sum += row[offset + i];
          }
          if (Math.abs(sum - 1) > SUM_TOLERANCE) {
            throw new IllegalArgumentException(
                "targets of sample "
                    + sample
                    + " in "
                    + data.name()
                    + " sum to "
                    + sum
                    + ", expected probabilities that sum to 1 for loss \""
                    + loss
                    + "\"; binary-cross-entropy takes labels of which several hold");
          }
        });
  }

  /** Targets must be numbers from 0 to 1, as many as outputs. */
  static void shares(String loss, Dataset data, int outputs) {
    real(loss, data, outputs);
    scan(
        data,
        (sample, row, offset) -> {
          for (int i = 0; i < outputs; i++) {
            if (!(row[offset + i] >= 0 && row[offset + i] <= 1)) {
              throw new IllegalArgumentException(
                  "target "
                      + number(row[offset + i])
                      + " of sample "
                      + sample
                      + " in "
                      + data.name()
                      + " is out of range, expected 0 to 1 for loss \""
                      + loss
                      + "\"; squared-error fits any real numbers");
            }
          }
        });
  }

  static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  private interface Row {
    void check(int sample, double[] targets, int offset);
  }

  private static void scan(Dataset data, Row row) {
    double[] inputs = new double[CHUNK * data.inputShape().size()];
    double[] targets = new double[CHUNK * data.targetSize()];
    for (int first = 0; first < data.size(); first += CHUNK) {
      int count = Math.min(CHUNK, data.size() - first);
      data.read(first, count, inputs, targets);
      for (int i = 0; i < count; i++) {
        row.check(first + i, targets, i * data.targetSize());
      }
    }
  }
}
