package dev.flatness.internal.engine64;

import dev.flatness.internal.engine.StorageLayout;
import dev.flatness.network.Node;

/**
 * An upper bound of the memory that workers take for passes of one kind, before any of it is
 * allocated.
 */
final class FrameSize {
  /** The closed forms' arrays of a dense layer beside its block of cotangents. */
  private static final int FORMS = 6;

  /** Other scratch arrays as long as the largest map. */
  private static final int SCRATCH = 4;

  private final int bytes;

  /** Numbers of the engine's precision, for each sample of a chunk and for a worker. */
  private final long perSample;

  private final long perWorker;

  /** Doubles. */
  private final long doublesPerSample;

  private final long doublesPerWorker;

  /**
   * Adds up the arrays of a frame.
   *
   * @param block directions, or columns of the loss's factor
   * @param tangents whether directions are pushed forward
   * @param resultLength the numbers that a worker adds up
   */
  FrameSize(NetworkEngine engine, int block, boolean tangents, int resultLength) {
    StorageLayout layout = engine.layout;
    this.bytes = engine.options.precision().bytes();
    long sample = engine.network.inputShape().size();
    for (int s = 0; s < layout.storages(); s++) {
      boolean pushed = tangents && s != StorageLayout.INPUT;
      sample += (long) layout.storageSize(s) * (1 + (pushed ? block : 0));
    }
    for (int s = 0; s < layout.slots(); s++) {
      sample += (long) layout.slotSize(s) * (1 + block);
    }
    long worker = 0;
    long largest = 0;
    long tile = 0;
    boolean forms = !tangents;
    for (Op op : engine.ops) {
      if (op == null) {
        continue;
      }
      largest = Math.max(largest, Math.max(op.features, op.inputFeatures));
      sample += 2L * op.features + (op instanceof MaxPoolOp pool ? pool.masks() : 0);
      if (op instanceof WeightOp layer) {
        long weights = (long) layer.d * layer.m;
        long blocks = weights * (2 + 3L * block);
        worker = Math.max(worker, blocks + layer.fixedScratch(block));
      }
      if (op instanceof ConvolutionOp convolution) {
        tile = Math.max(tile, convolution.rowOfPatches());
        worker = Math.max(worker, forms ? convolution.allPatches() : 0);
      }
    }
    for (PassOp op : engine.fused) {
      if (op instanceof PooledConvolutionOp pooled) {
        sample += pooled.scratch(block) + pooled.features;
        worker += pooled.fixedScratch();
      }
    }
    sample += largest * (SCRATCH + (forms ? FORMS + block : 0)) + tile;
    Node out = engine.network.output();
    long outputs = out.shape().size();
    this.perSample = sample;
    this.perWorker = worker + ConvolutionOp.TILE + resultLength;
    this.doublesPerSample = engine.network.inputShape().size() + engine.targetSize();
    this.doublesPerWorker = resultLength + outputs * (4L + block);
  }

  /** Bytes of all workers. */
  long of(int workers, int columns) {
    return workers
        * (bytes * (perSample * columns + perWorker)
            + Double.BYTES * (doublesPerSample * columns + doublesPerWorker));
  }
}
