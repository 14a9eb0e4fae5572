package dev.flatness.internal.engine64;

import dev.flatness.internal.engine.RowMap;
import dev.flatness.internal.engine.StorageLayout;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import java.util.Arrays;

/**
 * An operation without parameters that is linear in each input row: average pooling, zero padding,
 * transposition, addition, concatenation, constants, constant linear maps.
 */
final class LinearOp extends Op {
  private final Rows rows;
  private final RowMap map;
  private final int[] inputs;
  private final int[] sizes;
  private final boolean[] accumulates;
  private final int[] positions;

  LinearOp(Network network, Node node, StorageLayout layout, RowMap map, Rows rows) {
    super(node, network.node(node.input()).shape().size(), layout);
    this.rows = rows;
    this.map = map;
    this.inputs = node.inputs().stream().mapToInt(Integer::intValue).toArray();
    this.sizes = Arrays.stream(inputs).map(i -> network.node(i).shape().size()).toArray();
    this.positions = Arrays.stream(inputs).map(i -> network.node(i).shape().positions()).toArray();
    this.accumulates = new boolean[inputs.length];
    for (int j = 0; j < inputs.length; j++) {
      accumulates[j] = layout.accumulates(output, j);
    }
  }

  @Override
  void forward(Frame f) {
    int b = f.columns;
    double[] y = f.value(output);
    for (int row = 0; row < features; row++) {
      Arrays.fill(y, row * b, (row + 1) * b, (double) map.shift(row));
    }
    for (int j = 0; j < inputs.length; j++) {
      apply(j, f.value(inputs[j]), 0, y, 0, b);
    }
  }

  private void apply(int j, double[] x, int xAt, double[] y, int yAt, int b) {
    for (int e = map.start(j); e < map.start(j + 1); e++) {
      int n = map.length(e) * b;
      int from = xAt + map.source(e) * b;
      int to = yAt + map.target(e) * b;
      if (map.scale(e) == 1) {
        rows.add(x, from, y, to, n);
      } else {
        rows.addScaled((double) map.scale(e), x, from, y, to, n);
      }
    }
  }

  @Override
  void pushforward(Frame f) {
    int b = f.columns;
    double[] dy = f.tangent(output);
    Arrays.fill(dy, 0, f.block * features * b, 0);
    for (int j = 0; j < inputs.length; j++) {
      if (f.live[inputs[j]]) {
        for (int i = 0; i < f.block; i++) {
          apply(j, f.tangent(inputs[j]), i * sizes[j] * b, dy, i * features * b, b);
        }
      }
    }
  }

  @Override
  void pullback(Frame f, boolean adjoint, double[] sums) {
    int b = f.columns;
    int k = block(f, adjoint);
    double[] g = cotangent(f, adjoint, output);
    for (int j = 0; j < inputs.length; j++) {
      if (!f.live[inputs[j]]) {
        continue;
      }
      double[] gx = cotangent(f, adjoint, inputs[j]);
      if (!accumulates[j]) {
        Arrays.fill(gx, 0, k * sizes[j] * b, 0);
      }
      for (int i = 0; i < k; i++) {
        for (int e = map.start(j); e < map.start(j + 1); e++) {
          rows.addScaled(
              (double) map.scale(e),
              g,
              (i * features + map.target(e)) * b,
              gx,
              (i * sizes[j] + map.source(e)) * b,
              map.length(e) * b);
        }
      }
    }
  }

  @Override
  void reach(SparseDirection v, boolean[] result) {
    int each = node.shape().positions();
    forEachReached(v, (source, target, count, scale, j) -> result[target / each] = true);
  }

  @Override
  /*64*/ double pushSparse(Frame f, SparseDirection v) {
    int b = f.columns;
    int n = node.shape().positions() * b;
    double[] dy = f.tangent(output);
    for (int unit : v.units(output)) {
      Arrays.fill(dy, unit * n, (unit + 1) * n, 0);
    }
    forEachReached(
        v,
        (source, target, count, scale, j) ->
            rows.addScaled(scale, f.tangent(inputs[j]), source * b, dy, target * b, count * b));
    return 0;
  }

  /** A piece of a run that stays inside one unit of input and output. */
  private interface Piece {
    void visit(int source, int target, int count, double scale, int input);
  }

  private void forEachReached(SparseDirection v, Piece piece) {
    int each = node.shape().positions();
    for (int j = 0; j < inputs.length; j++) {
      if (!v.reaches(inputs[j])) {
        continue;
      }
      for (int e = map.start(j); e < map.start(j + 1); e++) {
        int source = map.source(e);
        int target = map.target(e);
        int left = map.length(e);
        while (left > 0) {
          int unit = source / positions[j];
          int count = Math.min(left, (unit + 1) * positions[j] - source);
          count = Math.min(count, (target / each + 1) * each - target);
          if (v.reaches(inputs[j], unit)) {
            piece.visit(source, target, count, (double) map.scale(e), j);
          }
          source += count;
          target += count;
          left -= count;
        }
      }
    }
  }
}
