package dev.flatness.data;

import dev.flatness.tensor.Shape;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What happens to stored samples before a network sees them.
 *
 * <p>Formula: x ↦ (x·S − mean_c)/std_c for each entry x of channel c.
 *
 * <p>Defaults: S = 1/255 for integer pixels (unsigned bytes, or integers of any width in images),
 * else 1; mean 0, std 1; every sample; layout and input shape as found. Where a model works on raw
 * pixels 0 … 255, ask for S = 1. Immutable.
 */
public final class Preprocessing {
  private static final Preprocessing DEFAULTS =
      new Preprocessing(null, new double[] {0}, new double[] {1}, null, null, 0, null);

  private final @Nullable Double scale;
  private final double[] mean;
  private final double[] standardDeviation;
  private final @Nullable AxisOrder layout;
  private final @Nullable Shape inputShape;
  private final int skip;
  private final @Nullable Integer limit;

  private Preprocessing(
      @Nullable Double scale,
      double[] mean,
      double[] standardDeviation,
      @Nullable AxisOrder layout,
      @Nullable Shape inputShape,
      int skip,
      @Nullable Integer limit) {
    this.scale = scale;
    this.mean = mean;
    this.standardDeviation = standardDeviation;
    this.layout = layout;
    this.inputShape = inputShape;
    this.skip = skip;
    this.limit = limit;
  }

  /**
   * Returns the defaults above.
   *
   * @return the preprocessing that changes only the scale of integer pixels
   */
  public static Preprocessing withDefaults() {
    return DEFAULTS;
  }

  /**
   * Sets the factor S.
   *
   * @param factor finite, not 0
   * @return a copy with that factor
   * @throws IllegalArgumentException if the factor is 0 or not finite
   */
  public Preprocessing withScale(double factor) {
    if (!Double.isFinite(factor) || factor == 0) {
      throw new IllegalArgumentException(
          "scale is " + factor + ", expected a finite number other than 0");
    }
    return new Preprocessing(factor, mean, standardDeviation, layout, inputShape, skip, limit);
  }

  /**
   * Sets the means, in units after scaling.
   *
   * @param means one for all channels or one a channel
   * @return a copy with these means
   * @throws IllegalArgumentException if there is none, one is not finite, or their number does not
   *     fit that of the standard deviations
   */
  public Preprocessing withMean(double... means) {
    for (double value : requireSome("mean", means)) {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException(
            "mean is " + Arrays.toString(means) + ", expected finite numbers");
      }
    }
    requireFit(means, standardDeviation);
    return new Preprocessing(
        scale, means.clone(), standardDeviation, layout, inputShape, skip, limit);
  }

  /**
   * Sets the standard deviations, in units after scaling.
   *
   * @param deviations one for all channels or one a channel, each positive
   * @return a copy with these standard deviations
   * @throws IllegalArgumentException if there is none, one is not positive and finite, or their
   *     number does not fit that of the means
   */
  public Preprocessing withStandardDeviation(double... deviations) {
    for (double value : requireSome("std", deviations)) {
      if (!(value > 0) || !Double.isFinite(value)) {
        throw new IllegalArgumentException(
            "std is " + Arrays.toString(deviations) + ", expected positive finite numbers");
      }
    }
    requireFit(mean, deviations);
    return new Preprocessing(scale, mean, deviations.clone(), layout, inputShape, skip, limit);
  }

  /**
   * Sets the order of image axes that is not known by itself: the file's where its format does not
   * tell (npz, csv), else the model's.
   *
   * @param order the order
   * @return a copy with that order
   */
  public Preprocessing withLayout(AxisOrder order) {
    Objects.requireNonNull(order, "order");
    return new Preprocessing(scale, mean, standardDeviation, order, inputShape, skip, limit);
  }

  /**
   * Sets the shape as which the model reads one input, where its own input shape does not say: for
   * example {@code [32, 32, 3]} for a flat input of 3072 that is an image, channels last.
   *
   * @param shape the shape, without the batch axis
   * @return a copy with that shape
   */
  public Preprocessing withInputShape(Shape shape) {
    Objects.requireNonNull(shape, "shape");
    return new Preprocessing(scale, mean, standardDeviation, layout, shape, skip, limit);
  }

  /**
   * Leaves out the first samples of the file.
   *
   * @param samples how many
   * @return a copy that begins after them
   * @throws IllegalArgumentException if the number is negative
   */
  public Preprocessing withSkip(int samples) {
    if (samples < 0) {
      throw new IllegalArgumentException("skip is " + samples + ", expected at least 0");
    }
    return new Preprocessing(scale, mean, standardDeviation, layout, inputShape, samples, limit);
  }

  /**
   * Limits the number of samples, counted after the skipped ones.
   *
   * @param samples how many
   * @return a copy that ends after them
   * @throws IllegalArgumentException if the number is not positive
   */
  public Preprocessing withLimit(int samples) {
    if (samples < 1) {
      throw new IllegalArgumentException("limit is " + samples + ", expected at least 1");
    }
    return new Preprocessing(scale, mean, standardDeviation, layout, inputShape, skip, samples);
  }

  private static double[] requireSome(String name, double[] values) {
    if (values.length == 0) {
      throw new IllegalArgumentException(name + " is empty, expected one number or one a channel");
    }
    return values;
  }

  private static void requireFit(double[] mean, double[] standardDeviation) {
    if (mean.length > 1
        && standardDeviation.length > 1
        && mean.length != standardDeviation.length) {
      throw new IllegalArgumentException(
          "mean has "
              + mean.length
              + " numbers and std "
              + standardDeviation.length
              + ", expected one each or as many of both as channels");
    }
  }

  /**
   * Returns the factor S.
   *
   * @return the factor, empty where the default holds
   */
  public OptionalDouble scale() {
    return scale == null ? OptionalDouble.empty() : OptionalDouble.of(scale);
  }

  /**
   * Returns the means.
   *
   * @return one for all channels or one a channel
   */
  public double[] mean() {
    return mean.clone();
  }

  /**
   * Returns the standard deviations.
   *
   * @return one for all channels or one a channel
   */
  public double[] standardDeviation() {
    return standardDeviation.clone();
  }

  /**
   * Returns the order of image axes.
   *
   * @return the order, empty where it is found
   */
  public Optional<AxisOrder> layout() {
    return Optional.ofNullable(layout);
  }

  /**
   * Returns the shape as which the model reads one input.
   *
   * @return the shape, empty where it is found
   */
  public Optional<Shape> inputShape() {
    return Optional.ofNullable(inputShape);
  }

  /**
   * Returns how many samples are left out at the beginning.
   *
   * @return the number
   */
  public int skip() {
    return skip;
  }

  /**
   * Returns how many samples are taken at most.
   *
   * @return the number, empty for all
   */
  public OptionalInt limit() {
    return limit == null ? OptionalInt.empty() : OptionalInt.of(limit);
  }
}
