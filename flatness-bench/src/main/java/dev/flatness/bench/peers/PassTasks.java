package dev.flatness.bench.peers;

import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.tensor.Precision;
import java.util.function.Consumer;

/** Gradients and products of one network: ours beside the peer's. */
final class PassTasks {
  private final Session session;

  PassTasks(Session session) {
    this.session = session;
  }

  /**
   * Products with a block of vectors, in two lines: all primal work done each time, and all of it
   * cached. The peer makes every product from scratch in the first line; that its graph can serve
   * the whole block is measured beside it.
   */
  void product(Work named, int block, Consumer<Line> lines) {
    Work work = session.settled(named);
    try (Peer peer = session.peer(work)) {
      NetworkSurface surface = work.surface(Precision.FLOAT32, session.threads(), false);
      NetworkSurface caching = work.surface(Precision.FLOAT32, session.threads(), true);
      double[] theta = work.network().parameterVector();
      double[][] vectors = work.vectors(block);
      double[][] products = new double[block][theta.length];
      double[][] cached = new double[block][theta.length];
      SymmetricOperator hessian = surface.hessian(theta);
      SymmetricOperator kept = caching.hessian(theta);
      peer.vectors(vectors);
      Rounds rounds = new Rounds();
      int ours = rounds.add(() -> hessian.apply(vectors, products));
      int oursCached = rounds.add(() -> kept.apply(vectors, cached));
      int theirs = rounds.add(() -> peer.products(Peer.Graph.EACH));
      int theirsCached = rounds.add(() -> peer.products(Peer.Graph.KEPT));
      int shared = block > 1 ? rounds.add(() -> peer.products(Peer.Graph.SHARED)) : theirs;
      rounds.run(session.rounds());
      double[][] expected = peer.readProducts();
      String name = "product-" + work.name() + (block > 1 ? "-block" + block : "");
      Line full = session.line(name).times(rounds.times(ours), rounds.times(theirs));
      if (block > 1) {
        double[] ratios = Rounds.ratios(rounds.times(shared), rounds.times(ours));
        full.with("peer_shared_graph_ms", Rounds.median(rounds.times(shared)))
            .with("ratio_shared_graph", Rounds.median(ratios));
      }
      full.agreement(Line.distance(products, expected), Line.FLOAT32_AGREEMENT);
      if (!full.valid()) {
        // Which side is off, by products in double on plain loops.
        double[][] exact = new double[block][theta.length];
        work.reference().hessian(theta).apply(vectors, exact);
        full.with("ours_from_float64", Line.distance(products, exact))
            .with("peer_from_float64", Line.distance(expected, exact));
      }
      lines.accept(full.with("weights_seed", work.weights()).with("provider", surface.provider()));
      double[] saved = Rounds.ratios(rounds.times(oursCached), rounds.times(ours));
      lines.accept(
          session
              .line(name + "-cached")
              .times(rounds.times(oursCached), rounds.times(theirsCached))
              .agreement(Line.distance(cached, expected), Line.FLOAT32_AGREEMENT)
              .with("weights_seed", work.weights())
              .require(Rounds.quantile(saved, 0.25) <= 1, "a cached pass is slower than a full one")
              .with("provider", surface.provider()));
    }
  }

  void gradient(Work named, Consumer<Line> lines) {
    Work work = session.settled(named);
    try (Peer peer = session.peer(work)) {
      NetworkSurface surface = work.surface(Precision.FLOAT32, session.threads(), false);
      double[] theta = work.network().parameterVector();
      double[][] gradient = new double[1][theta.length];
      Rounds rounds = new Rounds();
      int ours = rounds.add(() -> surface.valueAndGradient(theta, gradient[0]));
      int theirs = rounds.add(peer::gradient);
      rounds.run(session.rounds());
      double[][] expected = {peer.readGradient()};
      lines.accept(
          session
              .line("gradient-" + work.name())
              .times(rounds.times(ours), rounds.times(theirs))
              .agreement(Line.distance(gradient, expected), Line.FLOAT32_AGREEMENT)
              .with("weights_seed", work.weights())
              .with("provider", surface.provider()));
    }
  }

  /** One thread's time over that of all: ours alone. */
  void threads(Work work, String suffix, Consumer<Line> lines) {
    NetworkSurface one = work.surface(Precision.FLOAT32, 1, false);
    NetworkSurface two = work.surface(Precision.FLOAT32, 2, false);
    double[] theta = work.network().parameterVector();
    double[][] vectors = work.vectors(1);
    double[][] a = new double[1][theta.length];
    double[][] b = new double[1][theta.length];
    SymmetricOperator first = one.hessian(theta);
    SymmetricOperator second = two.hessian(theta);
    Rounds rounds = new Rounds();
    int single = rounds.add(() -> first.apply(vectors, a));
    int both = rounds.add(() -> second.apply(vectors, b));
    rounds.run(session.rounds());
    lines.accept(
        session
            .line("threads-2-vs-1" + suffix)
            .times(rounds.times(both), rounds.times(single))
            .agreement(Line.distance(b, a), 0)
            .with("on", "product-" + work.name())
            .with("peer", "ours on one thread")
            .with("provider", two.provider()));
  }
}
