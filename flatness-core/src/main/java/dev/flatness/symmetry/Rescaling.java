package dev.flatness.symmetry;

import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Parameter;
import dev.flatness.random.Seed;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import java.util.random.RandomGenerator;

/**
 * A positive rescaling of hidden units, which changes the parameters but not the function of a
 * network.
 *
 * <p>Formula: w → w·c_b/c_a for the parameter of an edge from class a to class b, c &gt; 0 free for
 * every free scale class, 1 for the others. Rescalings form a group: {@link #compose}, {@link
 * #inverse}, {@link #identity}.
 *
 * <p>Units: one factor a free class, H in all. Cost: applying is linear in the parameters. Errors:
 * factors that are not positive and finite, networks of another graph and parameters that would
 * leave the range of normal doubles are {@link IllegalArgumentException}s. Immutable. Source:
 * docs/mathematics.md#rescaling; Neyshabur 2015; Dinh 2017, §3 and App. B.
 */
public final class Rescaling {
  private final ScaleClasses classes;
  private final double[] factors;

  private Rescaling(ScaleClasses classes, double[] factors) {
    this.classes = classes;
    this.factors = factors;
  }

  /**
   * Makes a rescaling of given factors.
   *
   * @param classes the scale classes
   * @param factors one a free class; copied
   * @return the rescaling
   */
  public static Rescaling of(ScaleClasses classes, double[] factors) {
    if (factors.length != classes.freeCount()) {
      throw new IllegalArgumentException(
          "there are "
              + factors.length
              + " factors, expected one per free class ("
              + classes.freeCount()
              + ")");
    }
    for (int c = 0; c < factors.length; c++) {
      if (!(factors[c] > 0) || Double.isInfinite(factors[c])) {
        throw new IllegalArgumentException(
            "factor of "
                + classes.describe(c)
                + " is "
                + factors[c]
                + ", expected a positive finite number");
      }
    }
    return new Rescaling(classes, factors.clone());
  }

  /**
   * Makes the rescaling that changes nothing.
   *
   * @param classes the scale classes
   * @return all factors 1
   */
  public static Rescaling identity(ScaleClasses classes) {
    return filled(classes, c -> 1);
  }

  /**
   * Draws an independent factor for every free class: a random element of the whole group.
   *
   * @param classes the scale classes
   * @param spread S ≥ 1; factors are log-uniform in [1/S, S]
   * @param seed the randomness
   * @return the rescaling
   */
  public static Rescaling random(ScaleClasses classes, double spread, Seed seed) {
    double bound = logarithm(spread);
    RandomGenerator generator = seed.generator();
    return filled(classes, c -> StrictMath.exp(bound * (2 * generator.nextDouble() - 1)));
  }

  /**
   * Draws an independent power of two for every free class; applying it is exact in binary
   * arithmetic.
   *
   * @param classes the scale classes
   * @param exponent E ≥ 0; factors are 2^e, e uniform in −E … E
   * @param seed the randomness
   * @return the rescaling
   */
  public static Rescaling randomPowersOfTwo(ScaleClasses classes, int exponent, Seed seed) {
    if (exponent < 0 || exponent > 500) {
      throw new IllegalArgumentException("largest exponent is " + exponent + ", expected 0 to 500");
    }
    RandomGenerator generator = seed.generator();
    return filled(classes, c -> Math.scalb(1.0, generator.nextInt(-exponent, exponent + 1)));
  }

  /**
   * Draws a random element of the subgroup under which every weight tensor is multiplied by one
   * number.
   *
   * <p>Formula: c_b/c_a is the same for all edges of a weight or scale tensor. In a chain that is
   * one independent factor a layer; sums and concatenations tie layers together.
   *
   * @param classes the scale classes
   * @param spread S ≥ 1; factors are within [1/S, S], the independent ones log-uniform
   * @param seed the randomness
   * @return the rescaling
   */
  public static Rescaling randomLayerWise(ScaleClasses classes, double spread, Seed seed) {
    double[] logarithms = LayerWiseSubgroup.of(classes).draw(logarithm(spread), seed.generator());
    return filled(classes, c -> StrictMath.exp(logarithms[c]));
  }

  /**
   * Draws one factor of the layer-wise subgroup and leaves the others 1: a random α-scale
   * transformation.
   *
   * <p>Formula: in a chain the weights into one hidden layer times α, those out of it divided by α;
   * layers that sums and concatenations tie together are scaled together.
   *
   * @param classes the scale classes
   * @param spread S ≥ 1; α is log-uniform in [1/S, S]
   * @param seed the randomness
   * @return the rescaling; the identity if the subgroup has no factor
   */
  public static Rescaling randomAlpha(ScaleClasses classes, double spread, Seed seed) {
    LayerWiseSubgroup subgroup = LayerWiseSubgroup.of(classes);
    double bound = logarithm(spread);
    RandomGenerator generator = seed.generator();
    if (subgroup.factors() == 0) {
      return identity(classes);
    }
    int chosen = generator.nextInt(subgroup.factors());
    double alpha = StrictMath.exp(bound * (2 * generator.nextDouble() - 1));
    return filled(classes, c -> subgroup.factorOf(c) == chosen ? alpha : 1);
  }

  /**
   * Scales all free output channels of one layer by one number: the α-scale transformation.
   *
   * @param classes the scale classes
   * @param layer a weight layer
   * @param alpha the factor of its output
   * @return the rescaling
   */
  public static Rescaling alpha(ScaleClasses classes, Node layer, double alpha) {
    double[] factors = identity(classes).factors;
    if (classes.freeCount(layer) == 0) {
      throw new IllegalArgumentException(
          "layer \""
              + layer.name()
              + "\" writes no free class, so it cannot take the factor "
              + alpha
              + "; choose a hidden layer with a positively homogeneous activation");
    }
    for (int c : classes.classesOf(layer.index())) {
      if (classes.isFree(c)) {
        factors[c] = alpha;
      }
    }
    return of(classes, factors);
  }

  /**
   * Multiplies the weight of the k-th layer of a chain by α_k and its bias by α_1 ⋯ α_k.
   *
   * <p>Formula: Π α_k = 1. Source: Dinh 2017, App. B. Affine layers between keep their scale; their
   * shift takes the product of the layers before.
   *
   * @param classes the scale classes of a sequential network
   * @param alphas one factor a dense or convolutional layer, in forward order
   * @return the rescaling
   * @throws IllegalArgumentException if the network is no chain, the product is not 1 or a layer's
   *     output is anchored
   */
  public static Rescaling alphas(ScaleClasses classes, List<Double> alphas) {
    Network network = classes.network();
    List<Node> layers = network.weightLayers();
    if (!classes.sequential()) {
      throw new IllegalArgumentException(
          "network " + network + " is no chain of layers; use one factor per free class instead");
    }
    if (alphas.size() != layers.size()) {
      throw new IllegalArgumentException(
          "there are "
              + alphas.size()
              + " factors, expected one per weight layer ("
              + layers.size()
              + ")");
    }
    double[] factors = identity(classes).factors;
    double product = 1;
    int k = 0;
    for (Node node : network.nodes()) {
      product *= node.layer().hasWeightMatrix() ? alphas.get(k++) : 1;
      if (k == layers.size() && node.layer().hasWeightMatrix()) {
        requireProductOne(product);
        product = 1;
      }
      if (node.weight() >= 0) {
        assign(classes, node, product, factors);
      }
    }
    return of(classes, factors);
  }

  /**
   * Returns the factor of a class.
   *
   * @param scaleClass any class, or {@link ScaleClasses#SOURCE}
   * @return c; 1 for anchored classes and the source
   */
  public double factor(int scaleClass) {
    return scaleClass >= 0 && scaleClass < factors.length ? factors[scaleClass] : 1;
  }

  /**
   * Returns the factors of the free classes.
   *
   * @return a copy
   */
  public double[] factors() {
    return factors.clone();
  }

  /**
   * Returns the classes that the factors belong to.
   *
   * @return the scale classes
   */
  public ScaleClasses classes() {
    return classes;
  }

  /**
   * Returns this rescaling with another factor for one class.
   *
   * @param scaleClass a free class
   * @param factor its new factor
   * @return the changed copy
   */
  public Rescaling with(int scaleClass, double factor) {
    double[] changed = factors.clone();
    changed[scaleClass] = factor;
    return of(classes, changed);
  }

  /**
   * Returns this rescaling with factor 1 for the classes that a layer reads.
   *
   * @param layer a weight layer
   * @return an element of the subgroup {@code neuron-wise-except-inputs} of that layer
   */
  public Rescaling keepingInputsOf(Node layer) {
    double[] changed = factors.clone();
    for (int c : classes.classesOf(layer.input())) {
      if (classes.isFree(c)) {
        changed[c] = 1;
      }
    }
    return new Rescaling(classes, changed);
  }

  /**
   * Returns this rescaling with every factor rounded to the nearest power of two on the logarithmic
   * scale.
   *
   * @return the changed copy; applying it is exact in binary arithmetic
   */
  public Rescaling roundedToPowersOfTwo() {
    return filled(
        classes,
        c -> Math.scalb(1.0, (int) Math.rint(StrictMath.log(factors[c]) / StrictMath.log(2))));
  }

  /**
   * Returns the rescaling that applies this one and then another.
   *
   * @param next the other, of the same classes
   * @return their product
   */
  public Rescaling compose(Rescaling next) {
    classes.requireSameGraph(next.classes.network());
    double[] product = new double[factors.length];
    Arrays.setAll(product, c -> factors[c] * next.factors[c]);
    return of(classes, product);
  }

  /**
   * Returns the rescaling that undoes this one.
   *
   * @return all factors inverted
   */
  public Rescaling inverse() {
    double[] inverted = new double[factors.length];
    Arrays.setAll(inverted, c -> 1 / factors[c]);
    return of(classes, inverted);
  }

  /**
   * Returns what every parameter is multiplied by.
   *
   * <p>Formula: c_b/c_a. Cost: linear in the parameters.
   *
   * @return one positive number a parameter, a new array
   */
  public double[] ratios() {
    double[] ratios = new double[classes.network().parameterCount()];
    classes.forEachEdge((position, from, to) -> ratios[position] = factor(to) / factor(from));
    return ratios;
  }

  /**
   * Rescales a network.
   *
   * @param network a network of the classes' graph
   * @return the network of the same function with rescaled parameters
   * @throws IllegalArgumentException if a parameter would overflow, or underflow below the normal
   *     doubles
   */
  public Network applyTo(Network network) {
    classes.requireSameGraph(network);
    double[] theta = network.parameterVector();
    double[] scaled = ratios();
    for (int i = 0; i < theta.length; i++) {
      scaled[i] *= theta[i];
    }
    for (int i = 0; i < theta.length; i++) {
      boolean tooSmall =
          Math.abs(scaled[i]) < Double.MIN_NORMAL && Math.abs(theta[i]) >= Double.MIN_NORMAL;
      if (tooSmall || !Double.isFinite(scaled[i])) {
        throw outOfRange(network, i, theta[i]);
      }
    }
    return network.withParameters(scaled);
  }

  /** Returns the number of factors and their range. */
  @Override
  public String toString() {
    double least = Arrays.stream(factors).min().orElse(1);
    double largest = Arrays.stream(factors).max().orElse(1);
    return String.format(
        Locale.ROOT, "Rescaling[%d factors from %.3g to %.3g]", factors.length, least, largest);
  }

  private IllegalArgumentException outOfRange(Network network, int position, double value) {
    Parameter parameter = network.parameters().get(0);
    for (Parameter candidate : network.parameters()) {
      parameter = candidate.offset() <= position ? candidate : parameter;
    }
    ScaleClasses.Edge edge = classes.edge(position);
    return new IllegalArgumentException(
        "parameter \""
            + parameter.name()
            + "\" at position "
            + (position - parameter.offset())
            + " is "
            + value
            + ", and the factors "
            + factor(edge.to())
            + " and "
            + factor(edge.from())
            + " of its two ends take it out of the range of doubles; use factors closer to 1");
  }

  private static Rescaling filled(ScaleClasses classes, IntToDoubleFunction factor) {
    double[] factors = new double[classes.freeCount()];
    for (int c = 0; c < factors.length; c++) {
      factors[c] = factor.applyAsDouble(c);
    }
    return new Rescaling(classes, factors);
  }

  private static double logarithm(double spread) {
    if (!(spread >= 1) || Double.isInfinite(spread)) {
      throw new IllegalArgumentException(
          "spread is " + spread + ", expected a finite number of at least 1");
    }
    return StrictMath.log(spread);
  }

  private static void requireProductOne(double product) {
    if (!(Math.abs(product - 1) <= 1e-9)) {
      throw new IllegalArgumentException(
          "the product of the factors is " + product + ", expected 1");
    }
  }

  private static void assign(ScaleClasses classes, Node node, double product, double[] factors) {
    for (int c : classes.classesOf(node.index())) {
      if (classes.isFree(c)) {
        factors[c] = product;
      } else if (Math.abs(product - 1) > 1e-9) {
        throw new IllegalArgumentException(
            "layer \""
                + node.name()
                + "\" cannot take the factor "
                + product
                + ": its scale is fixed ("
                + classes.anchors(c).iterator().next().text()
                + ")");
      }
    }
  }
}
