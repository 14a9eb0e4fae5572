package dev.flatness.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.flatness.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The model's input as declared, and what becomes of it.
 *
 * @param name its name
 * @param dimensions a text for each axis
 * @param shape the shape of one sample
 * @param batchAxis 0, or −1 where the file has no batch axis: it describes one sample
 * @param fixedBatch the batch size the file states, −1 where it is open
 * @param notes what was decided
 */
record InputDeclaration(
    String name,
    List<String> dimensions,
    Shape shape,
    int batchAxis,
    long fixedBatch,
    List<String> notes) {

  /**
   * Finds the model's input: the one that is read and that no initializer gives a value.
   *
   * @param read the names that the network's nodes read
   * @param override the shape of one sample where the caller knows better, or null
   */
  static InputDeclaration of(
      GraphProto graph, Set<String> initializers, Set<String> read, Shape override) {
    ValueInfoProto info = null;
    for (ValueInfoProto candidate : graph.getInputList()) {
      boolean chosen = info != null && read.contains(info.getName());
      if (!initializers.contains(candidate.getName())
          && !chosen
          && (info == null || read.contains(candidate.getName()))) {
        info = candidate;
      }
    }
    if (info == null) {
      throw Messages.refused("its graph has no input; export the model with a sample input");
    }
    String chosen = info.getName();
    String who = "its input " + Messages.quoted(chosen);
    if (info.hasType() && !info.getType().hasTensorType()) {
      throw Messages.refused(who + " is no tensor; expected a tensor of samples");
    }
    TensorShapeProto declared = info.getType().getTensorType().getShape();
    List<String> dimensions = new ArrayList<>();
    for (TensorShapeProto.Dimension d : declared.getDimList()) {
      boolean fixed = d.hasDimValue() && d.getDimValue() > 0;
      dimensions.add(
          fixed
              ? String.valueOf(d.getDimValue())
              : d.hasDimParam() && !d.getDimParam().isEmpty()
                  ? Messages.plain(d.getDimParam())
                  : "?");
    }
    if (declared.getDimCount() == 0 && override == null) {
      throw Messages.refused(
          who
              + " declares no shape; give the shape of one sample with --input-shape (in Java withInputShape)");
    }
    List<String> notes = new ArrayList<>();
    graph.getInputList().stream()
        .map(ValueInfoProto::getName)
        .filter(name -> !initializers.contains(name) && !read.contains(name))
        .filter(name -> !name.equals(chosen))
        .forEach(
            name ->
                notes.add("input " + Messages.quoted(name) + " is not needed and was left out"));
    boolean number =
        declared.getDimCount() == 1
            && declared.getDim(0).hasDimValue()
            && declared.getDim(0).getDimValue() > 0;
    if (declared.getDimCount() == 1 && (number || override == null)) {
      TensorShapeProto.Dimension d = declared.getDim(0);
      if (!d.hasDimValue() || d.getDimValue() < 1 || d.getDimValue() > Integer.MAX_VALUE) {
        throw Messages.refused(
            who
                + " has shape "
                + dimensions
                + " without room for a batch and a sample, expected at least two axes, or one with"
                + " a number; export the model with a batch axis, or give the shape of one sample"
                + " (--input-shape; in Java withInputShape)");
      }
      notes.add("the input has no batch axis: it was read as one sample");
      Shape shape = override != null ? override : Shape.of((int) d.getDimValue());
      return new InputDeclaration(chosen, dimensions, shape, -1, 1, notes);
    }
    long batch = -1;
    if (declared.getDimCount() > 0
        && declared.getDim(0).hasDimValue()
        && declared.getDim(0).getDimValue() > 0) {
      batch = declared.getDim(0).getDimValue();
      notes.add("the file's fixed batch size " + batch + " was freed");
    }
    Shape shape = override != null ? override : sample(declared, dimensions, who);
    return new InputDeclaration(chosen, dimensions, shape, 0, batch, notes);
  }

  private static Shape sample(TensorShapeProto declared, List<String> dimensions, String who) {
    int[] extents = new int[declared.getDimCount() - 1];
    long size = 1;
    for (int i = 0; i < extents.length; i++) {
      TensorShapeProto.Dimension d = declared.getDim(i + 1);
      if (!d.hasDimValue() || d.getDimValue() < 1) {
        throw Messages.refused(
            who
                + " has shape "
                + dimensions
                + ", which leaves axis "
                + (i + 1)
                + " open; give the shape of one sample with --input-shape (in Java withInputShape)");
      }
      if (d.getDimValue() > Integer.MAX_VALUE || size * d.getDimValue() > Integer.MAX_VALUE) {
        throw Messages.refused(
            who
                + " has shape "
                + dimensions
                + ", expected at most "
                + Integer.MAX_VALUE
                + " entries a sample; the file is damaged");
      }
      extents[i] = (int) d.getDimValue();
      size *= extents[i];
    }
    return Shape.of(extents);
  }
}
