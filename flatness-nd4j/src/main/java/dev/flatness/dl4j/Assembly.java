package dev.flatness.dl4j;

import dev.flatness.network.GraphBuilder;
import dev.flatness.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A network that is being built from the parameters of a model of DL4J. */
final class Assembly {
  /** Sets parameters of a model to what they are in a changed network. */
  interface WriteBack {
    /**
     * Overwrites.
     *
     * @param values the entries of a parameter of the network, by its name
     * @param model the model
     */
    void write(Function<String, double[]> values, Model model);
  }

  private final GraphBuilder builder;
  private final Model model;
  private final List<WriteBack> writeBacks = new ArrayList<>();
  private final Map<String, List<String>> notes = new LinkedHashMap<>();
  private final Map<String, Integer> names = new HashMap<>();
  private final List<String> refusals = new ArrayList<>();
  private Part part;

  Assembly(GraphBuilder builder, Model model, Part first) {
    this.builder = builder;
    this.model = model;
    this.part = first;
  }

  GraphBuilder builder() {
    return builder;
  }

  /** Goes on to another part. */
  void enter(Part next) {
    part = next;
  }

  /** A name for the part's node that holds the parameters. */
  String name() {
    return name("");
  }

  /** A name for one of several nodes of the part. */
  String name(String ending) {
    String name = part.name() + ending;
    int used = names.merge(name, 1, Integer::sum);
    return used == 1 ? name : name + "-" + used;
  }

  /** A parameter array of the part. */
  INDArray array(String parameter) {
    return array(model, parameter(parameter));
  }

  static INDArray array(Model model, String parameter) {
    INDArray array = model.getParam(parameter);
    if (array == null) {
      throw new IllegalArgumentException("the model has no parameter \"" + parameter + "\"");
    }
    return array;
  }

  /** The name of a parameter of the part in the table of the model. */
  String parameter(String parameter) {
    return part.key() + "_" + parameter;
  }

  /** A parameter in DL4J's own order, written back as it is. */
  Tensor plain(String node, String ending, String parameter, int... extents) {
    String key = parameter(parameter);
    writeBack((values, target) -> Entries.write(values.apply(node + ending), array(target, key)));
    return Tensor.of(Entries.of(array(parameter)), extents);
  }

  void writeBack(WriteBack writeBack) {
    writeBacks.add(writeBack);
  }

  List<WriteBack> writeBacks() {
    return List.copyOf(writeBacks);
  }

  /** Notes something of the part; one sentence is made of what is true of several. */
  void note(String sentence) {
    notes.computeIfAbsent(sentence, key -> new ArrayList<>()).add(part.name());
  }

  /** Says why the part cannot be built; the network goes on with what the part reads. */
  void refuse(String reason) {
    refusals.add(Text.quoted(part.name()) + " (" + part.kind() + "): " + Text.printable(reason));
  }

  /** Why parts could not be built. */
  List<String> refusals() {
    return List.copyOf(refusals);
  }

  /** One sentence for each kind of note, with the layers it is about. */
  List<String> notes() {
    return notes.entrySet().stream()
        .map(note -> note.getKey() + ": " + String.join(", ", note.getValue()))
        .toList();
  }
}
