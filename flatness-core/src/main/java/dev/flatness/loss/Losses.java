package dev.flatness.loss;

import dev.flatness.data.Dataset;
import dev.flatness.data.Dataset.TargetKind;
import dev.flatness.data.Targets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The losses that come with the library, by id, and the choice that {@code auto} makes.
 *
 * <p>{@code auto} decides by the targets: labels are classified, by binary cross-entropy where the
 * network has one output and by cross-entropy otherwise; real targets are fitted by squared error.
 * Real targets that can only be labels are read as such: whole numbers where the network has
 * several outputs, and one-hot rows.
 */
public final class Losses {
  /** The id that leaves the choice to the targets. */
  public static final String AUTO = "auto";

  private static final List<Loss> KNOWN =
      List.of(SoftmaxCrossEntropy.onLogits(), SquaredError.summed(), BinaryCrossEntropy.onLogits());

  private Losses() {}

  /**
   * A loss, the data as it reads them, and what there is to say about it.
   *
   * @param loss the loss
   * @param data the samples, their targets read as the loss needs them
   * @param outputs the number of the network's outputs
   * @param notes one sentence for each step that was taken without being asked for
   */
  public record Choice(Loss loss, Dataset data, int outputs, List<String> notes) {
    /**
     * Copies the list.
     *
     * @param loss the loss
     * @param data the samples, their targets read as the loss needs them
     * @param outputs the number of the network's outputs
     * @param notes one sentence for each step that was taken without being asked for
     */
    public Choice {
      notes = List.copyOf(notes);
    }
  }

  /**
   * Lists the ids.
   *
   * @return {@code auto} and the id of every loss
   */
  public static List<String> ids() {
    List<String> ids = new ArrayList<>(List.of(AUTO));
    KNOWN.forEach(loss -> ids.add(loss.id()));
    return List.copyOf(ids);
  }

  /**
   * Finds a loss by its id, or by the kind of the targets.
   *
   * @param id one of {@link #ids}
   * @param data the samples
   * @param outputs the number of the network's outputs
   * @return the loss
   * @throws IllegalArgumentException if there is no such loss
   */
  public static Loss of(String id, Dataset data, int outputs) {
    if (!id.equals(AUTO)) {
      return named(id);
    }
    if (data.targetKind() == TargetKind.REAL) {
      return SquaredError.summed();
    }
    return outputs == 1 ? BinaryCrossEntropy.onLogits() : SoftmaxCrossEntropy.onLogits();
  }

  /**
   * Chooses a loss for a network and reads the targets as it needs them.
   *
   * <p>Cost: reads the targets once where they are real and the loss may need labels, else nothing.
   *
   * @param id one of {@link #ids}
   * @param data the samples
   * @param outputs the number of the network's outputs
   * @return the loss with the data to evaluate it on
   * @throws IllegalArgumentException if there is no such loss, or if each target is one real number
   *     that is no label while the network has several outputs
   */
  public static Choice choose(String id, Dataset data, int outputs) {
    List<String> notes = new ArrayList<>();
    Dataset read = data;
    boolean single = data.targetSize() == 1;
    if (data.targetKind() == TargetKind.REAL && !keepsReal(id)) {
      Targets targets = Targets.of(data);
      if (!id.equals(AUTO) || !single || outputs > 1) {
        read = labels(targets, data, data.targetSize() == outputs, notes);
      } else if (targets.whole() && targets.largest() <= 1) {
        notes.add(
            "the targets are the real numbers 0 and 1, fitted by squared error;"
                + " binary-cross-entropy reads them as labels");
      }
      if (id.equals(AUTO) && single && outputs > 1 && read == data) {
        throw new IllegalArgumentException(
            "the targets of "
                + data.name()
                + " are one real number a sample, but the network has "
                + outputs
                + " outputs; give labels from 0 to "
                + (outputs - 1)
                + ", or "
                + outputs
                + " real targets a sample; if the labels stand in another column of a CSV file,"
                + " name it (--label-column)");
      }
    }
    return new Choice(of(id, read, outputs), read, outputs, notes);
  }

  /**
   * Chooses a loss for a network that is still to be made.
   *
   * <p>Whole numbers of a real type are read as labels if every class from 0 to the largest occurs.
   *
   * <p>Cost: reads the targets once.
   *
   * @param id one of {@link #ids}
   * @param data the samples
   * @return the loss, the data to evaluate it on, and the number of outputs that both ask for
   * @throws IllegalArgumentException if there is no such loss, or a label is too large
   */
  public static Choice choose(String id, Dataset data) {
    Targets targets = Targets.of(data);
    List<String> notes = new ArrayList<>();
    boolean real = data.targetKind() == TargetKind.REAL;
    Dataset read = data;
    if (real && !keepsReal(id)) {
      boolean classes = targets.oneHot() || targets.complete();
      if (!id.equals(AUTO) || classes) {
        read = labels(targets, data, true, notes);
      }
    }
    int outputs = data.targetSize();
    if (read.targetKind() == TargetKind.LABELS && !keepsReal(id) && outputs == 1) {
      outputs = id.equals(BinaryCrossEntropy.onLogits().id()) ? 1 : targets.classes();
    }
    return new Choice(of(id, read, outputs), read, outputs, notes);
  }

  private static boolean keepsReal(String id) {
    return !id.equals(AUTO) && named(id).fitsReal();
  }

  /**
   * Reads targets as labels where they can be.
   *
   * @param keepable whether squared error would fit them as they are
   */
  private static Dataset labels(
      Targets targets, Dataset data, boolean keepable, List<String> notes) {
    Optional<Dataset> labels = targets.labels();
    if (labels.isPresent()) {
      notes.add(
          (targets.oneHot()
                  ? "one-hot targets of " + data.targetSize() + " numbers"
                  : "targets that are whole numbers of a real type")
              + " read as class labels"
              + (keepable ? "; squared-error keeps them as they are" : ""));
    }
    return labels.orElse(data);
  }

  private static Loss named(String id) {
    return KNOWN.stream()
        .filter(loss -> loss.id().equals(id))
        .findFirst()
        .orElseThrow(
            () -> {
              List<String> ids = ids();
              return new IllegalArgumentException(
                  "loss \""
                      + id
                      + "\" is unknown; use "
                      + String.join(", ", ids.subList(0, ids.size() - 1))
                      + " or "
                      + ids.get(ids.size() - 1));
            });
  }
}
