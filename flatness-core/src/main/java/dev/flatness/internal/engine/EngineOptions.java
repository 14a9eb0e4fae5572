package dev.flatness.internal.engine;

import dev.flatness.internal.text.Memory;
import dev.flatness.linalg.Gemm;
import dev.flatness.tensor.Precision;

/**
 * How an engine runs.
 *
 * @param precision the arithmetic
 * @param threads the number of workers
 * @param batchSize the samples per chunk, 0 to choose
 * @param cacheBytes how many bytes of converted inputs may be kept
 * @param activationBytes how many bytes of primal passes may be kept
 * @param memoryBytes how many bytes the engine may take in all: up to two thirds for the workers'
 *     buffers, up to a sixth for inputs, and for primal passes what is left
 * @param gemm the matrix products
 * @param firstSample the number in the whole dataset of the engine's first sample, 0 unless it
 *     holds a shard
 */
public record EngineOptions(
    Precision precision,
    int threads,
    int batchSize,
    long cacheBytes,
    long activationBytes,
    long memoryBytes,
    Gemm gemm,
    int firstSample) {
  /** What a chunk should stay in: about a worker's share of the caches. */
  private static final long CACHED_BYTES = 12L << 20;

  /** What a chunk may take where the network is so wide that few samples fill the caches. */
  private static final long MOST_BYTES = 512L << 20;

  /** Rows of samples shorter than this leave vector units idle. */
  private static final int LEAST_COLUMNS = 16;

  private static final int MOST_COLUMNS = 256;

  /**
   * The samples per chunk for a frame of this many numbers per sample: a function of network,
   * precision, block and batch size alone, never of threads or memory.
   */
  public int columns(long numbersPerSample, int samples) {
    int columns = batchSize;
    if (columns == 0) {
      long bytes = numbersPerSample * precision.bytes();
      long fit = Math.max(LEAST_COLUMNS, CACHED_BYTES / bytes / LEAST_COLUMNS * LEAST_COLUMNS);
      columns = (int) Math.max(1, Math.min(Math.min(MOST_COLUMNS, fit), MOST_BYTES / bytes));
    }
    // Every buffer is one array; a convolution's patches are the only one larger than a sample's
    // numbers.
    long addressable = Math.max(1, Integer.MAX_VALUE / (16 * numbersPerSample));
    return (int) Math.min(Math.min(columns, samples), addressable);
  }

  /** Bytes of the workers' buffers. */
  public long bufferBytes() {
    return memoryBytes / 3 * 2;
  }

  /** Bytes of converted inputs. */
  public long inputBytes() {
    return Math.min(cacheBytes, memoryBytes / 6);
  }

  /** Bytes of kept primal passes beside what else is in use. */
  public long primalBytes(long used) {
    return Math.max(0, Math.min(activationBytes, memoryBytes - used));
  }

  /** What to say of a pass that does not fit. */
  public String refusal(long need) {
    return "a pass over one sample at a time needs about "
        + Memory.needed(need)
        + ", but the share of memory for buffers is "
        + Memory.needed(bufferBytes())
        + "; raise --memory, in Java withMemoryBytes, which may be three quarters of the heap, or "
        + Memory.MORE_HEAP;
  }
}
