package dev.flatness.weights;

import dev.flatness.internal.text.Memory;
import dev.flatness.internal.text.Printable;
import dev.flatness.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tensors of a file while it is read; sizes are checked before anything is allocated. */
final class Contents {
  /** Bytes of entries per byte of the file: storages may be shared, and two bytes become four. */
  private static final long FACTOR = 16;

  private static final int MOST_AXES = 64;
  private static final int LONGEST = 2000;

  private final long fileBytes;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();
  private final List<String> whole = new ArrayList<>();
  private long spent;

  Contents(long fileBytes) {
    this.fileBytes = fileBytes;
  }

  static IllegalArgumentException refused(String message) {
    return new IllegalArgumentException(
        message.length() <= LONGEST ? message : message.substring(0, LONGEST) + "…");
  }

  static String quoted(String name) {
    return '"' + Printable.cut(name) + '"';
  }

  void note(String note) {
    notes.add(note);
  }

  /** A tensor of whole numbers is left out. */
  void leaveOut(String name) {
    whole.add(name);
  }

  /** The shape as an array has it, or a refusal. */
  int[] extents(String name, List<Long> shape) {
    if (shape.size() > MOST_AXES) {
      throw refused(
          "tensor "
              + quoted(name)
              + " has "
              + shape.size()
              + " axes, expected at most "
              + MOST_AXES
              + "; the file is damaged");
    }
    double size = 1;
    for (long extent : shape) {
      size *= extent;
      if (extent < 0 || extent > Integer.MAX_VALUE) {
        size = -1;
        break;
      }
    }
    boolean empty = shape.contains(0L) && size >= 0;
    if (size < 0 || !empty && largest(shape) > Integer.MAX_VALUE - 16) {
      throw refused(
          "tensor "
              + quoted(name)
              + " has shape "
              + shape.subList(0, Math.min(8, shape.size()))
              + ", expected extents from 0 on and fewer than 2^31 entries; the file is damaged");
    }
    return shape.stream().mapToInt(Long::intValue).toArray();
  }

  private static double largest(List<Long> shape) {
    return shape.stream().mapToDouble(Long::doubleValue).reduce(1, (a, b) -> a * b);
  }

  /** Adds a tensor whose entries are at checked positions. */
  void add(String name, ElementType type, ByteBuffer data, Positions positions, int... extents) {
    if (tensors.containsKey(name)) {
      throw refused(
          "holds two tensors named " + quoted(name) + ", expected one; the file is damaged");
    }
    double bytes = (double) type.decodedBytes() * positions.size();
    if (spent + bytes > FACTOR * (double) fileBytes) {
      throw refused(
          "tensor "
              + quoted(name)
              + " of shape "
              + Arrays.toString(extents)
              + " takes "
              + Memory.needed(bytes)
              + " of memory beside "
              + Memory.needed(spent)
              + " for those before it; a file of "
              + Memory.needed(fileBytes)
              + " may take "
              + Memory.available(FACTOR * (double) fileBytes)
              + "; save the tensors themselves, no expanded views");
    }
    spent += (long) bytes;
    tensors.put(name, type.decode(data, positions, extents));
  }

  Map<String, Tensor> tensors() {
    return tensors;
  }

  List<String> notes() {
    List<String> all = new ArrayList<>(notes);
    if (!whole.isEmpty()) {
      all.add(
          "tensors of whole numbers were left out: "
              + quoted(whole.get(0))
              + (whole.size() == 1 ? "" : " and " + (whole.size() - 1) + " more"));
    }
    return all;
  }
}
