package dev.flatness.pacbayes;

import dev.flatness.internal.dense.DenseChain;
import dev.flatness.internal.engine.ChunkRunner;
import dev.flatness.loss.BinaryCrossEntropy;
import dev.flatness.loss.Loss;
import dev.flatness.network.Network;
import dev.flatness.pacbayes.OptimizedPosterior.Epoch;
import dev.flatness.pacbayes.OptimizedPosterior.Stop;
import dev.flatness.random.Seed;
import dev.flatness.surface.SurfaceOptions;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One optimisation of a posterior. */
final class PosteriorRun {
  private final PosteriorOptimizer how;
  private final PosteriorProblem problem;
  private final Seed seed;
  private final int batch;
  private final double[] center;
  private final double[] width;
  private final ChunkRunner runner;
  private final RiskGradient risk;
  private final PosteriorState state;
  private final @Nullable PosteriorFile file;

  PosteriorRun(
      PosteriorOptimizer how, PosteriorProblem problem, DiagonalGaussian start, Seed seed) {
    this.how = how;
    this.problem = problem;
    this.seed = seed;
    this.batch = Math.min(how.batchSize(), problem.data().size());
    this.center = problem.prior().mean();
    this.width = problem.prior().sigma();
    this.runner = new ChunkRunner(how.options().threads());
    this.risk = risk();
    this.state = new PosteriorState(start);
    this.file = how.file() == null ? null : PosteriorFile.of(how.file(), how, problem, start, seed);
  }

  private RiskGradient risk() {
    SurfaceOptions options = how.options();
    Network network = problem.network();
    SurrogateRisk surrogate =
        SurrogateRisk.of(how.surrogate(), problem.loss(), how.minimumProbability());
    boolean chain = DenseChain.refusal(network).isEmpty();
    if (how.surrogate() == Surrogate.ERROR) {
      requireSingleOutput(network, problem.loss());
    }
    if (!chain) {
      return new DrawnRiskGradient(network, problem.data(), surrogate, batch, options);
    }
    SampleRows rows =
        new SampleRows(
            problem.data(),
            options.precision(),
            Math.min(options.cacheBytes(), options.memoryLimit() / 2));
    return new DenseRiskGradient(DenseChain.of(network), rows, surrogate, batch, options, runner);
  }

  private static void requireSingleOutput(Network network, Loss loss) {
    String expected = "; use the surrogate \"clipped\" or \"logistic\"";
    DenseChain chain;
    try {
      chain = DenseChain.of(network);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("surrogate \"error\": " + e.getMessage() + expected, e);
    }
    int outputs = chain.outputs();
    boolean plain = chain.layers().get(chain.layers().size() - 1).after().identity();
    if (outputs != 1 || !plain || !(loss instanceof BinaryCrossEntropy)) {
      throw new IllegalArgumentException(
          "surrogate \"error\" needs one logit and binary-cross-entropy, but the network has "
              + outputs
              + (plain ? " outputs" : " outputs after an activation")
              + " and the loss is "
              + loss.id()
              + expected);
    }
  }

  OptimizedPosterior run() {
    if (file != null) {
      file.readInto(state);
    }
    int n = problem.data().size();
    long each = (n + batch - 1) / batch;
    long all = each * how.epochs();
    int[] order = new int[n];
    double[] meanGradient = new double[center.length];
    double[] sigmaGradient = new double[center.length];
    DiagonalGaussian last = state.posterior();
    while (state.history.size() < how.epochs()) {
      int epoch = state.history.size();
      shuffle(order, seed.split("order").split(epoch).generator());
      Seed noise = seed.split("noise").split(epoch);
      double divergence = state.divergence(center, width, runner);
      double sum = 0;
      for (int from = 0; from < n; from += batch) {
        how.monitor().update("optimising the posterior", state.steps, all);
        if (how.monitor().stopped() && state.valid()) {
          return ended(Stop.STOPPED, how.monitor().whyStopped());
        }
        int count = Math.min(batch, n - from);
        double q =
            risk.evaluate(
                state.mean, state.sigma, order, from, count, noise, meanGradient, sigmaGradient);
        sum += q * count;
        double epsilon = problem.epsilon(Math.max(0, divergence));
        double rate = (1 + Math.cos(Math.PI * state.steps / all)) / 2;
        divergence =
            state.step(
                new PosteriorState.Step(
                    rate * how.meanRate(),
                    rate * how.scaleRate(),
                    how.momentum(),
                    how.bound().inRisk(q, epsilon),
                    how.bound().inDivergence(q, epsilon) / n),
                meanGradient,
                sigmaGradient,
                center,
                width,
                runner);
        if (!Double.isFinite(q) || !Double.isFinite(divergence)) {
          return diverged(last, q, from / batch + 1);
        }
      }
      if (!state.valid()) {
        return diverged(last, sum / n, (int) each);
      }
      last = state.posterior();
      double reached = last.divergenceFrom(problem.prior());
      double bound = how.bound().value(sum / n, problem.epsilon(reached));
      state.history.add(new Epoch(epoch + 1, sum / n, reached, bound));
      if (file != null) {
        file.write(state);
      }
    }
    how.monitor().update("optimising the posterior", all, all);
    return ended(Stop.EPOCHS, "all epochs were run");
  }

  private OptimizedPosterior ended(Stop stop, String reason) {
    return new OptimizedPosterior(state.posterior(), state.history, stop, reason);
  }

  private OptimizedPosterior diverged(DiagonalGaussian last, double q, int step) {
    String reason =
        "the optimisation diverged: a number was not finite in step "
            + step
            + " of epoch "
            + (state.history.size() + 1)
            + ", where the risk was "
            + q
            + "; lower the rate of the means (it is "
            + how.meanRate()
            + ")";
    return new OptimizedPosterior(last, state.history, Stop.DIVERGED, reason);
  }

  /** The Fisher–Yates shuffle of 0 … n−1. */
  private static void shuffle(int[] order, RandomGenerator random) {
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swap = order[i];
      order[i] = order[j];
      order[j] = swap;
    }
  }
}
