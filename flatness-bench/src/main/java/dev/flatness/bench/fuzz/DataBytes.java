package dev.flatness.bench.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Well-formed data files of a few samples. */
final class DataBytes {
  private DataBytes() {}

  /** An array of doubles, or of labels from 0 to 2. */
  static byte[] npy(Random random, boolean labels, int... extents) {
    StringBuilder shape = new StringBuilder();
    int size = 1;
    for (int extent : extents) {
      shape.append(extent).append(", ");
      size *= extent;
    }
    String header =
        "{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }\n"
            .formatted(labels ? "<i8" : "<f8", random.nextInt(4) == 0 ? "True" : "False", shape);
    ByteBuffer out =
        ByteBuffer.allocate(10 + header.length() + 8 * size).order(ByteOrder.LITTLE_ENDIAN);
    out.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    out.putShort((short) header.length());
    out.put(header.getBytes(StandardCharsets.US_ASCII));
    for (int i = 0; i < size; i++) {
      if (labels) {
        out.putLong(random.nextInt(3));
      } else {
        out.putDouble(random.nextDouble());
      }
    }
    return out.array();
  }

  /** Inputs and labels, stored or deflated. */
  static byte[] npz(byte[] x, byte[] y, boolean deflated) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (int i = 0; i < 2; i++) {
        byte[] array = i == 0 ? x : y;
        ZipEntry entry = new ZipEntry(i == 0 ? "x.npy" : "y.npy");
        if (!deflated) {
          java.util.zip.CRC32 crc = new java.util.zip.CRC32();
          crc.update(array);
          entry.setMethod(ZipEntry.STORED);
          entry.setSize(array.length);
          entry.setCrc(crc.getValue());
        }
        zip.putNextEntry(entry);
        zip.write(array);
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** Bytes from 0 to 2 as an IDX array. */
  static byte[] idx(Random random, int... extents) {
    int size = 1;
    for (int extent : extents) {
      size *= extent;
    }
    ByteBuffer out = ByteBuffer.allocate(4 + 4 * extents.length + size);
    out.put(new byte[] {0, 0, 8, (byte) extents.length});
    for (int extent : extents) {
      out.putInt(extent);
    }
    for (int i = 0; i < size; i++) {
      out.put((byte) random.nextInt(3));
    }
    return out.array();
  }

  static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  static byte[] cifar(Random random) {
    byte[] records = new byte[2 * 3073];
    random.nextBytes(records);
    records[0] = (byte) random.nextInt(10);
    records[3073] = (byte) random.nextInt(10);
    return records;
  }

  static String csv(Random random) {
    StringBuilder text = new StringBuilder(random.nextBoolean() ? "a,b,c,d,label\n" : "");
    for (int i = 0; i < 5; i++) {
      for (int j = 0; j < 4; j++) {
        text.append(random.nextInt(3) == 0 ? "\"0.5\"" : random.nextDouble()).append(',');
      }
      text.append(random.nextInt(3)).append(random.nextBoolean() ? "\r\n" : "\n");
    }
    return text.toString();
  }
}
