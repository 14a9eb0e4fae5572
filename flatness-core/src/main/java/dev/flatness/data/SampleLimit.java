package dev.flatness.data;

import dev.flatness.internal.text.Memory;

/**
 * How many numbers one sample of a file may have. A sample is held a few times as doubles while it
 * is read, checked and moved into place, so it may take a thirty-second of the heap.
 */
final class SampleLimit {
  private static final int SHARE = 32;

  private SampleLimit() {}

  /** Refuses an array before anything of its size is allocated or unpacked. */
  static void require(Object file, long numbers) {
    require(file, numbers, Runtime.getRuntime().maxMemory());
  }

  static void require(Object file, long numbers, long heap) {
    long most = heap / SHARE;
    if (numbers > most) {
      throw Refusal.of(
          file,
          "has samples of "
              + numbers
              + " numbers, but a Java heap of "
              + Memory.available(heap)
              + " takes at most "
              + most,
          "check that samples are along the first axis, or " + Memory.MORE_HEAP);
    }
  }
}
