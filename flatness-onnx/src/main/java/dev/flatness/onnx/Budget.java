package dev.flatness.onnx;

import dev.flatness.internal.text.Memory;

/**
 * What one file may make the reader allocate: a multiple of its bytes and of those of its external
 * data, and a constant for what shape computations and expanded constants honestly need. Everything
 * that is made of the file is taken from one sum, so that many small requests are bounded as one
 * large one is.
 */
final class Budget {
  /**
   * Bytes per byte of the file: entries of two bytes become doubles, and are copied a few times.
   */
  static final long FACTOR = 16;

  /** Bytes that any file may take. */
  static final long ANY = 256L << 20;

  private final long heap;
  private long fileBytes;
  private long spent;

  /**
   * Starts with nothing spent.
   *
   * @param fileBytes the bytes of the model's file
   * @param heap the bytes of the Java heap, of which the constants may take half
   */
  Budget(long fileBytes, long heap) {
    this.fileBytes = fileBytes;
    this.heap = heap;
  }

  /** A file of external data is read, too. */
  void extend(long bytes) {
    fileBytes = bytes > Long.MAX_VALUE / FACTOR / 2 - fileBytes ? fileBytes : fileBytes + bytes;
  }

  private long limit() {
    return Math.min(FACTOR * fileBytes + Math.min(ANY, heap / 4), heap / 2);
  }

  /** Takes bytes before they are allocated, or refuses them in the name of who needs them. */
  void spend(String who, double bytes) {
    if (!(spent + bytes <= limit())) {
      boolean small = limit() == heap / 2;
      throw Messages.refused(
          who
              + " takes "
              + Memory.needed(bytes)
              + " of memory beside "
              + Memory.needed(spent)
              + " for what was read before; a file of "
              + Memory.needed(fileBytes)
              + ", external data included, may take "
              + Memory.available(limit())
              + (small
                  ? ", half of the Java heap; " + Memory.MORE_HEAP
                  : "; check the shapes, and store large constants in the file or in external data"));
    }
    spent += (long) bytes;
  }

  /** The bytes taken. */
  long spent() {
    return spent;
  }
}
