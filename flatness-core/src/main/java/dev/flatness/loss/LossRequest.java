package dev.flatness.loss;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A loss by its id, and what PyTorch's cross-entropy takes beside it.
 *
 * <p>Immutable; {@code with…} methods copy.
 *
 * @param id one of {@link Losses#ids}
 * @param labelSmoothing the share α of the uniform distribution in each target, 0 for none
 * @param classWeights a factor for each class, empty for none
 * @param ignoreIndex the label whose samples are left out, null for none
 */
public record LossRequest(
    String id, double labelSmoothing, List<Double> classWeights, @Nullable Integer ignoreIndex) {
  /**
   * Copies the list and checks the numbers.
   *
   * @param id one of {@link Losses#ids}
   * @param labelSmoothing the share α of the uniform distribution in each target, 0 for none
   * @param classWeights a factor for each class, empty for none
   * @param ignoreIndex the label whose samples are left out, null for none
   */
  public LossRequest {
    Objects.requireNonNull(id, "id");
    classWeights = List.copyOf(classWeights);
    if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
      throw new IllegalArgumentException(
          "label smoothing is " + labelSmoothing + ", expected 0 to 1");
    }
    for (double weight : classWeights) {
      if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "class weight " + weight + " is no weight, expected a finite number from 0");
      }
    }
  }

  /**
   * Asks for a loss as it is.
   *
   * @param id one of {@link Losses#ids}
   * @return the request
   */
  public static LossRequest of(String id) {
    return new LossRequest(id, 0, List.of(), null);
  }

  /**
   * Asks for label smoothing.
   *
   * @param share α, from 0 to 1
   * @return the changed copy
   */
  public LossRequest withLabelSmoothing(double share) {
    return new LossRequest(id, share, classWeights, ignoreIndex);
  }

  /**
   * Asks for class weights. As in PyTorch the mean over samples is weighted, too: each sample with
   * the weight of its label.
   *
   * @param weights a factor for each class
   * @return the changed copy
   */
  public LossRequest withClassWeights(List<Double> weights) {
    return new LossRequest(id, labelSmoothing, weights, ignoreIndex);
  }

  /**
   * Asks to leave samples out.
   *
   * @param label the label of those samples
   * @return the changed copy
   */
  public LossRequest withIgnoreIndex(int label) {
    return new LossRequest(id, labelSmoothing, classWeights, label);
  }
}
