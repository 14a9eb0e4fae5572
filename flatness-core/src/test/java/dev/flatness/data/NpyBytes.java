package dev.flatness.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A minimal writer of .npy and .npz, independent of the reader. */
final class NpyBytes {
  private NpyBytes() {}

  /** An array of format version 1. */
  static byte[] npy(String descr, boolean columnMajor, byte[] elements, int... shape) {
    String extents =
        Arrays.stream(shape).mapToObj(extent -> extent + ",").collect(Collectors.joining(" "));
    return npy(
        1,
        "{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }"
            .formatted(descr, columnMajor ? "True" : "False", extents),
        elements);
  }

  static byte[] npy(int version, String header, byte[] elements) {
    byte[] text = (header + "\n").getBytes(StandardCharsets.UTF_8);
    ByteBuffer out =
        ByteBuffer.allocate(12 + text.length + elements.length).order(ByteOrder.LITTLE_ENDIAN);
    out.put(Fixtures.bytes(0x93, 'N', 'U', 'M', 'P', 'Y', version, 0));
    if (version == 1) {
      out.putShort((short) text.length);
    } else {
      out.putInt(text.length);
    }
    out.put(text).put(elements);
    return Arrays.copyOf(out.array(), out.position());
  }

  static byte[] doubles(double... values) {
    ByteBuffer out = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      out.putDouble(value);
    }
    return npy("<f8", false, out.array(), values.length);
  }

  static byte[] doubles(double[] values, int... shape) {
    ByteBuffer out = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      out.putDouble(value);
    }
    return npy("<f8", false, out.array(), shape);
  }

  static byte[] labels(int... values) {
    ByteBuffer out = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      out.putLong(value);
    }
    return npy("<i8", false, out.array(), values.length);
  }

  /** Inputs x and targets y, stored. */
  static byte[] npz(byte[] x, byte[] y) {
    return npz(false, new String[] {"x.npy", "y.npy"}, x, y);
  }

  static byte[] npz(String key, byte[] array) {
    return npz(false, new String[] {key + ".npy"}, array);
  }

  static byte[] npz(boolean deflated, String[] names, byte[]... arrays) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (int i = 0; i < names.length; i++) {
        ZipEntry entry = new ZipEntry(names[i]);
        if (!deflated) {
          CRC32 crc = new CRC32();
          crc.update(arrays[i]);
          entry.setMethod(ZipEntry.STORED);
          entry.setSize(arrays[i].length);
          entry.setCrc(crc.getValue());
        }
        zip.putNextEntry(entry);
        zip.write(arrays[i]);
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
