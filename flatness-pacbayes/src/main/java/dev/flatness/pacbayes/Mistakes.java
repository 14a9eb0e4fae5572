package dev.flatness.pacbayes;

import dev.flatness.loss.BinaryCrossEntropy;
import dev.flatness.loss.Loss;
import dev.flatness.loss.SoftmaxCrossEntropy;

/** Counts wrong predictions; a tie is wrong, whichever class it would go to. */
final class Mistakes {
  private Mistakes() {}

  /**
   * Tells whether a prediction is wrong.
   *
   * @throws IllegalArgumentException if the loss is no classification loss
   */
  static boolean wrong(Loss loss, double[] f, double[] y) {
    double correct = loss.correct(f, y);
    if (Double.isNaN(correct)) {
      throw new IllegalArgumentException(
          "loss \""
              + loss.id()
              + "\" tells no right prediction from a wrong one, expected a loss of"
              + " classification; use cross-entropy or binary-cross-entropy");
    }
    return correct == 0 || tie(loss, f);
  }

  private static boolean tie(Loss loss, double[] f) {
    if (loss instanceof BinaryCrossEntropy) {
      for (double logit : f) {
        if (!(logit < 0 || logit > 0)) {
          return true;
        }
      }
      return false;
    }
    if (loss instanceof SoftmaxCrossEntropy) {
      double largest = Double.NEGATIVE_INFINITY;
      int times = 0;
      for (double logit : f) {
        if (Double.isNaN(logit)) {
          return true;
        }
        times = logit > largest ? 1 : logit == largest ? times + 1 : times;
        largest = Math.max(largest, logit);
      }
      return times != 1;
    }
    return false;
  }
}
