package dev.flatness.data;

import dev.flatness.tensor.Shape;

/**
 * Samples of one element type at regular places in a file, decoded as they are read.
 *
 * <p>Row-major samples lie {@code stride} bytes apart, which may be more than a sample is long
 * (labels between them). In column-major arrays the sample axis runs fastest, and a sample's
 * elements lie {@code count} elements apart.
 *
 * @param bytes where they are
 * @param type one element
 * @param count the number of samples
 * @param sample the shape of one sample
 * @param start the first byte
 * @param stride bytes from one sample to the next, for row-major arrays
 * @param columnMajor Fortran order
 */
record StoredArray(
    Bytes bytes,
    ElementType type,
    int count,
    Shape sample,
    long start,
    long stride,
    boolean columnMajor) {

  void read(int first, int samples, double[] into) {
    if (columnMajor) {
      readColumnMajor(first, samples, into);
    } else if (stride == sampleBytes()) {
      readRun(start + first * stride, samples * sample.size(), into, 0);
    } else {
      readInterleaved(first, samples, into);
    }
  }

  private long sampleBytes() {
    return (long) sample.size() * type.bytes();
  }

  private void readRun(long position, int elements, double[] into, int at) {
    int most = Bytes.BLOCK / type.bytes();
    byte[] block = new byte[Math.min(elements, most) * type.bytes()];
    for (int done = 0; done < elements; done += most) {
      int now = Math.min(most, elements - done);
      bytes.read(position + (long) done * type.bytes(), block, 0, now * type.bytes());
      type.decode(block, 0, now, into, at + done, 1);
    }
  }

  /** Whole records at a time; long ones sample by sample. */
  private void readInterleaved(int first, int samples, double[] into) {
    int size = sample.size();
    int most = (int) (Bytes.BLOCK / stride);
    if (most < 2) {
      for (int i = 0; i < samples; i++) {
        readRun(start + (first + (long) i) * stride, size, into, i * size);
      }
      return;
    }
    byte[] block = new byte[(int) ((Math.min(samples, most) - 1) * stride + sampleBytes())];
    for (int done = 0; done < samples; done += most) {
      int now = Math.min(most, samples - done);
      int length = (int) ((now - 1) * stride + sampleBytes());
      bytes.read(start + (first + (long) done) * stride, block, 0, length);
      for (int i = 0; i < now; i++) {
        type.decode(block, (int) (i * stride), size, into, (done + i) * size, 1);
      }
    }
  }

  private void readColumnMajor(int first, int samples, double[] into) {
    int size = sample.size();
    int rank = sample.rank();
    int most = Bytes.BLOCK / type.bytes();
    byte[] block = new byte[Math.min(samples, most) * type.bytes()];
    int[] index = new int[rank];
    for (int element = 0; element < size; element++) {
      int at = 0;
      for (int axis = 0; axis < rank; axis++) {
        at = at * sample.extent(axis) + index[axis];
      }
      long position = start + (first + (long) element * count) * type.bytes();
      for (int done = 0; done < samples; done += most) {
        int now = Math.min(most, samples - done);
        bytes.read(position + (long) done * type.bytes(), block, 0, now * type.bytes());
        type.decode(block, 0, now, into, done * size + at, size);
      }
      for (int axis = 0; axis < rank && ++index[axis] == sample.extent(axis); axis++) {
        index[axis] = 0;
      }
    }
  }
}
