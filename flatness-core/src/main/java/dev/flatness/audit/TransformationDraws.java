package dev.flatness.audit;

import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.random.Seed;
import dev.flatness.symmetry.Permutation;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Draws the transformations of an audit, each a function of the seed, its family and its trial. */
final class TransformationDraws {
  private static final int ATTEMPTS = 20;

  private final Subject subject;
  private final Network network;
  private final ScaleClasses classes;
  private final double spread;
  private final Seed seed;

  /** The rescalings that adversaries found, by round; the next round has another seed. */
  private final Map<Integer, List<Rescaling>> rounds = new HashMap<>();

  TransformationDraws(Subject subject, double spread) {
    this.subject = subject;
    this.network = subject.network();
    this.classes = ScaleClasses.of(network);
    this.spread = spread;
    this.seed = subject.seed().split("audit");
  }

  /** Why the graph has no member of a family, or none but the identity. */
  Optional<String> unavailable(TransformationFamily family) {
    if (family != TransformationFamily.PERMUTATION && classes.freeCount() == 0) {
      return Optional.of("no hidden unit of the network can be rescaled");
    }
    return switch (family) {
      case LAYER_WISE, ALPHA ->
          because(
              !moves(Rescaling.randomAlpha(classes, Math.max(spread, 2), seed)),
              "no weight tensor of the network can be rescaled as a whole");
      case EXCEPT_INPUTS ->
          because(groups().isEmpty(), "no layer reads a hidden unit that can be rescaled");
      case K_LAYER -> notAChain();
      case BIAS -> because(!hasBias(), "no hidden unit that can be rescaled has a bias");
      case PERMUTATION ->
          because(
              permutation(seed).isIdentity(), "no hidden units of the network can change places");
      case ADVERSARIAL ->
          because(adversarial(0).isEmpty(), "no adversary found a rescaling of the network");
      case NEURON_WISE -> Optional.empty();
    };
  }

  private static Optional<String> because(boolean unavailable, String reason) {
    return unavailable ? Optional.of(reason) : Optional.empty();
  }

  Transformation draw(TransformationFamily family, int trial) {
    Seed own = seed.split(family.id()).split(trial);
    return switch (family) {
      case NEURON_WISE -> Transformation.of(family, trial, Rescaling.random(classes, spread, own));
      case EXCEPT_INPUTS -> exceptInputs(trial, own);
      case LAYER_WISE ->
          Transformation.of(family, trial, Rescaling.randomLayerWise(classes, spread, own));
      case ALPHA -> Transformation.of(family, trial, Rescaling.randomAlpha(classes, spread, own));
      case K_LAYER -> Transformation.of(family, trial, layers(own));
      case BIAS -> Transformation.of(family, trial, biases(own));
      case PERMUTATION -> Transformation.of(trial, permutation(own));
      case ADVERSARIAL -> Transformation.of(family, trial, adversary(trial));
    };
  }

  private static boolean moves(Rescaling rescaling) {
    for (double factor : rescaling.factors()) {
      if (factor != 1) {
        return true;
      }
    }
    return false;
  }

  /** Tries again where a few units happen to keep their order. */
  private Permutation permutation(Seed own) {
    Permutation drawn = Permutation.random(network, own);
    for (int i = 0; i < ATTEMPTS && drawn.isIdentity(); i++) {
      drawn = Permutation.random(network, own.split(i));
    }
    return drawn;
  }

  // Layers that read a common free class belong together.
  private List<List<Node>> groups() {
    List<List<Node>> groups = new ArrayList<>();
    List<Set<Integer>> read = new ArrayList<>();
    for (Node layer : network.weightLayers()) {
      List<Node> members = new ArrayList<>(List.of(layer));
      Set<Integer> own = new HashSet<>();
      for (int c : classes.classesOf(layer.input())) {
        if (classes.isFree(c)) {
          own.add(c);
        }
      }
      if (own.isEmpty()) {
        continue;
      }
      for (int g = groups.size() - 1; g >= 0; g--) {
        if (read.get(g).stream().anyMatch(own::contains)) {
          own.addAll(read.remove(g));
          members.addAll(0, groups.remove(g));
        }
      }
      groups.add(members);
      read.add(own);
    }
    return groups;
  }

  /**
   * A random half of the groups keeps its inputs in an even trial, the others in the next one. A
   * single group keeps none: that leaves the claims of the layers that read no hidden unit.
   */
  private Transformation exceptInputs(int trial, Seed own) {
    List<List<Node>> groups = groups();
    RandomGenerator coin = seed.split("kept inputs").split(trial / 2).generator();
    Rescaling rescaling = Rescaling.random(classes, spread, own);
    boolean[] kept = new boolean[groups.size()];
    boolean all = true;
    boolean none = true;
    for (int g = 0; g < kept.length; g++) {
      kept[g] = coin.nextBoolean();
      all &= kept[g];
      none &= !kept[g];
    }
    if (kept.length > 1 && (all || none)) {
      kept[coin.nextInt(kept.length)] = none;
    }
    Set<String> layers = new HashSet<>();
    Set<Node> grouped = new HashSet<>();
    for (int g = 0; g < kept.length; g++) {
      grouped.addAll(groups.get(g));
      if (kept.length > 1 && kept[g] != (trial % 2 == 1)) {
        for (Node layer : groups.get(g)) {
          rescaling = rescaling.keepingInputsOf(layer);
          layers.add(layer.name());
        }
      }
    }
    for (Node layer : network.weightLayers()) {
      if (!grouped.contains(layer)) {
        layers.add(layer.name());
      }
    }
    return Transformation.keeping(trial, rescaling, layers);
  }

  private Optional<String> notAChain() {
    if (!classes.sequential()) {
      return Optional.of("the network is no chain of layers");
    }
    List<Node> layers = network.weightLayers();
    for (Node node : network.nodes()) {
      boolean hidden = node.weight() >= 0 && !layers.isEmpty();
      if (hidden
          && node.index() < layers.get(layers.size() - 1).index()
          && classes.freeCount(node) != classes.classesOf(node.index()).length) {
        return Optional.of("the scale of layer \"" + node.name() + "\" is fixed");
      }
    }
    return because(layers.size() < 2, "the network has fewer than two weight layers");
  }

  /** The products α_1 ⋯ α_k are log-uniform, so that all factors of units are within the spread. */
  private Rescaling layers(Seed own) {
    RandomGenerator generator = own.generator();
    double bound = StrictMath.log(spread);
    List<Double> alphas = new ArrayList<>();
    double before = 0;
    int layers = network.weightLayers().size();
    for (int k = 1; k <= layers; k++) {
      double product = k == layers ? 0 : bound * (2 * generator.nextDouble() - 1);
      alphas.add(StrictMath.exp(product - before));
      before = product;
    }
    return Rescaling.alphas(classes, alphas);
  }

  private boolean hasBias() {
    boolean[] biased = biased();
    for (boolean one : biased) {
      if (one) {
        return true;
      }
    }
    return false;
  }

  private boolean[] biased() {
    boolean[] biased = new boolean[classes.freeCount()];
    classes.forEachEdge(
        (position, from, to) -> {
          if (from == ScaleClasses.SOURCE && to < biased.length) {
            biased[to] = true;
          }
        });
    return biased;
  }

  private Rescaling biases(Seed own) {
    boolean[] biased = biased();
    double[] factors = Rescaling.random(classes, spread, own).factors();
    for (int c = 0; c < factors.length; c++) {
      factors[c] = biased[c] ? factors[c] : 1;
    }
    return Rescaling.of(classes, factors);
  }

  private Rescaling adversary(int trial) {
    int round = 0;
    int index = trial;
    List<Rescaling> found = adversarial(round);
    while (index >= found.size()) {
      index -= found.size();
      round++;
      found = adversarial(round).isEmpty() ? adversarial(0) : adversarial(round);
    }
    return found.get(index);
  }

  private List<Rescaling> adversarial(int round) {
    return rounds.computeIfAbsent(
        round,
        number -> {
          List<Rescaling> found = new ArrayList<>();
          Seed own = seed.split(TransformationFamily.ADVERSARIAL.id()).split(number);
          for (Adversary adversary : ServiceLoader.load(Adversary.class)) {
            found.addAll(adversary.against(subject, spread, own));
          }
          found.removeIf(rescaling -> !moves(rescaling));
          return found;
        });
  }
}
