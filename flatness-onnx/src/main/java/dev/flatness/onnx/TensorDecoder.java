package dev.flatness.onnx;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.ByteString;
import dev.flatness.internal.files.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntToDoubleFunction;

/** Turns the file's tensors into constants; sizes are checked before anything is allocated. */
final class TensorDecoder {
  private final Path folder;
  private final Budget budget;
  private final Set<Path> counted = new HashSet<>();

  /** Makes a decoder for a model whose external data lie in or below this folder. */
  TensorDecoder(Path folder, Budget budget) {
    this.folder = folder;
    this.budget = budget;
  }

  Budget budget() {
    return budget;
  }

  Constant decode(TensorProto tensor, String what) {
    DataType type = DataType.forNumber(tensor.getDataType());
    if (tensor.hasSegment()) {
      throw Messages.refused(what + " is split into segments; export the model anew");
    }
    int[] extents = extents(tensor, what);
    int size = size(extents, what);
    Stored stored = stored(type, tensor, what);
    boolean external = tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
    double[] entries;
    if (external || tensor.hasRawData()) {
      long needed = (long) size * stored.bytes;
      ByteBuffer data =
          external
              ? external(tensor, needed, 8L * size, what)
              : raw(tensor.getRawData(), needed, 8L * size, what);
      entries = fill(size, i -> stored.raw.at(data, i));
    } else {
      if (stored.count != size) {
        throw Messages.refused(
            what
                + " of shape "
                + java.util.Arrays.toString(extents)
                + " has "
                + stored.count
                + " entries, expected "
                + size
                + "; the file is damaged");
      }
      budget.spend(what, 8.0 * size);
      entries = fill(size, stored.listed);
    }
    return Constant.of(stored.type, extents, entries);
  }

  private interface Raw {
    double at(ByteBuffer data, int index);
  }

  /** How a type is stored: bytes an entry, from raw bytes, and from its typed list. */
  private record Stored(
      Constant.Type type, int bytes, Raw raw, int count, IntToDoubleFunction listed) {}

  private static Stored stored(DataType type, TensorProto t, String what) {
    int ints = t.getInt32DataCount();
    IntToDoubleFunction fromInts = t::getInt32Data;
    Constant.Type integer = Constant.Type.INTEGER;
    switch (type == null ? DataType.UNDEFINED : type) {
      case FLOAT:
        return new Stored(
            Constant.Type.FLOAT32,
            4,
            (d, i) -> d.getFloat(4 * i),
            t.getFloatDataCount(),
            t::getFloatData);
      case DOUBLE:
        return new Stored(
            Constant.Type.FLOAT64,
            8,
            (d, i) -> d.getDouble(8 * i),
            t.getDoubleDataCount(),
            t::getDoubleData);
      case FLOAT16:
        return new Stored(
            Constant.Type.FLOAT16,
            2,
            (d, i) -> half(d.getShort(2 * i)),
            ints,
            i -> half(t.getInt32Data(i)));
      case BFLOAT16:
        return new Stored(
            Constant.Type.BFLOAT16,
            2,
            (d, i) -> Float.intBitsToFloat(d.getShort(2 * i) << 16),
            ints,
            i -> Float.intBitsToFloat(t.getInt32Data(i) << 16));
      case INT64:
        return new Stored(
            integer, 8, (d, i) -> d.getLong(8 * i), t.getInt64DataCount(), t::getInt64Data);
      case INT32:
        return new Stored(integer, 4, (d, i) -> d.getInt(4 * i), ints, fromInts);
      case INT16:
        return new Stored(integer, 2, (d, i) -> d.getShort(2 * i), ints, fromInts);
      case UINT16:
        return new Stored(integer, 2, (d, i) -> d.getShort(2 * i) & 0xffff, ints, fromInts);
      case INT8:
        return new Stored(integer, 1, (d, i) -> d.get(i), ints, fromInts);
      case UINT8:
        return new Stored(integer, 1, (d, i) -> d.get(i) & 0xff, ints, fromInts);
      case BOOL:
        return new Stored(
            Constant.Type.BOOLEAN, 1, (d, i) -> d.get(i) != 0 ? 1 : 0, ints, fromInts);
      case UINT32:
        return new Stored(
            integer,
            4,
            (d, i) -> d.getInt(4 * i) & 0xffffffffL,
            t.getUint64DataCount(),
            t::getUint64Data);
      default:
        throw Messages.refused(
            what
                + " has element type "
                + (type == null ? "number " + t.getDataType() : type)
                + ", expected a float, double, float16, bfloat16 or integer type; export the model"
                + " unquantized");
    }
  }

  private static double[] fill(int size, IntToDoubleFunction entry) {
    double[] entries = new double[size];
    for (int i = 0; i < size; i++) {
      entries[i] = entry.applyAsDouble(i);
    }
    return entries;
  }

  private static int[] extents(TensorProto tensor, String what) {
    Constant.requireAxes(tensor.getDimsCount());
    int[] extents = new int[tensor.getDimsCount()];
    for (int axis = 0; axis < extents.length; axis++) {
      long extent = tensor.getDims(axis);
      if (extent < 0 || extent > Integer.MAX_VALUE) {
        throw Messages.refused(
            what
                + " has extent "
                + extent
                + ", expected 0 to "
                + Integer.MAX_VALUE
                + "; the file is damaged");
      }
      extents[axis] = (int) extent;
    }
    return extents;
  }

  private static int size(int[] extents, String what) {
    long size = 1;
    for (int extent : extents) {
      size = extent == 0 ? 0 : size * extent;
      if (size > Integer.MAX_VALUE - 16) {
        throw Messages.refused(
            what
                + " has shape "
                + java.util.Arrays.toString(extents)
                + ", more than "
                + (Integer.MAX_VALUE - 16)
                + " entries; no layer here is that large");
      }
    }
    return (int) size;
  }

  private ByteBuffer raw(ByteString data, long needed, long decoded, String what) {
    if (data.size() != needed) {
      throw Messages.refused(
          what
              + " has "
              + data.size()
              + " bytes of data, expected "
              + needed
              + "; the file is damaged");
    }
    budget.spend(what, decoded);
    return data.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  private ByteBuffer external(TensorProto tensor, long needed, long decoded, String what) {
    String location = entry(tensor, "location", null);
    if (location == null) {
      throw Messages.refused(what + " lies in external data without a location; export it anew");
    }
    Path file = confined(location, what);
    try (FileChannel channel = FileChannel.open(file)) {
      long offset = number(entry(tensor, "offset", "0"), "offset", what);
      long available = channel.size();
      long length =
          number(
              entry(tensor, "length", String.valueOf(Math.max(0, available - offset))),
              "length",
              what);
      if (length != needed) {
        throw Messages.refused(
            what
                + " has "
                + length
                + " bytes in external data "
                + Messages.quoted(location)
                + ", expected "
                + needed
                + "; the files do not belong together");
      }
      if (offset > available || length > available - offset) {
        throw Messages.refused(
            what
                + " ends at byte "
                + offset
                + " + "
                + length
                + " of external data "
                + Messages.quoted(location)
                + ", which has "
                + available
                + " bytes; copy that file completely");
      }
      if (needed > Integer.MAX_VALUE - 16) {
        throw Messages.refused(
            what
                + " has "
                + needed
                + " bytes, expected less than 2 GiB; no layer here is that large");
      }
      if (counted.add(file.toRealPath())) {
        budget.extend(available);
      }
      budget.spend(what, (double) needed + decoded);
      ByteBuffer data = ByteBuffer.allocate((int) needed).order(ByteOrder.LITTLE_ENDIAN);
      while (data.hasRemaining()) {
        if (channel.read(data, offset + data.position()) < 0) {
          throw new EOFException("it became shorter while it was read");
        }
      }
      return data;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + Reason.of(e), e);
    }
  }

  /** The file of that relative name, inside the model's folder even after links are followed. */
  private Path confined(String location, String what) {
    String outside =
        what
            + " lies in external data "
            + Messages.quoted(location)
            + ", outside the model's folder; put it in the model's folder";
    Path file;
    try {
      file = folder.resolve(location).normalize();
    } catch (InvalidPathException e) {
      throw Messages.refused(
          what + " lies in external data " + Messages.quoted(location) + ", which is no file name");
    }
    if (Path.of(location).isAbsolute() || !file.startsWith(folder.normalize())) {
      throw Messages.refused(outside);
    }
    if (!Files.isRegularFile(file)) {
      throw Messages.refused(
          what
              + " lies in external data "
              + Messages.quoted(location)
              + ", which is missing; put that file in the model's folder or export the model with"
              + " its weights inside");
    }
    try {
      if (!file.toRealPath().startsWith(folder.toRealPath())) {
        throw Messages.refused(outside);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + Reason.of(e), e);
    }
    return file;
  }

  private static String entry(TensorProto tensor, String key, String otherwise) {
    for (StringStringEntryProto entry : tensor.getExternalDataList()) {
      if (entry.getKey().equals(key)) {
        return entry.getValue();
      }
    }
    return otherwise;
  }

  private static long number(String text, String key, String what) {
    try {
      long value = Long.parseLong(text);
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw Messages.refused(
        what
            + " has "
            + key
            + " "
            + Messages.quoted(text)
            + " in external data, expected a number of bytes");
  }

  /** IEEE 754 binary16. */
  static float half(int bits) {
    int sign = bits << 16 & 0x80000000;
    int exponent = bits >> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    if (exponent == 0) {
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    int widened = exponent == 0x1f ? 0xff : exponent + 112;
    return Float.intBitsToFloat(sign | widened << 23 | fraction << 13);
  }
}
