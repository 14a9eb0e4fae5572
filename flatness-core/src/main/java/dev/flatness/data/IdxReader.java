package dev.flatness.data;

import dev.flatness.tensor.Shape;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** IDX arrays: two zero bytes, element type, number of axes, big-endian extents, elements. */
final class IdxReader {
  private static final int MAX_AXES = 8;
  private static final String DAMAGED = "the file is truncated or damaged, copy it again";

  private IdxReader() {}

  static boolean isMagic(byte[] start) {
    return start.length >= 4
        && start[0] == 0
        && start[1] == 0
        && type(start[2]) != null
        && start[3] >= 1
        && start[3] <= MAX_AXES;
  }

  private static @Nullable ElementType type(int code) {
    return switch (code) {
      case 0x08 -> ElementType.UINT8;
      case 0x09 -> new ElementType('i', 1, ByteOrder.BIG_ENDIAN);
      case 0x0B -> new ElementType('i', 2, ByteOrder.BIG_ENDIAN);
      case 0x0C -> new ElementType('i', 4, ByteOrder.BIG_ENDIAN);
      case 0x0D -> new ElementType('f', 4, ByteOrder.BIG_ENDIAN);
      case 0x0E -> ElementType.FLOAT64;
      default -> null;
    };
  }

  /** Reads the array of a file, gzip or not; closing the array's bytes closes what was opened. */
  static StoredArray read(Path file) {
    Bytes bytes = Bytes.of(file);
    try {
      byte[] start = new byte[(int) Math.min(2, bytes.length())];
      bytes.read(0, start, 0, start.length);
      if (start.length == 2 && start[0] == 0x1f && start[1] == (byte) 0x8b) {
        StoredArray unpacked = unpack(file, bytes);
        bytes.close();
        return unpacked;
      }
      Header header = Header.read(bytes.stream(0), file);
      if (bytes.length() != header.start + header.dataLength) {
        throw Refusal.of(
            file,
            "has "
                + bytes.length()
                + " bytes, but its IDX header of shape "
                + Arrays.toString(header.extents)
                + " makes "
                + (header.start + header.dataLength),
            DAMAGED);
      }
      return header.array(bytes, header.start);
    } catch (IOException e) {
      bytes.close();
      throw Refusal.of(file, "cannot be read (" + e.getMessage() + ")", DAMAGED, e);
    } catch (RuntimeException e) {
      bytes.close();
      throw e;
    }
  }

  private static StoredArray unpack(Path file, Bytes bytes) {
    try (InputStream in = new GZIPInputStream(bytes.stream(0), Bytes.BLOCK)) {
      Header header = Header.read(in, file);
      if (header.dataLength / NpzReader.MAX_RATIO > bytes.length()) {
        throw Refusal.of(
            file,
            "has "
                + bytes.length()
                + " packed bytes, but its IDX header of shape "
                + Arrays.toString(header.extents)
                + " describes "
                + header.dataLength
                + ", which gzip cannot",
            DAMAGED);
      }
      Bytes data = NpzReader.unpack(in, header.dataLength, file);
      if (in.read() >= 0) {
        data.close();
        throw Refusal.of(
            file,
            "goes on beyond the "
                + header.dataLength
                + " bytes of elements that its IDX header describes",
            DAMAGED);
      }
      return header.array(data, 0);
    } catch (EOFException | ZipException e) {
      throw Refusal.of(file, "its gzip data end early or are damaged", DAMAGED, e);
    } catch (IOException e) {
      throw Refusal.of(file, "cannot be unpacked (" + e.getMessage() + ")", DAMAGED, e);
    }
  }

  private record Header(ElementType type, int[] extents, int start, long dataLength) {
    static Header read(InputStream in, Path file) throws IOException {
      byte[] magic = in.readNBytes(4);
      if (!isMagic(magic)) {
        throw Refusal.of(
            file,
            "does not begin as an IDX array: two zero bytes, a type 08 09 0b 0c 0d or 0e, a number"
                + " of axes up to "
                + MAX_AXES,
            "give IDX images or labels, gzip or not");
      }
      byte[] sizes = in.readNBytes(4 * magic[3]);
      if (sizes.length < 4 * magic[3]) {
        throw Refusal.of(file, "ends inside its IDX header", DAMAGED);
      }
      int[] extents = new int[magic[3]];
      ElementType type = IdxReader.type(magic[2]);
      long elements = 1;
      for (int axis = 0; axis < extents.length; axis++) {
        extents[axis] = ByteBuffer.wrap(sizes).getInt(4 * axis);
        boolean fits = extents[axis] > 0 && elements <= Long.MAX_VALUE / 8 / extents[axis];
        if (!fits || axis > 0 && elements / extents[0] * extents[axis] > Integer.MAX_VALUE) {
          throw Refusal.of(
              file,
              "has an IDX header with extent "
                  + Integer.toUnsignedString(extents[axis])
                  + " at axis "
                  + axis
                  + ", expected at least 1 and less than 2³¹ numbers in a sample",
              DAMAGED);
        }
        elements *= extents[axis];
      }
      SampleLimit.require(file, elements / extents[0]);
      return new Header(
          Objects.requireNonNull(type), extents, 4 + sizes.length, elements * type.bytes());
    }

    StoredArray array(Bytes bytes, long start) {
      Shape sample =
          extents.length == 1
              ? Shape.of(1)
              : Shape.of(Arrays.copyOfRange(extents, 1, extents.length));
      return new StoredArray(
          bytes, type, extents[0], sample, start, (long) sample.size() * type.bytes(), false);
    }
  }
}
