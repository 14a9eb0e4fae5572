package dev.flatness.internal.engine64;

import dev.flatness.internal.engine.EngineOptions;
import dev.flatness.internal.engine.Room;
import dev.flatness.internal.engine.StorageLayout;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the share of memory for buffers holds of a pass: fewer workers where not all fit, then fewer
 * samples at once, then fewer vectors at once; what does not fit then is refused.
 */
final class PassMemory {
  private final NetworkEngine engine;
  private final EngineOptions options;
  private final int samples;
  private final PackedWeights packedTheta;
  private final PackedWeights packedDirections;

  /** Bytes of the operations' own tables. */
  private final long tableBytes;

  private final Set<String> notes = new LinkedHashSet<>();

  /**
   * What a pass works with.
   *
   * @param block directions or cotangents at once
   * @param tangents whether directions are pushed forward
   * @param resultLength the numbers that a chunk adds up
   */
  record Kind(int block, boolean tangents, int resultLength) {}

  /**
   * What a pass is given.
   *
   * @param workers at least 1
   * @param columns samples at once
   * @param workerBytes bytes of the workers' buffers
   * @param bytes bytes of the buffers and of what the workers share
   */
  record Plan(int workers, int columns, long workerBytes, long bytes) {
    /** Before the first pass. */
    static final Plan NONE = new Plan(0, 0, 0, 0);
  }

  PassMemory(
      NetworkEngine engine,
      int samples,
      PackedWeights packedTheta,
      PackedWeights packedDirections) {
    this.engine = engine;
    this.options = engine.options;
    this.samples = samples;
    this.packedTheta = packedTheta;
    this.packedDirections = packedDirections;
    this.tableBytes =
        Arrays.stream(engine.ops)
            .mapToLong(op -> op instanceof MaxPoolOp pool ? 4L * pool.sources().length : 0)
            .sum();
  }

  /** Plans a pass, with a note where its chunks are smaller than planned; or refuses it. */
  Plan plan(Kind kind) {
    Room room = room(kind);
    if (room.workers() == 0) {
      throw new IllegalArgumentException(refusalText(kind));
    }
    int columns = room.columns();
    if (columns < planned(kind)) {
      notes.add(
          "chunks of "
              + columns
              + (columns == 1 ? " sample" : " samples")
              + " instead of "
              + planned(kind)
              + ", to fit into the "
              + (options.bufferBytes() >> 20)
              + " MiB that the memory has for buffers; sums are rounded in another order");
    }
    long bytes = size(kind).of(room.workers(), columns);
    return new Plan(room.workers(), columns, bytes, shared(kind) + bytes);
  }

  /** Why a pass does not fit, if it does not. */
  Optional<String> refusal(Kind kind) {
    return fits(kind) ? Optional.empty() : Optional.of(refusalText(kind));
  }

  boolean fits(Kind kind) {
    return room(kind).workers() > 0;
  }

  /** As many cotangents at once as there is memory for, up to a number; at least 1. */
  int block(int most, int resultLength) {
    int block = most;
    while (block > 1 && !fits(new Kind(block, false, resultLength))) {
      block = (block + 1) / 2;
    }
    return block;
  }

  List<String> notes() {
    return List.copyOf(notes);
  }

  private String refusalText(Kind kind) {
    return options.refusal(shared(kind) + size(kind).of(1, 1));
  }

  private Room room(Kind kind) {
    int columns = planned(kind);
    int most = Math.min(options.threads(), (samples - 1) / columns + 1);
    FrameSize size = size(kind);
    return Room.of(most, columns, shared(kind), count -> size.of(1, count), options.bufferBytes());
  }

  /** The samples at once where memory is no limit. */
  private int planned(Kind kind) {
    StorageLayout layout = engine.layout;
    long numbers = 0;
    for (int s = 0; s < layout.storages(); s++) {
      boolean pushed = kind.tangents() && s != StorageLayout.INPUT;
      numbers += (long) layout.storageSize(s) * (2 + (pushed ? kind.block() : 0));
    }
    for (int s = 0; s < layout.slots(); s++) {
      numbers += (long) layout.slotSize(s) * (1 + kind.block());
    }
    return options.columns(numbers, samples);
  }

  private FrameSize size(Kind kind) {
    return new FrameSize(engine, kind.block(), kind.tangents(), kind.resultLength());
  }

  /** Bytes that are there once: θ, directions, products and their sums over chunks, tables. */
  private long shared(Kind kind) {
    long p = engine.theta.length;
    long numbers = p + (kind.tangents() ? kind.block() * p : 0);
    long sums = p + kind.resultLength() + (kind.tangents() ? 2 * kind.block() * p : 0);
    long packs = packedTheta.size(1) + (kind.tangents() ? packedDirections.size(kind.block()) : 0);
    return options.precision().bytes() * (numbers + packs) + 8 * sums + tableBytes;
  }
}
