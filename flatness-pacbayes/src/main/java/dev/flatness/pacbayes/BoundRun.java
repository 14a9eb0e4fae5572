package dev.flatness.pacbayes;

import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.loss.Losses;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Status;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.training.Initialization;
import dev.flatness.training.Training;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.random.RandomGenerator;

/** One estimation of bounds, from the prior's network to the sentences. */
final class BoundRun {
  /** The prior's scale while a posterior is optimised, where the grid chooses it afterwards. */
  private static final double TRAINING_SCALE = 0.04;

  private static final double SATURATED = 0.999;

  /** The same around a trained network, which has less far to go. */
  private static final double TRAINED_SCALE = 0.02;

  private final BoundEstimator asked;
  private final NetworkSurface whole;
  private final Monitor monitor;
  private final Seed seed;
  private final Network network;
  private boolean stoppedEarly;

  BoundRun(BoundEstimator asked, NetworkSurface surface, Monitor monitor, Seed seed) {
    this.asked = asked;
    this.whole = surface;
    this.monitor = monitor;
    this.seed = seed;
    this.network = surface.network();
    requireBounded();
    asked.prior().center().ifPresent(this::requireSameGraph);
    if (asked.posterior().search() == Posterior.Kind.OPTIMISED && asked.skeleton().isPresent()) {
      throw new IllegalArgumentException(
          "an optimised posterior is one of the weights; take the bound in weights (--coordinates"
              + " weights), or search the posterior's standard deviation (--sigma search)");
    }
  }

  private void requireBounded() {
    for (String weighting : new String[] {"classWeights", "ignoreIndex"}) {
      if (whole.loss().settings().containsKey(weighting)) {
        throw new IllegalArgumentException(
            "the loss weighs samples ("
                + weighting
                + "), but a bound is about a plain mean over them; leave the weights out");
      }
    }
    if (asked.risk().isZeroOne()
        && Double.isNaN(whole.evaluate(whole.network().parameterVector()).correct())) {
      throw new IllegalArgumentException(
          "loss \""
              + whole.loss().id()
              + "\" has values beyond 1 and its targets are no labels that errors could be counted"
              + " of; clip it by name (--risk clipped=B)");
    }
  }

  private void requireSameGraph(Network prior) {
    if (!layers(Losses.fit(prior, whole.loss())).equals(layers(network))) {
      throw new IllegalArgumentException(
          "the prior's network "
              + prior
              + " has other layers or constants than "
              + network
              + ", expected a network that differs in its parameters alone");
    }
  }

  private static List<Object> layers(Network network) {
    List<Object> layers = new ArrayList<>();
    for (Node node : network.nodes()) {
      layers.add(List.of(node.layer(), node.inputs(), node.shape(), node.weight(), node.bias()));
    }
    return layers;
  }

  /** The samples that the bound is evaluated on, and the network that the prior is centered at. */
  private record Ground(NetworkSurface surface, Optional<Network> prior) {}

  private Ground ground() {
    Prior prior = asked.prior();
    if (!prior.isSplit()) {
      return new Ground(evaluated(whole.dataset()), prior.center());
    }
    Dataset data = whole.dataset();
    int seen = (int) Math.floor(prior.share() * data.size());
    if (seen < 1 || seen >= data.size()) {
      throw new IllegalArgumentException(
          "a share of "
              + prior.share()
              + " of "
              + data.size()
              + " samples leaves none for the prior or none for the bound; choose another share");
    }
    if (prior.center().isPresent()) {
      return new Ground(evaluated(Datasets.subset(data, seen, data.size() - seen)), prior.center());
    }
    int[] order = shuffled(data.size());
    Training trained =
        prior
            .trainer()
            .withOptions(whole.options())
            .withMonitor(monitor.as("training the prior"))
            .train(
                Initialization.KAIMING.draw(network, seed.split("prior-initialization")),
                Datasets.select(data, sorted(order, 0, seen)),
                whole.loss(),
                seed.split("prior-training"));
    if (trained.stop() == Training.Stop.DIVERGED) {
      throw new IllegalArgumentException("the training of the prior failed: " + trained.reason());
    }
    Dataset rest = Datasets.select(data, sorted(order, seen, data.size()));
    return new Ground(evaluated(rest), Optional.of(trained.network()));
  }

  private int[] shuffled(int size) {
    int[] order = new int[size];
    Arrays.setAll(order, i -> i);
    RandomGenerator random = seed.split("prior-split").generator();
    for (int i = size - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swap = order[i];
      order[i] = order[j];
      order[j] = swap;
    }
    return order;
  }

  private static int[] sorted(int[] order, int from, int to) {
    int[] part = Arrays.copyOfRange(order, from, to);
    Arrays.sort(part);
    return part;
  }

  private NetworkSurface evaluated(Dataset data) {
    return data == whole.dataset()
        ? whole
        : NetworkSurface.of(network, data, whole.loss(), whole.options());
  }

  List<BoundResult> results() {
    Ground ground = ground();
    Space space =
        asked.skeleton().isPresent()
            ? BasisPathSpace.of(network, ground.prior(), asked.skeleton().get())
            : Space.weights(network);
    double discrete = space.discrete(ground.prior());
    double[] priorCenter =
        ground.prior().map(space::centerOf).orElseGet(() -> new double[space.dimension()]);
    List<String> layers = new ArrayList<>();
    int[] group = space.layers(network, layers);
    if (asked.posterior().search() != Posterior.Kind.PER_LAYER) {
      Arrays.fill(group, 0);
      layers = List.of("");
    }
    Scales scales = new Scales(space.center(), priorCenter, group, asked.prior().scale());
    int samples = ground.surface().dataset().size();
    double delta = (1 - asked.confidence()) * 4 / 5;
    double deltaRisk = (1 - asked.confidence()) / 5;
    Draws draws = new Draws(ground.surface(), space, asked.risk(), monitor);
    DiagonalGaussian posterior =
        asked.posterior().search() == Posterior.Kind.OPTIMISED
            ? optimised(ground, space, priorCenter, delta)
            : scales.posterior(sigma(scales, draws, discrete, samples, delta));
    double centerLoss = draws.at(posterior.mean());
    Scales.Fitted fitted = scales.fitted(posterior);
    Draws.Mean drawn = draws.mean(posterior, asked.draws(), seed.split("risk"), "drawing the risk");
    BoundTerms terms =
        new BoundTerms(
            samples,
            fitted.divergence() + discrete,
            fitted.price(),
            RiskEstimate.of(drawn.value(), drawn.draws(), deltaRisk),
            delta,
            centerLoss,
            asked.catoni());
    Map<String, Double> beside = new LinkedHashMap<>();
    if (space.isWeights() && ground.prior().isEmpty()) {
      klOnOrbit(posterior, fitted.prior()).ifPresent(kl -> beside.put("klOnOrbit", kl));
    }
    asked
        .test()
        .ifPresent(
            test -> {
              Draws fresh = new Draws(evaluated(test), space, asked.risk(), monitor);
              // At least ten passes where each sample is drawn by itself.
              int some = Math.max(Math.min(asked.draws(), 100), fresh.passes(10));
              beside.put(
                  "testRisk",
                  fresh.mean(posterior, some, seed.split("test"), "drawing the test risk").value());
              beside.put("testSamples", (double) test.size());
            });
    BoundWords words =
        new BoundWords(
            asked,
            space,
            terms,
            scales.rootMeanSquares(posterior),
            fitted.priorSigma(),
            layers,
            ownPrior());
    Status status =
        stoppedEarly || drawn.draws() < asked.draws() ? Status.NOT_CONVERGED : Status.EXACT;
    return asked.bounds().stream().map(bound -> words.result(bound, status, beside)).toList();
  }

  private DiagonalGaussian optimised(
      Ground ground, Space space, double[] priorCenter, double delta) {
    double scale =
        asked.prior().sigma().orElse(asked.prior().isSplit() ? TRAINED_SCALE : TRAINING_SCALE);
    DiagonalGaussian prior = DiagonalGaussian.isotropic(priorCenter, scale);
    double[] start = asked.prior().isSplit() ? priorCenter : space.center();
    PosteriorOptimizer how = asked.posterior().optimizer();
    OptimizedPosterior found =
        how.withOptions(whole.options().withPrecision(how.options().precision()))
            .withMonitor(monitor.as("optimising the posterior"))
            .optimize(
                new PosteriorProblem(
                    network, prior, ground.surface().dataset(), whole.loss(), delta),
                DiagonalGaussian.isotropic(start, scale),
                seed.split("posterior"));
    if (found.stop() == OptimizedPosterior.Stop.DIVERGED) {
      throw new IllegalArgumentException(
          "the optimisation of the posterior failed: " + found.reason());
    }
    stoppedEarly = found.stop() == OptimizedPosterior.Stop.STOPPED;
    return found.posterior();
  }

  /**
   * What the divergence could be at the same risk, for every drawn network stays; none where scales
   * leave the range of doubles.
   */
  private OptionalDouble klOnOrbit(DiagonalGaussian posterior, DiagonalGaussian prior) {
    try {
      return OptionalDouble.of(OrbitDivergence.minimize(network, posterior, prior).after());
    } catch (IllegalArgumentException outOfRange) {
      return OptionalDouble.empty();
    }
  }

  private boolean ownPrior() {
    return asked
        .prior()
        .center()
        .filter(center -> Arrays.equals(center.parameterVector(), network.parameterVector()))
        .isPresent();
  }

  private double[] sigma(Scales scales, Draws draws, double discrete, int samples, double delta) {
    if (asked.posterior().search() == Posterior.Kind.FIXED) {
      return new double[] {asked.posterior().sigma()};
    }
    Seed directions = seed.split("search");
    return ScaleSearch.minimize(
        sigma -> {
          Scales.Fitted fitted = scales.fitted(sigma);
          double risk =
              draws
                  .mean(
                      scales.posterior(sigma),
                      draws.passes(BoundEstimator.SEARCH_DRAWS),
                      directions,
                      "searching sigma")
                  .value();
          double divergence = fitted.divergence() + fitted.price() + discrete;
          double bound = PacBayes.seeger(risk, divergence, samples, delta);
          // Where it saturates the quadratic bound goes on.
          return bound < SATURATED
              ? bound
              : 1 + PacBayes.quadratic(risk, divergence, samples, delta);
        },
        scales.magnitude(),
        scales.groups());
  }
}
