package dev.flatness.internal.engine64;

import dev.flatness.data.Dataset;
import dev.flatness.internal.engine.ChunkRunner;
import dev.flatness.internal.engine.Engine;
import dev.flatness.internal.engine.EngineOptions;
import dev.flatness.internal.engine.InputSpread;
import dev.flatness.internal.engine.KernelGemm;
import dev.flatness.internal.engine.Mean;
import dev.flatness.internal.engine.StorageLayout;
import dev.flatness.internal.kernels64.Kernels;
import dev.flatness.loss.Loss;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Parameter;
import dev.flatness.surface.ClosedForms;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.Evaluation;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/**
 * All passes over the data, chunk by chunk.
 *
 * <p>A chunk's work is written once for double; the float version is made of this text by the
 * build. Sums over chunks and the loss head are double in both.
 */
public final class NetworkEngine implements Engine {
  /** Numbers to copy from which on it is worth waking the workers. */
  private static final int MANY = 1 << 14;

  /** Numbers that are copied at a time: a few microseconds. */
  private static final int PIECE = 1 << 13;

  /** Columns of the loss's factor that are pulled back together. */
  static final int MOST_FACTORS = 16;

  final Network network;
  final StorageLayout layout;
  final Op[] ops;
  final PassOp[] fused;
  final Loss loss;
  final EngineOptions options;
  final Kernels kernels;
  final Rows rows;
  private final Dataset data;
  final ChunkRunner runner;
  final double[] theta;

  /** Which nodes depend on some parameter. */
  final boolean[] dependent;

  private final Map<Integer, Chunks> chunks = new HashMap<>();
  Worker[] workers = new Worker[0];
  private double[] directions = new double[0];
  private final PackedWeights packedTheta;
  private final PackedWeights packedDirections;

  /** Whether θ is packed as it is now, and whether the present pass reads it so. */
  private boolean packed;

  private boolean packing;

  /** The sums of products over chunks. */
  private /*64*/ double[] productSums = new /*64*/ double[0];

  private Tape tape;

  private final PassMemory memory;

  /** What the present workers were given. */
  private PassMemory.Plan plan = PassMemory.Plan.NONE;

  /** Passes of products at the point since it last changed. */
  private int products;

  /** Whether the loss has been found not to be convex in the outputs at the point. */
  boolean withoutFactors;

  /** Compiles a network. */
  public NetworkEngine(Network network, Dataset data, Loss loss, EngineOptions options) {
    this.network = network;
    this.data = data;
    this.loss = loss;
    this.options = options;
    this.kernels = KernelGemm.doubles(options.gemm());
    this.rows = new Rows(kernels);
    this.layout = StorageLayout.of(network);
    this.ops = Compilation.of(network, layout, kernels, rows);
    this.fused = Compilation.fused(network, layout, kernels, ops);
    this.packedTheta = new PackedWeights(ops);
    this.packedDirections = new PackedWeights(ops);
    this.memory = new PassMemory(this, data.size(), packedTheta, packedDirections);
    this.runner = new ChunkRunner(options.threads());
    this.theta = new double[network.parameterCount()];
    this.dependent = StorageLayout.live(network, all(network.parameters().size()));
  }

  private void setParameters(/*64*/ double[] from) {
    AtomicBoolean differs = new AtomicBoolean();
    boolean ended = false;
    try {
      forEachRun(
          1,
          (i, first, n, at) -> {
            boolean moved = false;
            for (int e = first; e < first + n; e++) {
              double entry = (double) from[e];
              moved |= entry != theta[e];
              theta[e] = entry;
            }
            if (moved) {
              differs.set(true);
            }
          });
      ended = true;
    } finally {
      if (!ended || differs.get()) {
        products = 0;
        withoutFactors = false;
        packed = false;
      }
    }
  }

  /** θ as dense layers read it in this pass, or null. */
  PackedWeights packedTheta() {
    return packing ? packedTheta : null;
  }

  /** Packs θ for a pass if its chunks are worth it: the same in every pass over these chunks. */
  private void pack(Chunks from) {
    packing = PackedWeights.pay(from.count(), from.columns());
    if (packing && !packed) {
      packedTheta.pack(1, theta, layer -> true, true, this);
      packed = true;
    }
  }

  /**
   * The kept primal passes, if there are any for a pass of products. Keeping begins with the second
   * pass at a point; a tape at the point stays, whatever the size of its chunks.
   */
  Tape tape(Chunks from) {
    products++;
    boolean here = tape != null && tape.atPoint();
    if (!here && products > 1) {
      if (tape != null && tape.fits(from)) {
        tape.move();
      } else {
        tape = null;
        tape = Tape.of(this, from, options.primalBytes(plan.bytes() + kept()));
      }
      here = tape != null;
    }
    return here && tape.fits(from) ? tape : null;
  }

  /** Prepares workers for a pass, and returns its chunks. */
  Chunks prepare(int block, boolean tangents, int resultLength) {
    plan = memory.plan(new PassMemory.Kind(block, tangents, resultLength));
    int columns = plan.columns();
    if (workers.length != plan.workers()
        || workers[0].frame.maxBlock != block
        || workers[0].frame.maxColumns != columns) {
      workers = new Worker[0];
      workers = new Worker[plan.workers()];
      Arrays.setAll(workers, w -> new Worker(this, data.targetSize(), columns, block));
    }
    runner.limit(plan.workers());
    Chunks from =
        chunks.computeIfAbsent(
            columns,
            b -> new Chunks(data, b, options.precision().bytes(), options.inputBytes() - kept()));
    pack(from);
    return from;
  }

  /** Bytes of inputs that are kept in chunks of some size. */
  private long kept() {
    return chunks.values().stream().mapToLong(Chunks::keptBytes).sum();
  }

  @Override
  public Optional<String> refusal(boolean products) {
    int p = theta.length;
    return memory.refusal(
        products ? new PassMemory.Kind(1, true, p) : new PassMemory.Kind(1, false, p + 1));
  }

  @Override
  public List<String> notes() {
    return memory.notes();
  }

  /** The bytes that the present workers were planned to take. */
  public long plannedBytes() {
    return plan.workerBytes();
  }

  int targetSize() {
    return data.targetSize();
  }

  static void activate(Frame frame, boolean[] active, boolean[] live) {
    frame.active = active;
    frame.live = live;
  }

  private static boolean[] all(int n) {
    boolean[] all = new boolean[n];
    Arrays.fill(all, true);
    return all;
  }

  @Override
  public void until(BooleanSupplier stop) {
    runner.until(stop);
  }

  @Override
  public Evaluation evaluate(/*64*/ double[] at) {
    setParameters(at);
    Chunks from = prepare(1, false, 2);
    /*64*/ double[] total = new /*64*/ double[2];
    runner.run(
        from.count(),
        total,
        (w, chunk, result) -> {
          Worker worker = workers[w];
          worker.value(from, chunk);
          for (int j = 0; j < worker.frame.columns; j++) {
            worker.load(j);
            result[0] += worker.head.value();
            result[1] += worker.head.correct();
          }
        });
    return new Evaluation(total[0] / data.size(), total[1], data.size());
  }

  @Override
  public /*64*/ double[] outputs(/*64*/ double[] at, int first, int count) {
    setParameters(at);
    int f = network.output().shape().size();
    /*64*/ double[] outputs = new /*64*/ double[count * f];
    Chunks from = prepare(1, false, 2);
    for (int chunk = first / from.columns(); chunk * from.columns() < first + count; chunk++) {
      Worker worker = workers[0];
      worker.value(from, chunk);
      for (int j = 0; j < worker.frame.columns; j++) {
        int sample = chunk * from.columns() + j - first;
        if (sample >= 0 && sample < count) {
          worker.load(j);
          System.arraycopy(worker.head.outputs, 0, outputs, sample * f, f);
        }
      }
    }
    return outputs;
  }

  @Override
  public Mean</*64*/ Double> gradient(/*64*/ double[] at, /*64*/ double[] gradient) {
    setParameters(at);
    int p = theta.length;
    Chunks from = prepare(1, false, p + 1);
    boolean[] active = all(network.parameters().size());
    boolean[] live = StorageLayout.live(network, active);
    int out = network.output().index();
    /*64*/ double[] total = new /*64*/ double[p + 1];
    runner.run(
        from.count(),
        total,
        (w, chunk, result) -> {
          Worker worker = workers[w];
          Frame frame = worker.frame;
          activate(frame, active, live);
          worker.forwardFused(from, chunk, false, null);
          frame.block = 1;
          frame.sums = cleared(frame.sums, p);
          double[] adjoint = frame.adjoint(out);
          for (int j = 0; j < frame.columns; j++) {
            worker.load(j);
            result[p] += worker.head.value();
            worker.head.differentiate();
            worker.scatter(worker.head.gradient, adjoint, 0, j);
          }
          worker.pullGradient();
          for (int i = 0; i < p; i++) {
            result[i] = frame.sums[i];
          }
        });
    for (int i = 0; i < p; i++) {
      gradient[i] = total[i] / data.size();
    }
    return new Mean<>(total[p] / data.size(), data.size());
  }

  static double[] cleared(double[] sums, int length) {
    double[] array = sums != null && sums.length == length ? sums : new double[length];
    Arrays.fill(array, 0);
    return array;
  }

  private double[] load(/*64*/ double[][] vectors) {
    int k = vectors.length;
    if (directions.length != k * theta.length) {
      directions = new double[Math.multiplyExact(k, theta.length)];
    }
    forEachRun(
        k,
        (i, first, n, at) -> {
          for (int e = 0; e < n; e++) {
            directions[at + e] = (double) vectors[i][first + e];
          }
        });
    return directions;
  }

  /** Something done with n numbers of vector i that lie together. */
  private interface Run {
    /**
     * Does it.
     *
     * @param i the vector
     * @param first where they begin in the vector
     * @param n how many they are
     * @param at where they begin in a block of vectors, which lies layer by layer
     */
    void run(int i, int first, int n, int at);
  }

  /** Does something with all numbers of k vectors as long as θ, by all workers. */
  private void forEachRun(int k, Run action) {
    int p = theta.length;
    int pieces = (p - 1) / PIECE + 1;
    forEach(
        k * pieces,
        (long) k * p,
        task -> {
          int i = task / pieces;
          int start = task % pieces * PIECE;
          int end = Math.min(p, start + PIECE);
          for (Parameter parameter : network.parameters()) {
            int offset = parameter.offset();
            int first = Math.max(start, offset);
            int n = Math.min(end, offset + parameter.size()) - first;
            if (n > 0) {
              action.run(i, first, n, k * offset + i * parameter.size() + first - offset);
            }
          }
        });
  }

  /** Does work on long arrays, by all workers where there is much of it. */
  void forEach(int count, long numbers, IntConsumer action) {
    if (numbers < MANY) {
      for (int i = 0; i < count; i++) {
        action.accept(i);
      }
    } else {
      runner.each(count, (worker, i) -> action.accept(i));
    }
  }

  @Override
  public int products(
      Curvature kind, /*64*/
      double[] at,
      boolean[] active, /*64*/
      double[][] vectors, /*64*/
      double[][] products) {
    setParameters(at);
    int k = vectors.length;
    int p = theta.length;
    if (k > 1 && !memory.fits(new PassMemory.Kind(k, true, Math.multiplyExact(k, p)))) {
      int half = k / 2;
      products(kind, at, active, Arrays.copyOf(vectors, half), Arrays.copyOf(products, half));
      return products(
          kind,
          at,
          active,
          Arrays.copyOfRange(vectors, half, k),
          Arrays.copyOfRange(products, half, k));
    }
    double[] block = load(vectors);
    boolean[] live = StorageLayout.live(network, active);
    Chunks from = prepare(k, true, k * p);
    PackedWeights packs = packing ? packedDirections : null;
    if (packing) {
      packs.pack(k, block, layer -> active[layer.node.weight()], kind == Curvature.HESSIAN, this);
    }
    Tape kept = tape(from);
    // Only a product with all parameters pulls every cotangent back.
    boolean whole = Arrays.equals(live, dependent);
    if (productSums.length != k * p) {
      productSums = null;
      productSums = new /*64*/ double[k * p];
    }
    Arrays.fill(productSums, 0);
    runner.run(
        from.count(),
        (w, chunk) -> {
          Worker worker = workers[w];
          Frame frame = worker.frame;
          activate(frame, active, live);
          Primal primal = kept == null ? null : kept.chunk(chunk);
          worker.forwardFused(from, chunk, kind == Curvature.HESSIAN, primal);
          frame.block = k;
          frame.setDirections(block, packs);
          frame.sums = cleared(frame.sums, k * p);
          worker.product(kind, primal != null && whole);
        },
        w -> add(workers[w].frame.sums, productSums));
    forEachRun(k, (i, to, n, sum) -> mean(productSums, sum, n, products[i], to));
    return data.size();
  }

  @Override
  public int layerProducts(
      /*64*/ double[] at,
      List<Node> layers, /*64*/
      double[][] vectors, /*64*/
      double[][] products,
      boolean rows) {
    setParameters(at);
    /*64*/ double[] packed = new /*64*/ double[theta.length];
    for (int l = 0; l < layers.size(); l++) {
      System.arraycopy(
          vectors[l], 0, packed, network.weight(layers.get(l)).offset(), vectors[l].length);
    }
    double[] block = load(new /*64*/ double[][] {packed});
    /*64*/ double[] total = new LayerProducts(this, layers, block, rows).total();
    for (int l = 0; l < layers.size(); l++) {
      int offset = network.weight(layers.get(l)).offset();
      for (int e = 0; e < products[l].length; e++) {
        products[l][e] = total[offset + e] / data.size();
      }
    }
    return data.size();
  }

  @Override
  public Mean</*64*/ double[]> quadraticForms(
      /*64*/ double[] at, int[][] positions, /*64*/ double[][] values, boolean residual) {
    setParameters(at);
    /*64*/ double[] forms = new QuadraticForms(this, positions, values, residual).total();
    for (int i = 0; i < forms.length; i++) {
      forms[i] /= data.size();
    }
    return new Mean<>(forms, data.size());
  }

  /** The columns of the loss's factor. */
  int factors() {
    return loss.factorColumns(network.output().shape().size());
  }

  void add(double[] sums, /*64*/ double[] total) {
    kernels.addTo(total.length, sums, 0, total, 0);
  }

  /** mean = total over the number of samples. */
  private void mean(/*64*/ double[] total, int from, int n, /*64*/ double[] mean, int to) {
    /*64*/ double samples = data.size();
    for (int e = 0; e < n; e++) {
      mean[to + e] = total[from + e] / samples;
    }
  }

  @Override
  public InputSpread inputSpread(/*64*/ double[] at, Collection<Node> layers) {
    setParameters(at);
    return new SpreadPass(this, layers).run(prepareSweep(wanted(layers)));
  }

  @Override
  public Mean<ClosedForms> closedForms(
      /*64*/ double[] at, Collection<Node> layers, InputSpread spread) {
    setParameters(at);
    boolean[] wanted = wanted(layers);
    int k = block(wanted);
    Chunks from = prepareSweep(wanted);
    ClosedFormSweep sweep = new ClosedFormSweep(this, theta, spread, wanted);
    boolean[] active = new boolean[network.parameters().size()];
    for (Node node : layers) {
      active[node.weight() >= 0 ? node.weight() : node.bias()] = true;
    }
    boolean[] live = StorageLayout.live(network, active);
    /*64*/ double[] total = new /*64*/ double[sweep.resultLength()];
    runner.run(
        from.count(),
        total,
        (w, chunk, result) -> {
          Worker worker = workers[w];
          Frame frame = worker.frame;
          activate(frame, active, live);
          worker.forward(from, chunk, false);
          worker.pullFactors(k, op -> sweep.visit(op, frame, result));
        });
    return new Mean<>(sweep.forms(total, data.size()), data.size());
  }

  /**
   * Prepares a sweep of closed forms. The spread before it works in the same buffers and on the
   * same chunks.
   */
  private Chunks prepareSweep(boolean[] wanted) {
    return prepare(block(wanted), false, ClosedFormSweep.resultLength(this, wanted));
  }

  /** The columns of the loss's factor that are pulled back together in a sweep. */
  private int block(boolean[] wanted) {
    return factorBlock(ClosedFormSweep.resultLength(this, wanted));
  }

  /** As many columns as memory holds together, up to 16. */
  int factorBlock(int resultLength) {
    return memory.block(Math.min(MOST_FACTORS, factors()), resultLength);
  }

  private boolean[] wanted(Collection<Node> layers) {
    boolean[] wanted = new boolean[ops.length];
    for (Node node : layers) {
      wanted[node.index()] = true;
    }
    return wanted;
  }
}
