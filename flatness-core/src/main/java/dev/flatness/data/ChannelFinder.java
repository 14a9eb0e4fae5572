package dev.flatness.data;

import dev.flatness.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the channel of each entry of an input, for means and standard deviations by channel. */
final class ChannelFinder {
  private ChannelFinder() {}

  /** The channel of each entry in the model's order. */
  static int[] channels(
      Samples samples,
      Shape stored,
      Shape read,
      AxisReading reading,
      @Nullable AxisOrder layout,
      int channels) {
    int[] stays = new int[stored.size()];
    boolean storedImage = AxisReading.squeeze(stored).length == 3 && stored.rank() == 3;
    boolean readImage = AxisReading.squeeze(read).length == 3 && read.rank() == 3;
    if (storedImage) {
      AxisOrder file = samples.planes() ? AxisOrder.NCHW : reading.file();
      int axis = axis(samples, stored, file != null ? file : layout, channels);
      for (int i = 0; i < stays.length; i++) {
        stays[i] = channelAt(stored, axis, reading.from() == null ? i : reading.from()[i]);
      }
    } else if (readImage) {
      int axis = axis(samples, read, reading.model() != null ? reading.model() : layout, channels);
      for (int i = 0; i < stays.length; i++) {
        stays[i] = channelAt(read, axis, i);
      }
    } else if (AxisReading.squeeze(stored).length <= 1 && stored.size() == channels) {
      for (int i = 0; i < stays.length; i++) {
        stays[i] = i;
      }
    } else {
      throw mismatch(samples, stored, channels);
    }
    return stays;
  }

  private static int axis(Samples samples, Shape image, @Nullable AxisOrder known, int channels) {
    List<AxisOrder> fitting = new ArrayList<>();
    for (AxisOrder candidate : AxisOrder.values()) {
      if ((known == null || known == candidate)
          && image.extent(candidate.channelAxis()) == channels) {
        fitting.add(candidate);
      }
    }
    if (fitting.isEmpty()) {
      throw mismatch(samples, image, channels);
    }
    if (fitting.size() > 1) {
      throw Refusal.of(
          samples.file(),
          "has images of shape "
              + image
              + " whose "
              + channels
              + " channels may come first (nchw) or last (nhwc)",
          "say which by --layout nchw or --layout nhwc");
    }
    return fitting.get(0).channelAxis();
  }

  private static int channelAt(Shape image, int axis, int position) {
    return axis == 0 ? position / image.positions() : position % image.extent(2);
  }

  private static IllegalArgumentException mismatch(Samples samples, Shape shape, int channels) {
    return Refusal.of(
        samples.file(),
        "has samples of shape "
            + shape
            + ", but mean or std has "
            + channels
            + " numbers, one a channel",
        "give one number, or as many as there are channels");
  }
}
