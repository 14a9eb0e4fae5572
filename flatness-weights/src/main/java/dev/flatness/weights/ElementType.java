package dev.flatness.weights;

import dev.flatness.tensor.Tensor;
import java.nio.ByteBuffer;

/** How one number is stored. */
enum ElementType {
  FLOAT64(8),
  FLOAT32(4),
  FLOAT16(2),
  BFLOAT16(2),
  /** A whole number or a truth value: a counter, no parameter. */
  WHOLE(1);

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  int bytes() {
    return bytes;
  }

  /** What an entry takes once it is read. */
  int decodedBytes() {
    return this == FLOAT64 ? 8 : 4;
  }

  /** The entries at these positions, which the caller has checked. */
  Tensor decode(ByteBuffer from, Positions positions, int... extents) {
    int size = positions.size();
    if (this == FLOAT64) {
      double[] entries = new double[size];
      for (int i = 0; i < size; i++) {
        entries[i] = from.getDouble(8 * positions.next());
      }
      return Tensor.of(entries, extents);
    }
    float[] entries = new float[size];
    for (int i = 0; i < size; i++) {
      int at = bytes * positions.next();
      entries[i] =
          switch (this) {
            case FLOAT16 -> half(from.getShort(at));
            case BFLOAT16 -> Float.intBitsToFloat(from.getShort(at) << 16);
            default -> from.getFloat(at);
          };
    }
    return Tensor.of(entries, extents);
  }

  /** IEEE 754 binary16, exact in a float. */
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
