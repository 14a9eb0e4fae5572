package dev.flatness.bench.peers;

import dev.flatness.surface.NetworkSurface;
import dev.flatness.tensor.Precision;

/**
 * What the tasks of a run share.
 *
 * @param factory the peer
 * @param threads threads of both sides
 * @param rounds alternations
 */
record Session(PeerFactory factory, int threads, int rounds) {
  private static final int DRAWS = 12;

  Peer peer(Work work) {
    return (Peer) factory.open(work.network(), work.data(), work.batch(), threads);
  }

  /**
   * Draws weights anew until both sides' gradients agree in float32, at most a few times. Among
   * millions of ReLUs a few stand within rounding of their kink; where the sides round to different
   * sides of it both are right, about different linear pieces, and cannot be compared. A real error
   * is there in every draw.
   */
  Work settled(Work work) {
    for (int seed = 1; seed <= DRAWS; seed++) {
      Work drawn = work.drawn(seed);
      double[] theta = drawn.network().parameterVector();
      double[][] ours = new double[1][theta.length];
      NetworkSurface surface = drawn.surface(Precision.FLOAT32, threads, false);
      surface.valueAndGradient(theta, ours[0]);
      try (Peer peer = peer(drawn)) {
        peer.gradient();
        if (Line.distance(ours, new double[][] {peer.readGradient()})
            <= Line.FLOAT32_AGREEMENT / 4) {
          System.err.println("# weights of " + work.name() + " from seed " + seed);
          return drawn;
        }
      }
    }
    return work;
  }

  Line line(String task) {
    return new Line(task)
        .with("peer", factory.name())
        .with("threads", threads)
        .with("precision", "float32")
        .with("jdk", Runtime.version().feature());
  }
}
