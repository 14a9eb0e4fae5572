package dev.flatness.bench.peers;

import dev.flatness.coordinates.AffineMap;
import dev.flatness.landscape.LandscapeDirections;
import dev.flatness.landscape.LandscapeEvaluator;
import dev.flatness.measure.Monitor;
import dev.flatness.random.Seed;
import dev.flatness.surface.LossSurface;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.tensor.Precision;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A landscape of LeNet-5 over 1,000 images: ours beside a loop over our own evaluation of the loss,
 * and beside a loop over the peer's forward pass, at the same parameters.
 *
 * <p>A small grid is timed. What a grid of any size costs once, directions and curvatures, is told
 * apart by a yet smaller one, so that the cost of a large grid over its losses can be stated.
 */
final class LandscapeTask {
  private static final int IMAGES = 1000;
  private static final int SIDE = 9;
  private static final int SMALL = 3;
  private static final int LARGE = 51;
  private static final double WIDTH = 0.05;

  private final Session session;

  LandscapeTask(Session session) {
    this.session = session;
  }

  void run(Consumer<Line> lines) {
    Work work = Work.digits(IMAGES);
    double[] theta = work.network().parameterVector();
    Map<String, double[]> ends = new LinkedHashMap<>();
    for (double[] vector : work.vectors(2)) {
      double[] end = theta.clone();
      Arrays.setAll(end, i -> theta[i] + WIDTH * vector[i]);
      ends.put("axis " + ends.size(), end);
    }
    double[][] points = points(theta, ends.values().toArray(double[][]::new));
    double[][] losses = new double[3][points.length];
    double[][] times = new double[4][session.rounds()];
    try (Peer peer = session.peer(work)) {
      NetworkSurface surface = work.surface(Precision.FLOAT32, session.threads(), false);
      NetworkSurface alone = work.surface(Precision.FLOAT32, session.threads(), false);
      Runnable[] pieces = {
        () -> losses[0] = grid(surface, theta, ends, SIDE),
        () -> Arrays.setAll(losses[1], i -> alone.value(points[i])),
        () -> Arrays.setAll(losses[2], i -> peer.value(points[i])),
        () -> grid(surface, theta, ends, SMALL)
      };
      // A piece takes seconds, so it is timed as a whole; the first round warms up.
      for (int round = -1; round < session.rounds(); round++) {
        for (int i = 0; i < pieces.length; i++) {
          int piece = (i + round + 1) % pieces.length;
          double time = Rounds.time(pieces[piece], 1);
          times[piece][Math.max(0, round)] = time;
        }
      }
      double[] each = new double[session.rounds()];
      double[] over = new double[session.rounds()];
      for (int round = 0; round < over.length; round++) {
        double whole = times[0][round];
        each[round] = (whole - times[3][round]) / (SIDE * SIDE - SMALL * SMALL);
        double once = whole - SIDE * SIDE * each[round];
        double loss = times[1][round] / points.length;
        over[round] = (once / (LARGE * LARGE) + each[round]) / loss;
      }
      lines.accept(
          session
              .line("landscape-lenet")
              .times(times[0], times[2])
              .with("points", points.length)
              .with("samples", IMAGES)
              .with("evaluations_ms", Rounds.median(times[1]))
              .with("point_ms", Rounds.median(each))
              .with("over_evaluations_51x51", Rounds.median(over))
              .agreement(
                  Math.max(apart(losses[0], losses[1]), apart(losses[0], losses[2])),
                  Line.FLOAT32_AGREEMENT)
              .with("provider", surface.provider()));
    }
  }

  private static double[] grid(
      LossSurface surface, double[] theta, Map<String, double[]> ends, int side) {
    return LandscapeEvaluator.withDefaults()
        .withPoints(side, side)
        .evaluate(
            surface,
            theta,
            AffineMap.identity(theta.length),
            LandscapeDirections.towards(ends),
            Seed.of(1),
            Monitor.NONE)
        .loss();
  }

  /** The parameters of the grid, row by row. */
  private static double[][] points(double[] theta, double[][] ends) {
    double[][] points = new double[SIDE * SIDE][];
    for (int i = 0; i < points.length; i++) {
      double a = 2.0 * (i / SIDE) / (SIDE - 1) - 1;
      double b = 2.0 * (i % SIDE) / (SIDE - 1) - 1;
      points[i] = theta.clone();
      for (int k = 0; k < theta.length; k++) {
        points[i][k] += a * (ends[0][k] - theta[k]) + b * (ends[1][k] - theta[k]);
      }
    }
    return points;
  }

  private static double apart(double[] a, double[] b) {
    return Line.distance(new double[][] {a}, new double[][] {b});
  }
}
