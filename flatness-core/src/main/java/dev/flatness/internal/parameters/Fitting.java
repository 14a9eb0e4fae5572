package dev.flatness.internal.parameters;

import dev.flatness.internal.parameters.ParameterSlot.Layout;
import dev.flatness.internal.parameters.ParameterSlot.Role;
import dev.flatness.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Lays out a tensor of a file as a slot of a network has it. */
final class Fitting {
  private Fitting() {}

  /**
   * What became of a tensor.
   *
   * @param tensor the tensor in the slot's shape; null where it does not fit
   * @param reordered whether its axes were reordered
   */
  record Fitted(@Nullable Tensor tensor, boolean reordered) {}

  /** How a matrix that has its slot's own name stands to it. */
  enum Turn {
    /** It fits as it is. */
    NONE,
    /** It fits only with its axes exchanged. */
    ONLY,
    /** It is square, so that it fits both ways. */
    EITHER
  }

  /** How a tensor stands to the slot of its own name; no answer for others than matrices. */
  static Optional<Turn> turn(ParameterSlot slot, String name, Tensor tensor) {
    boolean weight = slot.role() == Role.WEIGHT || slot.role() == Role.OTHER;
    boolean matrix = tensor.shape().rank() == 2 && slot.layout() != Layout.KERNEL && weight;
    if (!matrix || KerasNames.isKernel(name)) {
      return Optional.empty();
    }
    if (tensor.shape().extent(0) == tensor.shape().extent(1)) {
      return Optional.of(Turn.EITHER);
    }
    return fits(slot, tensor)
        ? Optional.of(Turn.NONE)
        : Optional.of(Turn.ONLY).filter(turn -> fits(slot, Axes.permuted(tensor, 1, 0)));
  }

  /** A tensor of a name; a derived one is not the slot's own. */
  static Fitted fitted(
      ParameterSlot slot, String name, boolean derived, boolean squaresTurn, Tensor tensor) {
    int rank = tensor.shape().rank();
    boolean keras = KerasNames.isKernel(name);
    if (slot.layout() == Layout.KERNEL) {
      Tensor kernel = keras ? ofKeras(slot, name, tensor) : kernel(slot, tensor);
      return new Fitted(kernel, keras && kernel != null);
    }
    if (keras && rank != 2) {
      return new Fitted(null, false);
    }
    boolean turns =
        keras ? slot.layout() == Layout.OUT_IN : derived && slot.layout() == Layout.IN_OUT;
    boolean weight = slot.role() == Role.WEIGHT || slot.role() == Role.OTHER;
    if (rank == 2 && turns) {
      return fitted(slot, Axes.permuted(tensor, 1, 0), true);
    }
    boolean square = rank == 2 && tensor.shape().extent(0) == tensor.shape().extent(1);
    boolean other = !fits(slot, tensor) || square && squaresTurn;
    if (rank == 2 && weight && other && !keras && !derived) {
      return fitted(slot, Axes.permuted(tensor, 1, 0), true);
    }
    return fitted(slot, tensor, false);
  }

  private static Fitted fitted(ParameterSlot slot, Tensor tensor, boolean reordered) {
    return fits(slot, tensor)
        ? new Fitted(Axes.reshaped(tensor, slot.extents()), reordered)
        : new Fitted(null, reordered);
  }

  /** Vectors and matrices may have axes of extent 1 more or less. */
  private static boolean fits(ParameterSlot slot, Tensor tensor) {
    List<Integer> extents = Axes.extents(tensor);
    if (extents.size() == slot.extents().size()) {
      return extents.equals(slot.extents());
    }
    List<Integer> proper = Axes.proper(extents);
    return proper.size() <= 2 && proper.equals(Axes.proper(slot.extents()));
  }

  /** A kernel {@code [out, in, ...]}. */
  private static @Nullable Tensor kernel(ParameterSlot slot, Tensor tensor) {
    List<Integer> extents = Axes.extents(tensor);
    boolean same = extents.equals(slot.extents());
    boolean line = extents.size() == 3 && extents.equals(line(slot.extents()));
    return same || line ? Axes.reshaped(tensor, slot.extents()) : null;
  }

  /**
   * The extents of a kernel over one axis of positions, which a network may hold with two of which
   * one has extent 1.
   */
  private static List<Integer> line(List<Integer> extents) {
    if (extents.size() != 4 || extents.get(2) != 1 && extents.get(3) != 1) {
      return extents;
    }
    List<Integer> line = new ArrayList<>(extents);
    line.remove(extents.get(2) == 1 ? 2 : 3);
    return line;
  }

  /**
   * Keras' kernel {@code [positions..., in, out]}, or {@code [positions..., in, multiplier]} of a
   * convolution by channels, whose outputs go by channel first.
   */
  private static @Nullable Tensor ofKeras(ParameterSlot slot, String name, Tensor tensor) {
    int positions = tensor.shape().rank() - 2;
    List<Integer> wanted = positions == 1 ? line(slot.extents()) : slot.extents();
    if (positions < 1 || positions > 2 || wanted.size() != positions + 2) {
      return null;
    }
    boolean alone = wanted.get(1) == 1;
    if (!alone && KerasNames.isDepthwise(name)) {
      return null;
    }
    int first = alone ? positions : positions + 1;
    Tensor turned =
        positions == 1
            ? Axes.permuted(tensor, first, 3 - first, 0)
            : Axes.permuted(tensor, first, 5 - first, 0, 1);
    List<Integer> extents = new ArrayList<>(Axes.extents(turned));
    if (alone) {
      extents.set(0, extents.get(0) * extents.get(1));
      extents.set(1, 1);
    }
    return extents.equals(wanted) ? Axes.reshaped(turned, slot.extents()) : null;
  }
}
