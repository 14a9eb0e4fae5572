package dev.flatness.cli;

import dev.flatness.data.Dataset;
import dev.flatness.loss.BinaryCrossEntropy;
import dev.flatness.loss.Loss;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.loss.SquaredError;

/** The losses by the names they have on the command line. */
final class Losses {
  private Losses() {}

  /**
   * Finds a loss; {@code auto} decides by the targets (mathematics §1): integer labels are
   * classified, by the logistic loss where there is one output; real targets are regressed.
   */
  static Loss of(String name, Dataset data, int outputs) {
    return switch (name) {
      case "auto" -> {
        if (data.targetKind() == Dataset.TargetKind.REAL) {
          yield SquaredError.summed();
        }
        yield outputs == 1 ? BinaryCrossEntropy.onLogits() : SoftmaxCrossEntropy.onLogits();
      }
      case "cross-entropy" -> SoftmaxCrossEntropy.onLogits();
      case "squared-error" -> SquaredError.summed();
      case "binary-cross-entropy" -> BinaryCrossEntropy.onLogits();
      default ->
          throw new IllegalArgumentException(
              "loss \""
                  + name
                  + "\" is unknown; use auto, cross-entropy, squared-error or"
                  + " binary-cross-entropy");
    };
  }
}
