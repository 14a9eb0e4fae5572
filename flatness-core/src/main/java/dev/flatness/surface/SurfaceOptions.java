package dev.flatness.surface;

import dev.flatness.tensor.Precision;

/**
 * How a network's loss surface is evaluated; no option but the precision and the batch size changes
 * a bit of the result. The limit of memory does only where it cannot hold a chunk of samples: the
 * chunk is then made smaller, and {@link NetworkSurface#notes} says so.
 *
 * @param precision the arithmetic; default float64
 * @param threads the number of threads, at most {@link #MOST_THREADS}; default all processors
 * @param batchSize the samples per chunk, 0 to choose from network, precision and block width;
 *     default 0
 * @param cacheBytes how many bytes of converted inputs may be kept between passes; default 512 MiB,
 *     beyond that the data are streamed
 * @param activationBytes how many bytes the nodes' values and the cotangents of the loss may take
 *     that are kept between curvature products at one point: a Hessian product then takes 6 units
 *     instead of 8, a Gauss–Newton product 4 instead of 5; where not all chunks fit, the first are
 *     kept; default 0, nothing is kept and memory does not grow with the samples
 * @param memoryBytes how many bytes of the heap the surface and solvers on it may take, see {@link
 *     #memoryLimit}; default no limit but the heap's
 * @param gemm the id of the matrix-product provider, {@code auto} for the best one found; default
 *     auto
 * @param inputsAreFeatures whether the inputs are features that another network makes; default no
 */
public record SurfaceOptions(
    Precision precision,
    int threads,
    int batchSize,
    long cacheBytes,
    long activationBytes,
    long memoryBytes,
    String gemm,
    boolean inputsAreFeatures) {
  /** The most threads; more than there are processors make nothing faster. */
  public static final int MOST_THREADS = 1024;

  /**
   * Checks the ranges.
   *
   * @param precision the arithmetic; default float64
   * @param threads the number of threads, at most {@link #MOST_THREADS}; default all processors
   * @param batchSize the samples per chunk, 0 to choose from network, precision and block width;
   *     default 0
   * @param cacheBytes how many bytes of converted inputs may be kept between passes; default 512
   *     MiB, beyond that the data are streamed
   * @param activationBytes how many bytes the nodes' values and the cotangents of the loss may take
   *     that are kept between curvature products at one point: a Hessian product then takes 6 units
   *     instead of 8, a Gauss–Newton product 4 instead of 5; where not all chunks fit, the first
   *     are kept; default 0, nothing is kept and memory does not grow with the samples
   * @param memoryBytes how many bytes of the heap the surface and solvers on it may take, see
   *     {@link #memoryLimit}; default no limit but the heap's
   * @param gemm the id of the matrix-product provider, {@code auto} for the best one found; default
   *     auto
   * @param inputsAreFeatures whether the inputs are features that another network makes; default no
   */
  public SurfaceOptions {
    if (threads < 1 || threads > MOST_THREADS) {
      throw new IllegalArgumentException(
          "the number of threads is " + threads + ", expected from 1 to " + MOST_THREADS);
    }
    if (batchSize < 0) {
      throw new IllegalArgumentException(
          "the batch size is " + batchSize + ", expected at least 1, or 0 to choose");
    }
    if (memoryBytes < 1) {
      throw new IllegalArgumentException(
          "the memory limit is " + memoryBytes + " bytes, expected at least 1");
    }
    if (cacheBytes < 0) {
      throw new IllegalArgumentException(
          "the cache is " + cacheBytes + " bytes, expected at least 0");
    }
    if (activationBytes < 0) {
      throw new IllegalArgumentException(
          "the cache of activations is " + activationBytes + " bytes, expected at least 0");
    }
  }

  /**
   * Returns the defaults.
   *
   * @return float64, all processors, chunks chosen, 512 MiB of cache, the best provider
   */
  public static SurfaceOptions withDefaults() {
    return new SurfaceOptions(
        Precision.FLOAT64,
        Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors()),
        0,
        512L << 20,
        0,
        Long.MAX_VALUE,
        "auto",
        false);
  }

  /**
   * Returns these options with another precision.
   *
   * @param arithmetic the precision
   * @return the changed copy
   */
  public SurfaceOptions withPrecision(Precision arithmetic) {
    return new SurfaceOptions(
        arithmetic,
        threads,
        batchSize,
        cacheBytes,
        activationBytes,
        memoryBytes,
        gemm,
        inputsAreFeatures);
  }

  /**
   * Returns these options with another number of threads.
   *
   * @param count the number
   * @return the changed copy
   */
  public SurfaceOptions withThreads(int count) {
    return new SurfaceOptions(
        precision,
        count,
        batchSize,
        cacheBytes,
        activationBytes,
        memoryBytes,
        gemm,
        inputsAreFeatures);
  }

  /**
   * Returns these options with another chunk.
   *
   * @param samples the samples per chunk
   * @return the changed copy
   */
  public SurfaceOptions withBatchSize(int samples) {
    return new SurfaceOptions(
        precision,
        threads,
        samples,
        cacheBytes,
        activationBytes,
        memoryBytes,
        gemm,
        inputsAreFeatures);
  }

  /**
   * Returns these options with another cache.
   *
   * @param bytes how many bytes of inputs may be kept
   * @return the changed copy
   */
  public SurfaceOptions withCacheBytes(long bytes) {
    return new SurfaceOptions(
        precision,
        threads,
        batchSize,
        bytes,
        activationBytes,
        memoryBytes,
        gemm,
        inputsAreFeatures);
  }

  /**
   * Returns these options with another cache of activations.
   *
   * @param bytes how many bytes may be kept between products at one point
   * @return the changed copy
   */
  public SurfaceOptions withActivationBytes(long bytes) {
    return new SurfaceOptions(
        precision, threads, batchSize, cacheBytes, bytes, memoryBytes, gemm, inputsAreFeatures);
  }

  /**
   * Returns these options with another provider of matrix products.
   *
   * @param id its id, or {@code auto}
   * @return the changed copy
   */
  public SurfaceOptions withGemm(String id) {
    return new SurfaceOptions(
        precision,
        threads,
        batchSize,
        cacheBytes,
        activationBytes,
        memoryBytes,
        id,
        inputsAreFeatures);
  }

  /**
   * Returns the memory that a surface with these options and solvers on it may take.
   *
   * <p>Formula: M = min(memoryBytes, ¾ heap). M/4 is for the vectors of solvers ({@link
   * #solverBytes}). Passes have the rest: at most two thirds of it for the buffers of workers, a
   * sixth for inputs, and what is left for activations. In float32 a third of what passes have
   * belongs to the surface in float64 ({@link NetworkSurface#inDouble}).
   *
   * @return M in bytes
   */
  public long memoryLimit() {
    return Math.min(memoryBytes, Runtime.getRuntime().maxMemory() / 4 * 3);
  }

  /**
   * Returns the memory that the vectors of an eigenvalue or trace solver may take.
   *
   * @return M/4 in bytes, see {@link #memoryLimit}
   */
  public long solverBytes() {
    return Math.max(1, memoryLimit() / 4);
  }

  /**
   * Returns these options with a limit of memory; it bounds all that grows with batch, threads,
   * samples and parameters, but not the network and the data source themselves.
   *
   * @param bytes the limit
   * @return the changed copy
   */
  public SurfaceOptions withMemoryBytes(long bytes) {
    return new SurfaceOptions(
        precision, threads, batchSize, cacheBytes, activationBytes, bytes, gemm, inputsAreFeatures);
  }

  /**
   * Returns these options for inputs that are features of another network, as for a last layer that
   * was saved alone with its inputs. The first layers' inputs then can be rescaled, too: {@code
   * relative-flatness-normalized} is defined for them. Changes no other number.
   *
   * @param features whether the inputs are features
   * @return the changed copy
   */
  public SurfaceOptions withInputsAreFeatures(boolean features) {
    return new SurfaceOptions(
        precision, threads, batchSize, cacheBytes, activationBytes, memoryBytes, gemm, features);
  }
}
