package dev.flatness.data;

import dev.flatness.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One way to read the axes of a stored sample as those of a model's input.
 *
 * @param file the order of the stored image, null where it is no image of three axes
 * @param model the order of the model's input, null where it is no image of three axes
 * @param from for each entry of the input its position in the stored sample; null for the same
 */
record AxisReading(@Nullable AxisOrder file, @Nullable AxisOrder model, int @Nullable [] from) {
  /** The entries as they lie. */
  static final AxisReading AS_STORED = new AxisReading(null, null, null);

  static AxisReading of(Samples samples, Shape read, @Nullable AxisOrder layout) {
    Shape stored = samples.inputs().sample();
    if (stored.size() != read.size()) {
      throw Refusal.of(
          samples.file(),
          "has samples of shape "
              + stored
              + ", "
              + stored.size()
              + " numbers, but the model reads "
              + read
              + ", "
              + read.size()
              + " numbers",
          "give data that fit the model");
    }
    int[] from = squeeze(stored);
    int[] to = squeeze(read);
    if (stored.rank() == 3 && read.rank() == 3) {
      List<AxisReading> readings = readings(samples, read, layout);
      if (!readings.isEmpty()) {
        return unique(samples, read, layout, readings);
      }
    } else if (from.length == 3 && to.length <= 1) {
      return flattened(samples, stored, layout);
    } else if (from.length <= 1 && to.length == 3 && read.rank() == 3) {
      return unflattened(read, layout);
    }
    // three axes that fit no reading have been told another order
    boolean told = stored.rank() == 3 && from.length == 3 && to.length == 3;
    if (!told && Arrays.equals(from, to) || from.length <= 1 || to.length <= 1) {
      return AS_STORED;
    }
    throw Refusal.of(
        samples.file(),
        "has samples of shape "
            + stored
            + ", which can be read as "
            + read
            + " neither as they are nor with the channels moved"
            + (layout == null ? "" : " under layout " + layout.id()),
        "name the image that the model reads by --input-shape, such as 3,32,32 or 32,32,3"
            + (layout == null ? "" : ", or leave the layout out"));
  }

  /**
   * All ways in which the extents fit; those of the layout asked for, of the file before the model.
   */
  private static List<AxisReading> readings(
      Samples samples, Shape read, @Nullable AxisOrder layout) {
    Shape stored = samples.inputs().sample();
    boolean known = samples.planes();
    List<AxisReading> fitting = new ArrayList<>();
    for (AxisOrder file : AxisOrder.values()) {
      for (AxisOrder model : AxisOrder.values()) {
        if (!(known && file == AxisOrder.NHWC) && moved(stored, file, model).equals(read)) {
          fitting.add(new AxisReading(file, model, positions(stored, file, model)));
        }
      }
    }
    if (layout != null) {
      List<AxisReading> ofFile = fitting.stream().filter(r -> r.file == layout).toList();
      List<AxisReading> ofModel = fitting.stream().filter(r -> r.model == layout).toList();
      return known || ofFile.isEmpty() ? ofModel : ofFile;
    }
    return fitting;
  }

  /** The only reading, or with a layout that leaves two the model's conventional one, nchw. */
  private static AxisReading unique(
      Samples samples, Shape read, @Nullable AxisOrder layout, List<AxisReading> readings) {
    AxisReading first = readings.get(0);
    for (AxisReading other : readings) {
      if (layout == null && !Arrays.equals(first.from, other.from)) {
        throw Refusal.of(
            samples.file(),
            "has samples of shape "
                + samples.inputs().sample()
                + ", which fit the model's "
                + read
                + " in two readings: as they are (nchw), or with the channels last in the file and"
                + " moved first (nhwc)",
            "say which by --layout nchw or --layout nhwc");
      }
    }
    boolean sameEntries = readings.size() > 1 && layout == null;
    return sameEntries && first.file == first.model
        ? new AxisReading(null, null, first.from)
        : first;
  }

  /**
   * A flat input takes the entries as they lie in the file, unless the other order is asked for.
   */
  private static AxisReading flattened(Samples samples, Shape stored, @Nullable AxisOrder layout) {
    if (samples.planes()) {
      AxisOrder model = layout == null ? AxisOrder.NCHW : layout;
      return new AxisReading(AxisOrder.NCHW, model, positions(stored, AxisOrder.NCHW, model));
    }
    return new AxisReading(layout, layout, null);
  }

  /** A flat row becomes the model's image as it lies, unless another order is asked for. */
  private static AxisReading unflattened(Shape read, @Nullable AxisOrder layout) {
    int[] extents = read.toArray();
    AxisOrder model =
        extents[0] == extents[1] && extents[1] != extents[2] ? AxisOrder.NHWC : AxisOrder.NCHW;
    if (layout == null || layout == model) {
      return new AxisReading(layout, layout, null);
    }
    Shape stored = moved(read, model, layout);
    return new AxisReading(layout, model, positions(stored, layout, model));
  }

  private static Shape moved(Shape image, AxisOrder file, AxisOrder model) {
    int[] e = image.toArray();
    if (file == model) {
      return image;
    }
    return model == AxisOrder.NCHW ? Shape.of(e[2], e[0], e[1]) : Shape.of(e[1], e[2], e[0]);
  }

  /**
   * For each entry in the model's order its position in the file's; null where they are the same.
   */
  private static int @Nullable [] positions(Shape image, AxisOrder file, AxisOrder model) {
    if (file == model) {
      return null;
    }
    int[] e = image.toArray();
    int channels = e[file.channelAxis()];
    int pixels = image.size() / Math.max(1, channels);
    int[] from = new int[image.size()];
    boolean same = true;
    for (int channel = 0; channel < channels; channel++) {
      for (int pixel = 0; pixel < pixels; pixel++) {
        int planes = channel * pixels + pixel;
        int last = pixel * channels + channel;
        int to = model == AxisOrder.NCHW ? planes : last;
        from[to] = model == AxisOrder.NCHW ? last : planes;
        same &= from[to] == to;
      }
    }
    return same ? null : from;
  }

  /** The extents that are not 1. */
  static int[] squeeze(Shape shape) {
    return Arrays.stream(shape.toArray()).filter(extent -> extent != 1).toArray();
  }

  void note(List<String> notes, Shape stored, Shape fed) {
    if (from != null) {
      notes.add(
          "samples "
              + stored
              + " fed as "
              + fed
              + ": order changed from "
              + Objects.requireNonNull(file).id()
              + " to "
              + Objects.requireNonNull(model).id());
    } else if (!stored.equals(fed)) {
      int[] before = squeeze(stored);
      int[] after = squeeze(fed);
      String how =
          after.length <= 1 && before.length > 1
              ? "flattened in the order of the file"
                  + (before.length == 3 && file != null ? " (" + file.id() + ")" : "")
              : !Arrays.equals(before, after)
                  ? "read in the order of the file"
                  : fed.rank() > stored.rank()
                      ? "an axis of size 1 added"
                      : fed.rank() < stored.rank()
                          ? "an axis of size 1 dropped"
                          : "an axis of size 1 moved";
      notes.add("samples " + stored + " fed as " + fed + ": " + how);
    }
  }
}
