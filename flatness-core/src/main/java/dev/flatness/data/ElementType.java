package dev.flatness.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How one number is stored.
 *
 * @param kind i signed, u unsigned, f floating point, b boolean
 * @param bytes its size
 * @param order its byte order
 */
record ElementType(char kind, int bytes, ByteOrder order) {
  static final ElementType UINT8 = new ElementType('u', 1, ByteOrder.BIG_ENDIAN);
  static final ElementType FLOAT64 = new ElementType('f', 8, ByteOrder.BIG_ENDIAN);

  /** Integers and booleans can be labels. */
  boolean isWhole() {
    return kind != 'f';
  }

  boolean isInteger() {
    return kind == 'i' || kind == 'u';
  }

  /** Decodes consecutive elements into every {@code step}-th entry from {@code at} on. */
  void decode(byte[] from, int offset, int count, double[] into, int at, int step) {
    if (kind == 'u' && bytes == 1) {
      // by far the most common: the bytes of images
      for (int i = 0; i < count; i++) {
        into[at + i * step] = from[offset + i] & 0xff;
      }
      return;
    }
    ByteBuffer source = ByteBuffer.wrap(from).order(order);
    switch (kind) {
      case 'f' -> decodeFloats(source, offset, count, into, at, step);
      case 'i' -> decodeSigned(source, offset, count, into, at, step);
      default -> decodeUnsigned(source, offset, count, into, at, step);
    }
  }

  private void decodeFloats(
      ByteBuffer from, int offset, int count, double[] into, int at, int step) {
    for (int i = 0; i < count; i++) {
      int position = offset + i * bytes;
      into[at + i * step] =
          switch (bytes) {
            case 2 -> half(from.getShort(position));
            case 4 -> from.getFloat(position);
            default -> from.getDouble(position);
          };
    }
  }

  private void decodeSigned(
      ByteBuffer from, int offset, int count, double[] into, int at, int step) {
    for (int i = 0; i < count; i++) {
      int position = offset + i * bytes;
      into[at + i * step] =
          switch (bytes) {
            case 1 -> from.get(position);
            case 2 -> from.getShort(position);
            case 4 -> from.getInt(position);
            default -> from.getLong(position);
          };
    }
  }

  private void decodeUnsigned(
      ByteBuffer from, int offset, int count, double[] into, int at, int step) {
    for (int i = 0; i < count; i++) {
      int position = offset + i * bytes;
      into[at + i * step] =
          switch (bytes) {
            case 1 -> from.get(position) & 0xff;
            case 2 -> from.getShort(position) & 0xffff;
            case 4 -> from.getInt(position) & 0xffffffffL;
            default -> unsigned(from.getLong(position));
          };
    }
  }

  /** Above 2⁶³ halved with the lost bit kept sticky, so that doubling rounds once. */
  private static double unsigned(long bits) {
    return bits >= 0 ? bits : 2.0 * ((bits >>> 1) | (bits & 1));
  }

  /** IEEE 754 binary16, exact in a double. */
  static double half(short bits) {
    int exponent = (bits >>> 10) & 0x1f;
    int fraction = bits & 0x3ff;
    double magnitude;
    if (exponent == 0) {
      magnitude = fraction * 0x1p-24;
    } else if (exponent == 31) {
      magnitude = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
    } else {
      magnitude = Math.scalb(1024.0 + fraction, exponent - 25);
    }
    return bits < 0 ? -magnitude : magnitude;
  }

  /** The name in numpy's terms, for messages. */
  @Override
  public String toString() {
    return switch (kind) {
      case 'f' -> "float" + 8 * bytes;
      case 'i' -> "int" + 8 * bytes;
      case 'u' -> "uint" + 8 * bytes;
      default -> "bool";
    };
  }
}
