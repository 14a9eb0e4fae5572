package dev.flatness.data;

import dev.flatness.data.Dataset.TargetKind;
import dev.flatness.tensor.Shape;
import java.nio.file.Path;

/** CIFAR-10's binary version: a label byte, then 1,024 red, green and blue pixels each. */
final class Cifar10Reader {
  private static final int RECORD = 3073;
  private static final int CLASSES = 10;

  private Cifar10Reader() {}

  static Samples read(Path file) {
    Bytes bytes = Bytes.of(file);
    try {
      long count = bytes.length() / RECORD;
      if (bytes.length() == 0 || bytes.length() % RECORD != 0 || count > Integer.MAX_VALUE) {
        throw Refusal.of(
            file,
            "has "
                + bytes.length()
                + " bytes, expected a multiple of "
                + RECORD
                + ", the size of a CIFAR-10 record",
            "give a file of the binary version of CIFAR-10");
      }
      StoredArray labels =
          new StoredArray(bytes, ElementType.UINT8, (int) count, Shape.of(1), 0, RECORD, false);
      requireLabels(file, labels);
      StoredArray pixels =
          new StoredArray(
              bytes, ElementType.UINT8, (int) count, Shape.of(3, 32, 32), 1, RECORD, false);
      return new Samples(file, pixels, labels, TargetKind.LABELS, true, bytes);
    } catch (RuntimeException e) {
      bytes.close();
      throw e;
    }
  }

  private static void requireLabels(Path file, StoredArray labels) {
    double[] chunk = new double[1024];
    for (int first = 0; first < labels.count(); first += chunk.length) {
      int count = Math.min(chunk.length, labels.count() - first);
      labels.read(first, count, chunk);
      for (int i = 0; i < count; i++) {
        if (chunk[i] >= CLASSES) {
          throw Refusal.of(
              file,
              "has the label byte "
                  + (int) chunk[i]
                  + " in record "
                  + (first + i)
                  + ", expected 0 to 9",
              "give a file of the binary version of CIFAR-10");
        }
      }
    }
  }
}
