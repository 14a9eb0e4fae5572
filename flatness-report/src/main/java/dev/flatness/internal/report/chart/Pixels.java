package dev.flatness.internal.report.chart;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.Adler32;
import java.util.zip.CRC32;

/** Small images inside SVG: PNG without compression, so that the bytes are the same everywhere. */
final class Pixels {
  private static final long SIGNATURE = 0x89504e470d0a1a0aL;
  private static final int MOST_STORED = 65_535;

  private Pixels() {}

  /**
   * Writes shades as a data address.
   *
   * @param shares {@code shares[column][row]}, rows from above
   */
  static String address(double[][] shares) {
    try {
      return "data:image/png;base64," + Base64.getEncoder().encodeToString(png(shares));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private static byte[] png(double[][] shares) throws IOException {
    int width = shares.length;
    int height = shares[0].length;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream png = new DataOutputStream(bytes);
    png.writeLong(SIGNATURE);
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    DataOutputStream fields = new DataOutputStream(header);
    fields.writeInt(width);
    fields.writeInt(height);
    // Eight bits for each of red, green and blue; no interlacing.
    fields.write(new byte[] {8, 2, 0, 0, 0});
    chunk(png, "IHDR", header.toByteArray());
    byte[] rows = new byte[height * (1 + 3 * width)];
    int at = 0;
    for (int row = 0; row < height; row++) {
      rows[at++] = 0;
      for (int column = 0; column < width; column++) {
        int color = Colors.shade(shares[column][row]);
        rows[at++] = (byte) (color >> 16);
        rows[at++] = (byte) (color >> 8);
        rows[at++] = (byte) color;
      }
    }
    chunk(png, "IDAT", stored(rows));
    chunk(png, "IEND", new byte[0]);
    return bytes.toByteArray();
  }

  private static void chunk(DataOutputStream png, String name, byte[] data) throws IOException {
    byte[] type = name.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(type);
    crc.update(data);
    png.writeInt(data.length);
    png.write(type);
    png.write(data);
    png.writeInt((int) crc.getValue());
  }

  /** A zlib stream of blocks that are stored as they are. */
  private static byte[] stored(byte[] data) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream zlib = new DataOutputStream(bytes);
    zlib.writeShort(0x7801);
    for (int from = 0; from < data.length; from += MOST_STORED) {
      int length = Math.min(MOST_STORED, data.length - from);
      zlib.writeByte(from + length == data.length ? 1 : 0);
      zlib.writeShort(Short.reverseBytes((short) length));
      zlib.writeShort(Short.reverseBytes((short) ~length));
      zlib.write(data, from, length);
    }
    Adler32 sum = new Adler32();
    sum.update(data);
    zlib.writeInt((int) sum.getValue());
    return bytes.toByteArray();
  }
}
