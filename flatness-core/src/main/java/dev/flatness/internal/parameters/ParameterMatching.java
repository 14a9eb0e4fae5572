package dev.flatness.internal.parameters;

import dev.flatness.internal.parameters.Fitting.Turn;
import dev.flatness.internal.parameters.ParameterSlot.Role;
import dev.flatness.internal.text.Printable;
import dev.flatness.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the parameters of a network among the tensors of a file, by name.
 *
 * <p>A slot takes the tensor of its own name; else that of its layer and role in PyTorch's words
 * ({@code fc1.weight}); else that in Keras' words ({@code fc1/kernel}). Axes are reordered where
 * names tell that they have to be. What is missing on either side is refused.
 */
public final class ParameterMatching {
  private static final List<String> PREFIXES = List.of("module.", "model.", "_orig_mod.");
  private static final int SHOWN = 8;
  // names that exporters make up
  private static final Pattern FOLDED = Pattern.compile("onnx::Conv\\w*|\\d+|.*_fused_bn");
  private static final Pattern COMPUTED = Pattern.compile("onnx::\\w+|\\d+|.*_fused_bn");

  private final String source;
  private final Map<String, Tensor> offered;
  private final List<ParameterSlot> slots;
  private final List<String> notes = new ArrayList<>();

  private ParameterMatching(String source, Map<String, Tensor> offered, List<ParameterSlot> slots) {
    this.source = source;
    this.offered = offered;
    this.slots = slots;
  }

  /**
   * What was found.
   *
   * @param tensors by the names of their slots, in the slots' layouts
   * @param notes what was done on the way
   * @param keras whether a kernel came by its name in Keras, whose order of flattening the network
   *     has to have then ({@link FlattenOrder})
   */
  public record Match(Map<String, Tensor> tensors, List<String> notes, boolean keras) {}

  /** The tensor for a slot, and whether another name than the slot's own led to it. */
  private record Found(String name, boolean derived) {}

  /** Names of the file by what they are compared as. */
  private record Index(Map<String, String> names, Map<String, String> keras, String prefix) {}

  /**
   * Finds every slot's tensor.
   *
   * @param source what the tensors were read from, for messages
   * @param offered the tensors by name
   * @param slots the network's parameters
   * @return the tensors, and notes
   * @throws IllegalArgumentException if one side lacks what the other has, or shapes differ
   */
  public static Match match(String source, Map<String, Tensor> offered, List<ParameterSlot> slots) {
    return new ParameterMatching(Printable.of(source), offered, slots).match();
  }

  private Match match() {
    Map<ParameterSlot, Found> found = Map.of();
    Index taken = null;
    for (Index index : indices()) {
      Map<ParameterSlot, Found> now = found(index);
      boolean better = taken == null || required(now.keySet()) > required(found.keySet());
      if (better) {
        found = now;
        taken = index;
      }
    }
    requireComplete(found);
    if (taken != null && !taken.prefix.isEmpty()) {
      notes.add("the prefix " + quoted(taken.prefix) + " of names in " + source + " was left out");
    }
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    Set<String> reordered = new TreeSet<>();
    for (Map.Entry<ParameterSlot, Found> entry : found.entrySet()) {
      ParameterSlot slot = entry.getKey();
      boolean squares = squaresTurn(slot, found);
      tensors.put(slot.name(), fitted(slot, entry.getValue(), squares, reordered));
    }
    if (!reordered.isEmpty()) {
      notes.add("the axes of " + listed(reordered) + " in " + source + " were reordered");
    }
    List<String> kept =
        slots.stream()
            .filter(slot -> !tensors.containsKey(slot.name()))
            .map(ParameterSlot::name)
            .toList();
    if (!kept.isEmpty()) {
      notes.add(source + " holds no " + listed(kept) + ": the model's own values were kept");
    }
    boolean keras = found.values().stream().anyMatch(one -> KerasNames.isKernel(one.name));
    return new Match(tensors, notes, keras);
  }

  private static long required(Collection<ParameterSlot> slots) {
    return slots.stream().filter(ParameterSlot::required).count();
  }

  /** The names as they are, and without the prefixes that wrappers add. */
  private List<Index> indices() {
    List<Index> indices = new ArrayList<>();
    indices.add(index(""));
    Set<String> prefixes = new TreeSet<>();
    for (String name : offered.keySet()) {
      prefixes.add(name.substring(0, name.length() - stripped(name).length()));
    }
    for (String prefix : prefixes) {
      for (int end = prefix.indexOf('.'); end >= 0; end = prefix.indexOf('.', end + 1)) {
        indices.add(index(prefix.substring(0, end + 1)));
      }
    }
    return indices;
  }

  private Index index(String prefix) {
    Map<String, String> names = new LinkedHashMap<>();
    Map<String, String> keras = new LinkedHashMap<>();
    for (String name : offered.keySet()) {
      if (name.startsWith(prefix)) {
        names.put(name.substring(prefix.length()), name);
      }
      KerasNames.key(name).ifPresent(key -> keras.merge(key, name, (a, b) -> ""));
    }
    return new Index(names, keras, prefix);
  }

  private static String stripped(String name) {
    String rest = name;
    for (int i = 0; i < 4; i++) {
      for (String prefix : PREFIXES) {
        rest = rest.startsWith(prefix) ? rest.substring(prefix.length()) : rest;
      }
    }
    return rest;
  }

  private Map<ParameterSlot, Found> found(Index index) {
    Map<ParameterSlot, Found> found = new LinkedHashMap<>();
    for (ParameterSlot slot : slots) {
      Found one = find(slot, index);
      if (one != null) {
        found.put(slot, one);
      }
    }
    return found;
  }

  private @Nullable Found find(ParameterSlot slot, Index index) {
    for (String own : List.of(slot.name(), stripped(slot.name()))) {
      String name = index.names.get(own);
      if (name != null) {
        return new Found(name, false);
      }
    }
    if (slot.role() == Role.OTHER) {
      return null;
    }
    for (String layer : slot.layers()) {
      for (String own : List.of(layer, stripped(layer))) {
        String name = index.names.get(own + "." + slot.role().torch);
        if (name != null) {
          return new Found(name, true);
        }
      }
    }
    for (String layer : slot.layers()) {
      String key = KerasNames.last(layer) + "/" + slot.role().keras;
      String name = index.keras.get(key);
      if (name != null && name.isEmpty()) {
        throw new IllegalArgumentException(
            source
                + " holds two tensors that end in "
                + quoted(key)
                + ", so it is not known which one is that of "
                + quoted(slot.name())
                + "; give the layers names of their own");
      }
      if (name != null) {
        return new Found(name, true);
      }
    }
    return null;
  }

  private void requireComplete(Map<ParameterSlot, Found> found) {
    List<ParameterSlot> missing =
        slots.stream().filter(slot -> slot.required() && !found.containsKey(slot)).toList();
    Set<String> spare = new TreeSet<>(offered.keySet());
    Set<String> used = new HashSet<>();
    for (Map.Entry<ParameterSlot, Found> entry : found.entrySet()) {
      if (!used.add(entry.getValue().name) && entry.getValue().derived) {
        throw new IllegalArgumentException(
            quoted(entry.getValue().name)
                + " of "
                + source
                + " is as likely that of "
                + quoted(entry.getKey().name())
                + " as of another layer of the network; name the layers apart");
      }
    }
    spare.removeAll(used);
    spare.removeIf(name -> name.endsWith("num_batches_tracked"));
    if (missing.isEmpty() && spare.isEmpty()) {
      return;
    }
    StringBuilder message = new StringBuilder(source);
    if (!missing.isEmpty()) {
      message
          .append(" holds no ")
          .append(listed(missing.stream().map(ParameterSlot::name).toList()))
          .append(", which the network needs");
    }
    if (!spare.isEmpty()) {
      message
          .append(missing.isEmpty() ? " holds " : ", but holds ")
          .append(listed(spare))
          .append(", for which the network has no place");
    }
    boolean normalized = spare.stream().anyMatch(ParameterMatching::ofNormalization);
    Optional<String> computed =
        missing.stream()
            .map(ParameterSlot::name)
            .filter(name -> COMPUTED.matcher(name).matches())
            .findFirst();
    boolean folded = missing.isEmpty() || computed.filter(FOLDED.asMatchPredicate()).isPresent();
    if (normalized && folded) {
      message.append(
          ". The model has normalizations folded into other layers, so their parameters cannot be"
              + " exchanged; export it with them (torch.onnx.export(..., training="
              + "TrainingMode.PRESERVE, do_constant_folding=False) of a model in eval mode)");
    } else if (computed.isPresent() && !spare.isEmpty()) {
      message.append(
          ". Names like "
              + quoted(computed.get())
              + " are the exporter's for values that it computed of parameters: take a checkpoint of"
              + " this very network, or export it with do_constant_folding=False and training="
              + "TrainingMode.PRESERVE, which keeps the names");
    } else {
      message.append("; take the parameters of this very network, under its names");
    }
    throw new IllegalArgumentException(message.toString());
  }

  private static boolean ofNormalization(String name) {
    String plain = KerasNames.withoutNumber(name);
    return plain.endsWith(".running_mean") || plain.endsWith("/moving_mean");
  }

  /**
   * Whether the axes of a square matrix are exchanged: as those of all other matrices in the same
   * layout are. Where some are and some are not, nothing tells.
   */
  private boolean squaresTurn(ParameterSlot slot, Map<ParameterSlot, Found> found) {
    Found own = Objects.requireNonNull(found.get(slot));
    if (own.derived || turn(slot, own).filter(turn -> turn == Turn.EITHER).isEmpty()) {
      return false;
    }
    Set<Turn> others = EnumSet.noneOf(Turn.class);
    found.forEach(
        (other, one) -> {
          if (!one.derived && other.layout() == slot.layout()) {
            turn(other, one).ifPresent(others::add);
          }
        });
    if (others.contains(Turn.ONLY) && others.contains(Turn.NONE)) {
      throw new IllegalArgumentException(
          "tensor "
              + quoted(own.name)
              + " of "
              + source
              + " is square, and of the other matrices some fit as they are and some only with"
              + " their axes exchanged, so it is not known which it is; write all matrices as the"
              + " network has them");
    }
    return others.contains(Turn.ONLY);
  }

  private Optional<Turn> turn(ParameterSlot slot, Found found) {
    return Fitting.turn(slot, found.name, Objects.requireNonNull(offered.get(found.name)));
  }

  private Tensor fitted(
      ParameterSlot slot, Found found, boolean squaresTurn, Set<String> reordered) {
    Tensor tensor = Objects.requireNonNull(offered.get(found.name));
    Fitting.Fitted fitted = Fitting.fitted(slot, found.name, found.derived, squaresTurn, tensor);
    Tensor laid = fitted.tensor();
    if (laid == null) {
      boolean keras = KerasNames.isKernel(found.name);
      throw new IllegalArgumentException(
          "tensor "
              + quoted(found.name)
              + " of "
              + source
              + " has shape "
              + Axes.extents(tensor)
              + (keras ? " in Keras' order of axes" : "")
              + ", expected that of "
              + quoted(slot.name())
              + ", "
              + slot.extents()
              + (keras || fitted.reordered() ? ", after its axes were reordered" : "")
              + "; take the parameters of this very network");
    }
    requireFinite(found.name, tensor);
    if (fitted.reordered()) {
      reordered.add(found.name);
    }
    return laid;
  }

  private void requireFinite(String name, Tensor tensor) {
    double[] values = tensor.toDoubles();
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "tensor "
                + quoted(name)
                + " of "
                + source
                + " has "
                + values[i]
                + " at position "
                + i
                + ", expected finite numbers; take a checkpoint from before the training diverged");
      }
    }
  }

  private static String listed(Collection<String> names) {
    List<String> shown = names.stream().limit(SHOWN).map(ParameterMatching::quoted).toList();
    String more = names.size() > SHOWN ? " and " + (names.size() - SHOWN) + " more" : "";
    return String.join(", ", shown) + more;
  }

  private static String quoted(String name) {
    return '"' + Printable.cut(name) + '"';
  }
}
