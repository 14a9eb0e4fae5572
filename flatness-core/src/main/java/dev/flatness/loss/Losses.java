package dev.flatness.loss;

import dev.flatness.data.Dataset;
import dev.flatness.data.Dataset.TargetKind;
import dev.flatness.network.Network;
import dev.flatness.network.OutputActivation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The losses that come with the library, by id; which loss the targets and the network's end ask
 * for; and how a network's end and a loss fit together.
 *
 * <p>{@code auto} decides by the targets. Labels are classified: by binary cross-entropy where the
 * network has one output or ends in both classes' probabilities, by cross-entropy otherwise. Real
 * targets are fitted by squared error, but for those that can only be labels: whole numbers where
 * the network has several outputs, one-hot rows where it puts out logits, zeros and ones where it
 * ends in a sigmoid.
 *
 * <p>An activation at the network's end that is part of the loss is removed, see {@link #fit}.
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
   * @param outputs the number of outputs that the loss reads
   * @param notes one sentence for each step that was taken without being asked for
   */
  public record Choice(Loss loss, Dataset data, int outputs, List<String> notes) {
    /**
     * Copies the list.
     *
     * @param loss the loss
     * @param data the samples, their targets read as the loss needs them
     * @param outputs the number of outputs that the loss reads
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
   * Removes an activation from a network's end that is part of a loss.
   *
   * <p>A Softmax, its logarithm, or Softmax and Log belong to cross-entropy; a Sigmoid, or the pair
   * [1 − p, p] of one, to binary cross-entropy. Any other loss is evaluated on what the network
   * puts out, its activation included. So no activation is applied twice or left out.
   *
   * @param network the network
   * @param loss the loss
   * @return the network that the loss reads, with a note of what was done
   * @throws IllegalArgumentException if the loss is one of logits and the network ends in an
   *     activation that is not part of it
   */
  public static Network fit(Network network, Loss loss) {
    Optional<OutputActivation> end = network.outputActivation();
    if (end.isEmpty()) {
      return network;
    }
    if (loss.includes(end.get())) {
      return network
          .withoutOutputActivation()
          .withNotes(
              List.of(
                  "the final "
                      + end.get()
                      + " is part of the loss "
                      + loss.id()
                      + " and was removed; the outputs are logits"));
    }
    if (loss.requiresLogits()) {
      throw new IllegalArgumentException(
          "the network ends in a "
              + end.get()
              + ", which loss \""
              + loss.id()
              + "\" does not contain: it would be evaluated on probabilities as if they were"
              + " logits; use "
              + containing(end.get(), network.output().shape().size())
              + "squared-error, which is evaluated on the network's own outputs");
    }
    String kept =
        "the final " + end.get() + " is kept: " + loss.id() + " is evaluated on its values";
    return network.notes().contains(kept) ? network : network.withNotes(List.of(kept));
  }

  private static String containing(OutputActivation end, int outputs) {
    boolean rows = end == OutputActivation.SIGMOID && outputs > 1;
    String targets = rows ? " with rows of " + outputs + " numbers 0 or 1 as targets" : "";
    return KNOWN.stream()
        .filter(loss -> loss.includes(end))
        .map(loss -> loss.id() + targets + ", or ")
        .findFirst()
        .orElse("the logits before it (--output), or ");
  }

  /**
   * Chooses a loss for a network and reads the targets as it needs them.
   *
   * <p>Cost: reads the targets once where they are real and the loss may need labels, or where
   * samples are ignored or classes weighted, else nothing.
   *
   * @param request what was asked for
   * @param data the samples
   * @param network the network
   * @return the loss with the data to evaluate it on
   * @throws IllegalArgumentException if there is no such loss, if it does not take what was asked
   *     for, or if each target is one real number that is no label while the network has several
   *     outputs
   */
  public static Choice choose(LossRequest request, Dataset data, Network network) {
    return new LossChooser(request, data, network).choose();
  }

  /**
   * Chooses a loss for a network that is still to be made.
   *
   * <p>Whole numbers of a real type are read as labels if every class from 0 to the largest occurs.
   *
   * <p>Cost: reads the targets once.
   *
   * @param request what was asked for
   * @param data the samples
   * @return the loss, the data to evaluate it on, and the number of outputs that both ask for
   * @throws IllegalArgumentException if there is no such loss, if it does not take what was asked
   *     for, or if a label is too large
   */
  public static Choice choose(LossRequest request, Dataset data) {
    return new LossChooser(request, data, null).choose();
  }

  static Loss named(String id) {
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
