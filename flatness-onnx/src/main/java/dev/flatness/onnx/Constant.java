package dev.flatness.onnx;

import java.util.Arrays;

/**
 * A constant tensor of the file's graph. Entries are kept as doubles (integers are exact up to
 * 2⁵³); an entry may be a multiple of the batch size, which shape computations need and no file
 * knows.
 */
final class Constant implements Value {
  enum Type {
    FLOAT16,
    BFLOAT16,
    FLOAT32,
    FLOAT64,
    INTEGER,
    BOOLEAN
  }

  /** The most axes of a tensor. */
  static final int MOST_AXES = 64;

  private final Type type;
  private final int[] extents;
  private final double[] entries;
  private final boolean[] batch;
  private final String root;

  private Constant(Type type, int[] extents, double[] entries, boolean[] batch, String root) {
    requireAxes(extents.length);
    this.type = type;
    this.extents = extents;
    this.entries = entries;
    this.batch = batch;
    this.root = root;
  }

  /** Refuses a tensor of more axes than any network has. */
  static void requireAxes(int axes) {
    if (axes > MOST_AXES) {
      throw Messages.refused("it has a tensor of " + axes + " axes, expected at most " + MOST_AXES);
    }
  }

  static Constant of(Type type, int[] extents, double[] entries) {
    return new Constant(type, extents, entries, null, null);
  }

  static Constant integers(double... entries) {
    return of(Type.INTEGER, new int[] {entries.length}, entries);
  }

  static Constant scalar(Type type, double entry) {
    return of(type, new int[0], new double[] {entry});
  }

  /** With marks at the entries that are multiples of the batch size. */
  Constant withBatch(boolean[] marks) {
    boolean any = false;
    for (boolean mark : marks) {
      any |= mark;
    }
    return new Constant(type, extents, entries, any ? marks : null, root);
  }

  /** With the name of the initializer whose entries these are, all of them. */
  Constant withRoot(String name) {
    return new Constant(type, extents, entries, batch, name);
  }

  Constant withExtents(int... changed) {
    return new Constant(type, changed, entries, batch, root);
  }

  Constant withType(Type changed) {
    return new Constant(changed, extents, entries, batch, root);
  }

  Type type() {
    return type;
  }

  boolean floating() {
    return half() || type == Type.FLOAT32 || type == Type.FLOAT64;
  }

  /** Whether entries have two bytes. */
  boolean half() {
    return type == Type.FLOAT16 || type == Type.BFLOAT16;
  }

  int rank() {
    return extents.length;
  }

  int extent(int axis) {
    return extents[axis];
  }

  int[] extents() {
    return extents.clone();
  }

  int size() {
    return entries.length;
  }

  double get(int index) {
    return entries[index];
  }

  boolean isBatch(int index) {
    return batch != null && batch[index];
  }

  boolean anyBatch() {
    return batch != null;
  }

  double[] entries() {
    return entries.clone();
  }

  /** The initializer's name, or null for a computed constant. */
  String root() {
    return root;
  }

  String described() {
    return Arrays.toString(extents);
  }

  /** The entries as integers, none of them a multiple of the batch size. */
  long[] toLongs(OnnxNode node, String what) {
    long[] result = new long[entries.length];
    for (int i = 0; i < result.length; i++) {
      if (isBatch(i)) {
        throw node.refuse(
            "has " + what + " that depend on the batch size; a network acts on each sample alone");
      }
      result[i] = (long) entries[i];
    }
    return result;
  }
}
