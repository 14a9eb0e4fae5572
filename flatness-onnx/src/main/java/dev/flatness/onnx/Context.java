package dev.flatness.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What the operators of one file share while it is read. */
final class Context {
  private final Draft draft;
  private final long fixedBatch;
  private final Set<String> notes = new LinkedHashSet<>();
  private final TensorDecoder decoder;
  private final boolean asWritten;
  private final Set<String> channels = new HashSet<>();
  private boolean half;
  private boolean brain;
  private boolean twice;

  /** Starts with the batch size that the file fixes, −1 where it leaves it open. */
  Context(long fixedBatch, TensorDecoder decoder, boolean asWritten) {
    this.draft = new Draft(asWritten);
    this.fixedBatch = fixedBatch;
    this.asWritten = asWritten;
    this.decoder = decoder;
  }

  Constant decode(TensorProto tensor, String what) {
    return decoder.decode(tensor, what);
  }

  Draft draft() {
    return draft;
  }

  /** Whether every layer is to stay what it is. */
  boolean asWritten() {
    return asWritten;
  }

  long fixedBatch() {
    return fixedBatch;
  }

  /** Adds a note once. */
  void note(String note) {
    notes.add(note);
  }

  List<String> notes() {
    return new ArrayList<>(notes);
  }

  /** Makes a parameter of all entries of a constant. */
  Step.Weights weights(Constant constant, double[] values, int... extents) {
    half |= constant.type() == Constant.Type.FLOAT16;
    brain |= constant.type() == Constant.Type.BFLOAT16;
    twice |= constant.type() == Constant.Type.FLOAT64;
    return new Step.Weights(values, extents, constant.root());
  }

  /** Says of a scale or shift per channel that stands in the file for several nodes. */
  void perChannel(Constant constant) {
    if (constant.root() != null && !channels.add(constant.root())) {
      note(
          "initializer "
              + Messages.quoted(constant.root())
              + " is a scale or shift per channel of several nodes: each was given its own");
    }
  }

  /** The types of two bytes that parameters came in. */
  List<String> halves() {
    List<String> types = new ArrayList<>();
    if (half) {
      types.add("float16");
    }
    if (brain) {
      types.add("bfloat16");
    }
    return types;
  }

  boolean sawDouble() {
    return twice;
  }
}
