package dev.flatness.dl4j;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UTFDataFormatException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Reads the parameters that {@code Nd4j.write} wrote: a description of the shape, then the numbers,
 * each as allocation mode, length, type and entries, big-endian.
 */
final class Coefficients {
  private static final int BUFFER = 1 << 16;
  private static final int LONGEST_SHAPE = 3 + 2 * 32 + 1;

  private Coefficients() {}

  /**
   * Reads a row of numbers.
   *
   * <p>Nothing is allocated beyond what was read.
   *
   * @param in the bytes
   * @param expected how many numbers the configuration asks for
   * @throws IllegalArgumentException if there are others
   */
  static INDArray read(DataInputStream in, long expected) throws IOException {
    try {
      shape(in, expected);
      in.readUTF();
      long length = in.readLong();
      String type = in.readUTF();
      if (length != expected) {
        throw wrong(length, expected);
      }
      int bytes =
          switch (type) {
            case "FLOAT" -> Float.BYTES;
            case "DOUBLE" -> Double.BYTES;
            default ->
                throw new IllegalArgumentException(
                    "coefficients.bin holds numbers of type "
                        + Text.quoted(type)
                        + ", expected FLOAT or DOUBLE; convert the model in DL4J first:"
                        + " model.convertDataType(DataType.FLOAT)");
          };
      return bytes == Float.BYTES ? floats(in, (int) length) : doubles(in, (int) length);
    } catch (EOFException | UTFDataFormatException e) {
      throw new IllegalArgumentException(
          "coefficients.bin is damaged or ends too early; save or download the model again", e);
    }
  }

  private static void shape(DataInputStream in, long expected) throws IOException {
    in.readUTF();
    long length = in.readLong();
    String type = in.readUTF();
    if (!type.equals("LONG") || length < 4 || length > LONGEST_SHAPE) {
      throw new IllegalArgumentException(
          "coefficients.bin does not begin with the shape of an array; it is damaged, or was saved"
              + " by a DL4J before 1.0.0: open and save it again with 1.0.0-M2.1");
    }
    long[] entries = new long[(int) length];
    for (int i = 0; i < entries.length; i++) {
      entries[i] = in.readLong();
    }
    long size = 1;
    for (int i = 1; i <= entries[0] && i < entries.length; i++) {
      size = entries[i] < 0 || size > Integer.MAX_VALUE ? -1 : size * entries[i];
    }
    if (entries[0] < 1 || entries[0] > 2 || size != expected) {
      throw wrong(size, expected);
    }
  }

  private static IllegalArgumentException wrong(long found, long expected) {
    return new IllegalArgumentException(
        "coefficients.bin holds "
            + found
            + " parameters, but the configuration has "
            + expected
            + "; the file is damaged or put together from two models");
  }

  private static INDArray floats(DataInputStream in, int length) throws IOException {
    float[] values = new float[Math.min(length, BUFFER)];
    byte[] buffer = new byte[BUFFER * Float.BYTES];
    for (int read = 0; read < length; ) {
      int count = Math.min(BUFFER, length - read);
      in.readFully(buffer, 0, count * Float.BYTES);
      if (read + count > values.length) {
        values = Arrays.copyOf(values, larger(values.length, length));
      }
      ByteBuffer.wrap(buffer).asFloatBuffer().get(values, read, count);
      read += count;
    }
    return Nd4j.createFromArray(values).reshape(1, length);
  }

  private static INDArray doubles(DataInputStream in, int length) throws IOException {
    double[] values = new double[Math.min(length, BUFFER)];
    byte[] buffer = new byte[BUFFER * Double.BYTES];
    for (int read = 0; read < length; ) {
      int count = Math.min(BUFFER, length - read);
      in.readFully(buffer, 0, count * Double.BYTES);
      if (read + count > values.length) {
        values = Arrays.copyOf(values, larger(values.length, length));
      }
      ByteBuffer.wrap(buffer).asDoubleBuffer().get(values, read, count);
      read += count;
    }
    return Nd4j.createFromArray(values).reshape(1, length);
  }

  private static int larger(int now, int length) {
    return (int) Math.min(length, 2L * now);
  }
}
