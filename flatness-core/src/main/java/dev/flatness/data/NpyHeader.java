package dev.flatness.data;

import dev.flatness.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The head of a .npy array, format versions 1 to 3.
 *
 * @param type the element type
 * @param columnMajor Fortran order
 * @param extents the shape, at least one axis
 * @param length bytes up to the first element
 * @param dataLength bytes of the elements
 */
record NpyHeader(
    ElementType type, boolean columnMajor, long[] extents, long length, long dataLength) {
  static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int MAX_LENGTH = 1 << 16;
  private static final int MAX_AXES = 32;
  private static final String SAVE_AGAIN = "save the array again with numpy.save or numpy.savez";

  /** Reads the head from the start of a stream, and no byte more. */
  static NpyHeader read(InputStream in, Object file) throws IOException {
    byte[] start = in.readNBytes(8);
    if (start.length < 8 || !Arrays.equals(start, 0, 6, MAGIC, 0, 6)) {
      throw Refusal.of(file, "is not a .npy array, it does not begin with \\x93NUMPY", SAVE_AGAIN);
    }
    int version = start[6];
    if (version < 1 || version > 3) {
      throw Refusal.of(
          file, "has .npy format version " + version + ", expected 1, 2 or 3", SAVE_AGAIN);
    }
    byte[] size = in.readNBytes(version == 1 ? 2 : 4);
    long length = 0;
    for (int i = size.length - 1; i >= 0; i--) {
      length = length << 8 | size[i] & 0xff;
    }
    if (length > MAX_LENGTH) {
      throw Refusal.of(
          file,
          "has a .npy header of " + length + " bytes, expected at most " + MAX_LENGTH,
          SAVE_AGAIN);
    }
    byte[] text = in.readNBytes((int) length);
    if (size.length < (version == 1 ? 2 : 4) || text.length < length) {
      throw Refusal.of(file, "ends inside its .npy header", "the file is truncated, copy it again");
    }
    return parse(
        new String(text, version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1),
        8 + size.length + length,
        file);
  }

  private static NpyHeader parse(String text, long length, Object file) {
    PythonDictionary fields;
    try {
      fields = PythonDictionary.parse(text);
    } catch (IllegalArgumentException e) {
      throw Refusal.of(
          file,
          "has the .npy header "
              + Refusal.quote(text.strip())
              + ", expected {'descr': …, 'fortran_order': …, 'shape': …}",
          SAVE_AGAIN,
          e);
    }
    ElementType type = type(fields.descr(), file);
    long[] extents = fields.shape();
    if (extents.length == 0 || extents.length > MAX_AXES) {
      throw Refusal.of(
          file,
          "holds an array of shape "
              + Arrays.toString(extents)
              + ", expected samples as first axis",
          "save an array of shape [samples, …]");
    }
    long elements = 1;
    for (long extent : extents) {
      if (extent < 1) {
        throw Refusal.of(
            file,
            "holds an array of shape " + Arrays.toString(extents) + ", which has no element",
            "save at least one sample");
      }
      try {
        elements = Math.multiplyExact(elements, extent);
        Math.multiplyExact(elements, (long) type.bytes());
      } catch (ArithmeticException e) {
        throw Refusal.of(
            file,
            "claims the shape " + Arrays.toString(extents) + ", more than any file can hold",
            "the file is damaged, " + SAVE_AGAIN,
            e);
      }
    }
    SampleLimit.require(file, elements / extents[0]);
    return new NpyHeader(type, fields.columnMajor(), extents, length, elements * type.bytes());
  }

  /** An array-protocol type string: byte order, kind, size. */
  private static ElementType type(String descr, Object file) {
    if (descr.matches("[<>|=]?O\\d*")) {
      throw Refusal.of(
          file,
          "holds pickled Python objects (type "
              + Refusal.quote(descr)
              + "), which are never loaded",
          "convert the array to numbers, such as array.astype('float64'), and save it again");
    }
    if (descr.matches("[<>][fiu][248]|[<>|]([iu]1|b1)")) {
      ByteOrder order = descr.charAt(0) == '<' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
      return new ElementType(descr.charAt(1), descr.charAt(2) - '0', order);
    }
    throw Refusal.of(
        file,
        "has elements of type "
            + Refusal.quote(descr)
            + ", expected float16, float32, float64, an integer of 8 to 64 bits or bool",
        "convert the array, such as array.astype('float64'), and save it again");
  }

  /** The array after the head, if the bytes that follow are exactly its elements. */
  StoredArray array(Bytes bytes, Object file) {
    if (bytes.length() - length != dataLength) {
      throw Refusal.of(
          file,
          "has "
              + (bytes.length() - length)
              + " bytes of elements, but "
              + type
              + " of shape "
              + Arrays.toString(extents)
              + " takes "
              + dataLength,
          "the file is damaged, copy it or save the array again");
    }
    return array(bytes, length, file);
  }

  /** The array whose elements begin at a position that the caller has checked. */
  StoredArray array(Bytes bytes, long start, Object file) {
    int[] sample = new int[Math.max(0, extents.length - 1)];
    long size = 1;
    for (int axis = 1; axis < extents.length; axis++) {
      size *= extents[axis];
      sample[axis - 1] = (int) extents[axis];
    }
    if (size > Integer.MAX_VALUE || extents[0] > Integer.MAX_VALUE) {
      throw Refusal.of(
          file,
          "has shape "
              + Arrays.toString(extents)
              + ", expected at most "
              + Integer.MAX_VALUE
              + " samples and as many numbers in each",
          "split the array");
    }
    Shape shape = sample.length == 0 ? Shape.of(1) : Shape.of(sample);
    return new StoredArray(
        bytes,
        type,
        (int) extents[0],
        shape,
        start,
        size * type.bytes(),
        columnMajor && extents.length > 1);
  }
}
