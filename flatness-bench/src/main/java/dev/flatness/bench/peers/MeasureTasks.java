package dev.flatness.bench.peers;

import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Outcome;
import dev.flatness.network.Activation;
import dev.flatness.network.Node;
import dev.flatness.random.Seed;
import dev.flatness.spectral.Lanczos;
import dev.flatness.spectral.LanczosResult;
import dev.flatness.spectral.TraceEstimator;
import dev.flatness.surface.ClosedForms;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.tensor.Precision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Whole measures: ours by the way it takes, the peer by the way its users take. */
final class MeasureTasks {
  /** The CIFAR-10 images of the published comparison. */
  private static final int IMAGES = 5085;

  private static final double ONE_PERCENT = 0.01;
  private static final int LEAST_PROBES = 10;

  /** Whole iterations before the first that counts: the compiler wants some hundred products. */
  private static final int WARM_RUNS = 30;

  private final Session session;

  MeasureTasks(Session session) {
    this.session = session;
  }

  /** Exact trace and relative flatness of every layer against Hutchinson's trace to 1 %. */
  void traceExact(Consumer<Line> lines) {
    Work work = Work.trainedLenet(IMAGES);
    try (Peer peer = session.peer(work)) {
      NetworkSurface surface = work.surface(Precision.FLOAT32, session.threads(), false);
      double[] theta = work.network().parameterVector();
      ClosedForms[] forms = new ClosedForms[1];
      Runnable ours = () -> forms[0] = surface.closedForms(theta);
      Rounds.time(ours, 2);
      double[] times = new double[session.rounds()];
      double[] samples = new double[0];
      double milliseconds = 0;
      double error = Double.NaN;
      for (int probe = 0; probe < LEAST_PROBES || !(error <= ONE_PERCENT); probe++) {
        double[] z = signs(theta.length, probe);
        peer.vectors(new double[][] {z});
        if (probe == 0) {
          peer.products(Peer.Graph.EACH);
        }
        if (probe % 3 == 0 && probe / 3 < times.length) {
          times[probe / 3] = Rounds.time(ours, 1);
        }
        milliseconds += Rounds.time(() -> peer.products(Peer.Graph.EACH), 1);
        samples = Arrays.copyOf(samples, probe + 1);
        samples[probe] = dot(z, peer.readProducts()[0]);
        error = standardError(samples) / Math.abs(mean(samples));
      }
      double[] taken = Arrays.stream(times).filter(time -> time > 0).toArray();
      double trace = forms[0].trace();
      double difference = Math.abs(mean(samples) / trace - 1);
      lines.accept(
          session
              .line("trace-exact")
              .with("on", work.name())
              .numbers("ms", Rounds.median(taken), milliseconds)
              .with("peer_probes", samples.length)
              .with("peer_standard_error", error)
              .with("ours", "exact trace and relative flatness of every layer")
              .with("samples", IMAGES)
              .agreement(difference, 4 * error)
              .with("provider", surface.provider()));
    }
  }

  /** One layer's relative flatness against its dense Hessian, row by row. */
  void lastLayer(Consumer<Line> lines) {
    Work work = Work.lenet(IMAGES);
    try (Peer peer = session.peer(work)) {
      NetworkSurface surface = work.surface(Precision.FLOAT32, session.threads(), false);
      double[] theta = work.network().parameterVector();
      Node last = work.network().output();
      double[] values = new double[2];
      Runnable ours =
          () ->
              values[0] =
                  surface
                      .closedForms(theta, List.of(last), false)
                      .layers()
                      .get(0)
                      .relativeFlatness();
      int offset = work.network().weight(last).offset();
      int d = work.network().weight(last).shape().extent(0);
      int m = work.network().weight(last).size() / d;
      Runnable theirs =
          () -> values[1] = relativeFlatness(peer.denseBlock(last.weight()), theta, offset, d, m);
      Rounds rounds = new Rounds();
      int mine = rounds.add(ours);
      int peers = rounds.add(theirs);
      rounds.run(Math.min(5, session.rounds()));
      lines.accept(
          session
              .line("relative-flatness-last-layer")
              .times(rounds.times(mine), rounds.times(peers))
              .agreement(Math.abs(values[0] / values[1] - 1), Line.FLOAT32_AGREEMENT)
              .with("samples", IMAGES)
              .with("provider", surface.provider()));
    }
  }

  /** Σ_{s,t} ⟨w_s, w_t⟩ Tr H_{s,t} of a dense Hessian. */
  private static double relativeFlatness(
      double[][] hessian, double[] theta, int offset, int d, int m) {
    double sum = 0;
    for (int s = 0; s < d; s++) {
      for (int t = 0; t < d; t++) {
        double trace = 0;
        double dot = 0;
        for (int j = 0; j < m; j++) {
          trace += hessian[s * m + j][t * m + j];
          dot += theta[offset + s * m + j] * theta[offset + t * m + j];
        }
        sum += dot * trace;
      }
    }
    return sum;
  }

  /** The largest eigenvalue by Lanczos against power iteration to the same residual or 60 s. */
  void topEigenvalue(Consumer<Line> lines) {
    topEigenvalue("top-eigenvalue", Work.EPOCHS, lines);
    topEigenvalue("top-eigenvalue-early", 1, lines);
    topEigenvalue("top-eigenvalue-late", 2 * Work.EPOCHS, lines);
  }

  private void topEigenvalue(String task, int epochs, Consumer<Line> lines) {
    Work work = Work.trainedMlp(Activation.RELU, epochs);
    try (Peer peer = session.peer(work)) {
      NetworkSurface surface = work.surface(Precision.FLOAT32, session.threads(), true);
      double[] theta = work.network().parameterVector();
      SymmetricOperator hessian = surface.hessian(theta);
      Lanczos lanczos = Lanczos.withDefaults().withTolerance(1e-6).withEnds(Lanczos.End.LARGEST);
      LanczosResult[] result = new LanczosResult[1];
      Runnable ours = () -> result[0] = lanczos.run(hessian, Seed.of(1));
      Rounds.time(ours, WARM_RUNS);
      double[] times = new double[Math.min(5, session.rounds())];
      double[] peers = new double[times.length];
      double[] found = new double[3];
      for (int round = 0; round < times.length; round++) {
        times[round] = Rounds.time(ours, 1);
        double budget = 60_000.0;
        peers[round] = Rounds.time(() -> power(peer, theta.length, budget, found), 1);
      }
      double residual = result[0].largest().residual() / result[0].largest().value();
      lines.accept(
          session
              .line(task)
              .with("on", work.name())
              .with("epochs", epochs)
              .times(times, peers)
              .with("ours_products", result[0].products())
              .with("peer_products", (int) found[1])
              .with("ours_residual", residual)
              .with("peer_residual", found[2])
              .agreement(
                  Math.abs(result[0].largest().value() / found[0] - 1), Line.FLOAT32_AGREEMENT)
              .with("provider", surface.provider()));
    }
  }

  /** Power iteration with a kept graph; λ, products and relative residual into {@code found}. */
  private static void power(Peer peer, int n, double budget, double[] found) {
    long start = System.nanoTime();
    double[] v = new SplittableRandom(1).doubles(n, -1, 1).toArray();
    scale(v);
    int products = 0;
    double residual = 1;
    double lambda = 0;
    while (residual > 1e-6 && (System.nanoTime() - start) / 1e6 < budget) {
      peer.vectors(new double[][] {v});
      peer.products(Peer.Graph.KEPT);
      double[] next = peer.readProducts()[0];
      products++;
      lambda = dot(v, next);
      double square = 0;
      for (int i = 0; i < n; i++) {
        double error = next[i] - lambda * v[i];
        square += error * error;
      }
      residual = Math.sqrt(square) / Math.abs(lambda);
      v = next;
      scale(v);
    }
    found[0] = lambda;
    found[1] = products;
    found[2] = residual;
  }

  /** Products to a trace of 1 % on a network with smooth activations, ours against Hutchinson. */
  void traceSmooth(Consumer<Line> lines) {
    Work work = Work.trainedMlp(Activation.TANH, Work.EPOCHS);
    NetworkSurface surface = work.surface(Precision.FLOAT64, session.threads(), true);
    double[] theta = work.network().parameterVector();
    SymmetricOperator hessian = surface.hessian(theta);
    Outcome plain =
        TraceEstimator.hutchinson()
            .withBudget(3000)
            .withTarget(ONE_PERCENT)
            .estimate(hessian, Seed.of(1));
    // As hessian-trace does it: Gauss-Newton exactly, by K backward passes, and probes of the rest.
    double exact = surface.gaussNewtonForms(theta).trace();
    int outputs = work.network().output().shape().size();
    int sweep = (int) Math.ceil((1 + 2 * surface.loss().factorColumns(outputs)) / 8.0);
    List<Double> rest = new ArrayList<>();
    double value;
    double standardError;
    do {
      rest.addAll(residuals(surface, theta, rest.size()));
      double[] samples = rest.stream().mapToDouble(Double::doubleValue).toArray();
      value = exact + mean(samples);
      standardError = standardError(samples);
    } while (standardError > ONE_PERCENT * Math.abs(value) && rest.size() < 300);
    double plainError = plain.standardError().orElseThrow();
    double error = Math.hypot(plainError, standardError);
    lines.accept(
        session
            .line("trace-smooth")
            .with("on", work.name() + ", tanh")
            .with("precision", "float64")
            .with("peer", "Hutchinson")
            .numbers("products", sweep + rest.size(), plain.products().orElseThrow())
            .with("ours", "gauss-newton and probes")
            .agreement(
                Math.abs(value - plain.value()) / Math.abs(plain.value()),
                4 * error / Math.abs(plain.value()))
            .require(
                standardError <= ONE_PERCENT * Math.abs(value)
                    && plainError <= ONE_PERCENT * Math.abs(plain.value()),
                "the target was not met")
            .with("provider", surface.provider()));
  }

  /** zᵀ(H − G)z for four more random sign vectors. */
  private static List<Double> residuals(NetworkSurface surface, double[] theta, int first) {
    int[] all = IntStream.range(0, theta.length).toArray();
    int[][] positions = {all, all, all, all};
    double[][] vectors = new double[4][];
    Arrays.setAll(vectors, i -> signs(theta.length, first + i));
    return Arrays.stream(surface.residualForms(theta, positions, vectors)).boxed().toList();
  }

  private static double[] signs(int n, int seed) {
    SplittableRandom random = new SplittableRandom(1000 + seed);
    double[] z = new double[n];
    Arrays.setAll(z, i -> random.nextBoolean() ? 1 : -1);
    return z;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void scale(double[] v) {
    double norm = Math.sqrt(dot(v, v));
    for (int i = 0; i < v.length; i++) {
      v[i] /= norm;
    }
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  private static double standardError(double[] values) {
    double mean = mean(values);
    double square = Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
    return Math.sqrt(square / (values.length - 1.0) / values.length);
  }
}
