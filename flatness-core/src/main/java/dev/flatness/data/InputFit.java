package dev.flatness.data;

import dev.flatness.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a stored sample becomes a model's input: where each entry comes from and how it is scaled.
 *
 * @param shape the shape of the model's input
 * @param from for each entry of the input its position in the stored sample; null for the same
 * @param scale the factor S
 * @param mean one for all, or one for each entry of the input
 * @param deviation one for all, or one for each entry of the input
 * @param notes what was done without being asked for
 */
record InputFit(
    Shape shape,
    int @Nullable [] from,
    double scale,
    double[] mean,
    double[] deviation,
    List<String> notes) {

  static InputFit of(Samples samples, @Nullable Shape model, Preprocessing preprocessing) {
    Shape stored = samples.inputs().sample();
    Shape read = preprocessing.inputShape().orElse(model == null ? stored : model);
    Shape fed = model == null ? read : model;
    if (fed.size() != read.size()) {
      throw new IllegalArgumentException(
          "input shape "
              + read
              + " has "
              + read.size()
              + " numbers, but the model reads "
              + fed
              + ", "
              + fed.size()
              + " numbers; give a shape of as many");
    }
    List<String> notes = new ArrayList<>();
    AxisOrder layout = preprocessing.layout().orElse(null);
    AxisReading reading =
        read == stored ? AxisReading.AS_STORED : AxisReading.of(samples, read, layout);
    reading.note(notes, stored, fed);
    double scale = preprocessing.scale().orElse(1);
    if (preprocessing.scale().isEmpty() && isPixels(samples, fed)) {
      scale = 1.0 / 255;
      notes.add(
          "integer pixels ("
              + samples.inputs().type()
              + ") scaled by 1/255; a scale of 1 keeps them");
    }
    double[] mean = preprocessing.mean();
    double[] deviation = preprocessing.standardDeviation();
    int channels = Math.max(mean.length, deviation.length);
    if (channels > 1) {
      int[] channel = ChannelFinder.channels(samples, stored, read, reading, layout, channels);
      mean = spread(mean, channel);
      deviation = spread(deviation, channel);
    }
    return new InputFit(fed, reading.from(), scale, mean, deviation, List.copyOf(notes));
  }

  /** Bytes are pixels; wider integers are where there is an image, for they may be counts. */
  private static boolean isPixels(Samples samples, Shape fed) {
    ElementType type = samples.inputs().type();
    boolean bytes = type.kind() == 'u' && type.bytes() == 1;
    return bytes
        || type.isInteger()
            && Math.max(
                    AxisReading.squeeze(samples.inputs().sample()).length,
                    AxisReading.squeeze(fed).length)
                > 1;
  }

  private static double[] spread(double[] values, int[] channel) {
    double[] all = new double[channel.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = values[values.length == 1 ? 0 : channel[i]];
    }
    return all;
  }

  /** Turns stored samples into inputs, in place. */
  void apply(int count, double[] inputs) {
    int size = shape.size();
    if (from != null) {
      double[] stored = new double[size];
      for (int sample = 0; sample < count; sample++) {
        System.arraycopy(inputs, sample * size, stored, 0, size);
        for (int i = 0; i < size; i++) {
          inputs[sample * size + i] = stored[from[i]];
        }
      }
    }
    if (mean.length == 1 && deviation.length == 1) {
      double shift = mean[0];
      double divisor = deviation[0];
      if (scale != 1 || shift != 0 || divisor != 1) {
        for (int i = 0; i < count * size; i++) {
          inputs[i] = (inputs[i] * scale - shift) / divisor;
        }
      }
      return;
    }
    for (int sample = 0; sample < count; sample++) {
      for (int i = 0; i < size; i++) {
        int at = sample * size + i;
        inputs[at] = (inputs[at] * scale - mean[i]) / deviation[i];
      }
    }
  }
}
