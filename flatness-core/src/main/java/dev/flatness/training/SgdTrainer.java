package dev.flatness.training;

import dev.flatness.data.Dataset;
import dev.flatness.loss.Loss;
import dev.flatness.measure.Monitor;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.Evaluation;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.training.Training.Stop;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Stochastic gradient descent with momentum.
 *
 * <p>Formula: u ← μ u + ∇L_B(θ), θ ← θ − η u, over minibatches B of a fresh permutation each epoch;
 * the last batch of an epoch may be smaller.
 *
 * <p>A loss or a parameter that is not finite ends the training in the step where it appears.
 *
 * <p>Cost: three passes a step, one more an epoch for the history. Deterministic: the same seed
 * gives the same network on any number of threads. Errors: values out of range are refused at the
 * call that brings them. Defaults, ours: batch 32, learning rate 0.05, momentum 0.9, 20 epochs,
 * target loss 0.
 *
 * @param batchSize samples per step
 * @param learningRate η
 * @param momentum μ in [0, 1)
 * @param epochs passes over the data at most
 * @param targetLoss the training loss at which to stop
 * @param options how the loss is evaluated
 * @param progress receives progress updates; may stop the training before an epoch
 * @param listener receives loss and network of each epoch
 */
public record SgdTrainer(
    int batchSize,
    double learningRate,
    double momentum,
    int epochs,
    double targetLoss,
    SurfaceOptions options,
    Monitor progress,
    EpochListener listener) {
  /**
   * Checks the ranges.
   *
   * @param batchSize samples per step
   * @param learningRate η
   * @param momentum μ in [0, 1)
   * @param epochs passes over the data at most
   * @param targetLoss the training loss at which to stop
   * @param options how the loss is evaluated
   * @param progress hears how far the training has come
   * @param listener receives loss and network of each epoch
   */
  public SgdTrainer {
    require(batchSize >= 1, "batch size", batchSize, "at least 1");
    require(
        learningRate > 0 && Double.isFinite(learningRate),
        "learning rate",
        learningRate,
        "a positive number");
    require(momentum >= 0 && momentum < 1, "momentum", momentum, "at least 0 and below 1");
    require(epochs >= 0, "number of epochs", epochs, "at least 0");
    require(targetLoss >= 0, "target loss", targetLoss, "at least 0");
  }

  private static void require(boolean holds, String what, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException("the " + what + " is " + value + ", expected " + expected);
    }
  }

  /**
   * Returns the defaults.
   *
   * @return batch 32, learning rate 0.05, momentum 0.9, 20 epochs, target loss 0
   */
  public static SgdTrainer withDefaults() {
    return new SgdTrainer(
        32, 0.05, 0.9, 20, 0, SurfaceOptions.withDefaults(), Monitor.NONE, EpochListener.NONE);
  }

  /**
   * Returns this trainer with another batch size.
   *
   * @param samples samples per step
   * @return the changed copy
   */
  public SgdTrainer withBatchSize(int samples) {
    return new SgdTrainer(
        samples, learningRate, momentum, epochs, targetLoss, options, progress, listener);
  }

  /**
   * Returns this trainer with another learning rate.
   *
   * @param rate η
   * @return the changed copy
   */
  public SgdTrainer withLearningRate(double rate) {
    return new SgdTrainer(
        batchSize, rate, momentum, epochs, targetLoss, options, progress, listener);
  }

  /**
   * Returns this trainer with another momentum.
   *
   * @param factor μ
   * @return the changed copy
   */
  public SgdTrainer withMomentum(double factor) {
    return new SgdTrainer(
        batchSize, learningRate, factor, epochs, targetLoss, options, progress, listener);
  }

  /**
   * Returns this trainer with another number of epochs.
   *
   * @param most passes over the data at most
   * @return the changed copy
   */
  public SgdTrainer withEpochs(int most) {
    return new SgdTrainer(
        batchSize, learningRate, momentum, most, targetLoss, options, progress, listener);
  }

  /**
   * Returns this trainer with another stopping rule.
   *
   * @param loss the training loss at which to stop
   * @return the changed copy
   */
  public SgdTrainer withTargetLoss(double loss) {
    return new SgdTrainer(
        batchSize, learningRate, momentum, epochs, loss, options, progress, listener);
  }

  /**
   * Returns this trainer with other options of evaluation.
   *
   * @param how precision, threads and provider
   * @return the changed copy
   */
  public SgdTrainer withOptions(SurfaceOptions how) {
    return new SgdTrainer(
        batchSize, learningRate, momentum, epochs, targetLoss, how, progress, listener);
  }

  /**
   * Returns this trainer with other progress updates.
   *
   * @param updates receives progress updates; may stop the training before an epoch
   * @return the changed copy
   */
  public SgdTrainer withMonitor(Monitor updates) {
    return new SgdTrainer(
        batchSize, learningRate, momentum, epochs, targetLoss, options, updates, listener);
  }

  /**
   * Returns this trainer with another listener. It changes no number; an exception that it throws
   * ends the training.
   *
   * @param epochs receives loss and network before the first epoch and after each
   * @return the changed copy
   */
  public SgdTrainer withListener(EpochListener epochs) {
    return new SgdTrainer(
        batchSize, learningRate, momentum, this.epochs, targetLoss, options, progress, epochs);
  }

  /**
   * Trains.
   *
   * @param network where to start
   * @param data the training data
   * @param loss the loss
   * @param seed the root of the permutations
   * @return the trained network with its history; after {@link Stop#DIVERGED} the network of the
   *     last epoch before
   * @throws IllegalArgumentException if data, network and loss do not fit
   */
  public Training train(Network network, Dataset data, Loss loss, Seed seed) {
    NetworkSurface whole = NetworkSurface.of(network, data, loss, options);
    int n = data.size();
    int size = Math.min(batchSize, n);
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      order[i] = i;
    }
    SurfaceOptions stepOptions = options.withBatchSize(0).withCacheBytes(0);
    Minibatch full = new Minibatch(data, order, size);
    NetworkSurface fullSurface = NetworkSurface.of(network, full, loss, stepOptions);
    Minibatch rest = n % size == 0 ? full : new Minibatch(data, order, n % size);
    NetworkSurface restSurface =
        rest == full ? fullSurface : NetworkSurface.of(network, rest, loss, stepOptions);

    double[] theta = network.parameterVector();
    double[] velocity = new double[theta.length];
    double[] gradient = new double[theta.length];
    List<Evaluation> history = new ArrayList<>();
    history.add(whole.evaluate(theta));
    listener.epoch(0, network, history.get(0));
    if (!Double.isFinite(history.get(0).loss())) {
      return new Training(
          network,
          history,
          Stop.DIVERGED,
          "the loss is "
              + history.get(0).loss()
              + " before the first step; check the data and how the inputs are scaled");
    }
    Network last = network;
    for (int epoch = 0; epoch < epochs; epoch++) {
      progress.update("training", epoch, epochs);
      if (progress.stopped()) {
        return ended(last, history, Stop.STOPPED);
      }
      shuffle(order, seed.split(epoch).generator());
      for (int first = 0; first < n; first += size) {
        boolean tail = n - first < size;
        (tail ? rest : full).moveTo(first);
        double value = (tail ? restSurface : fullSurface).valueAndGradient(theta, gradient);
        for (int i = 0; i < theta.length; i++) {
          velocity[i] = momentum * velocity[i] + gradient[i];
          theta[i] -= learningRate * velocity[i];
        }
        if (!Double.isFinite(value) || !finite(theta)) {
          String what =
              Double.isFinite(value) ? "a weight was not finite" : "the loss was " + value;
          return diverged(last, history, what + " in step " + (first / size + 1) + " of");
        }
      }
      Evaluation now = whole.evaluate(theta);
      if (!Double.isFinite(now.loss())) {
        return diverged(last, history, "the loss was " + now.loss() + " at the end of");
      }
      history.add(now);
      last = network.withParameters(theta);
      listener.epoch(epoch + 1, last, now);
      if (now.loss() <= targetLoss) {
        return ended(last, history, Stop.TARGET_LOSS);
      }
    }
    progress.update("training", epochs, epochs);
    return ended(last, history, Stop.EPOCHS);
  }

  private static Training ended(Network last, List<Evaluation> history, Stop stop) {
    return new Training(last, history, stop, stop.text());
  }

  /** The epoch in work is the one after those in the history, which starts with epoch 0. */
  private Training diverged(Network last, List<Evaluation> history, String where) {
    String reason =
        Stop.DIVERGED.text()
            + ": "
            + where
            + " epoch "
            + history.size()
            + "; lower the learning rate (it is "
            + learningRate
            + ")";
    return new Training(last, history, Stop.DIVERGED, reason);
  }

  private static boolean finite(double[] theta) {
    for (double value : theta) {
      if (!Double.isFinite(value)) {
        return false;
      }
    }
    return true;
  }

  /** The Fisher–Yates shuffle. */
  private static void shuffle(int[] order, RandomGenerator random) {
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swap = order[i];
      order[i] = order[j];
      order[j] = swap;
    }
  }
}
