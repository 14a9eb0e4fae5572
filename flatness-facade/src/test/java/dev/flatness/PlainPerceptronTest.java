package dev.flatness;

import static dev.flatness.PlainPerceptron.eigenvalues;
import static dev.flatness.PlainPerceptron.largest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.attack.Attack;
import dev.flatness.attack.Attacks;
import dev.flatness.audit.Audit;
import dev.flatness.audit.AuditedNumber;
import dev.flatness.audit.Drift;
import dev.flatness.audit.TransformationFamily;
import dev.flatness.data.Datasets;
import dev.flatness.hessian.EpsilonSharpness;
import dev.flatness.hessian.ExpectedSharpness;
import dev.flatness.hessian.Kappa;
import dev.flatness.hessian.MinimalTrace;
import dev.flatness.hessian.RelativeFlatness;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Subject;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.symmetry.Gauge;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleBiFunction;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Attacks, gauges and audits against a network in plain loops, which shares no code with them. */
class PlainPerceptronTest {
  private static final int[] WIDTHS = {3, 3, 2, 3};
  private static final Seed SEED = Seed.of(1703);
  private static final double[][] INPUTS =
      PlainPerceptron.gaussian(SEED.split("inputs").generator(), 9, 3);
  private static final int[] LABELS = {0, 1, 2, 2, 1, 0, 0, 2, 0};

  private final PlainPerceptron plain = new PlainPerceptron(WIDTHS, true, INPUTS, LABELS);
  private final double[] theta = draw(plain);
  private final Subject subject = subject(plain, theta, INPUTS, LABELS);

  /** Parameters at which every hidden unit takes part. */
  private static double[] draw(PlainPerceptron plain) {
    for (int i = 0; i < 1000; i++) {
      RandomGenerator random = SEED.split("parameters").split(i).generator();
      double[] theta = random.doubles(plain.parameters(), -1.5, 1.5).toArray();
      double[][] hessian = plain.hessian(theta);
      boolean all = true;
      for (int e = 0; e < theta.length; e++) {
        all &= hessian[e][e] > 1e-4;
      }
      if (all) {
        return theta;
      }
    }
    throw new AssertionError("no parameters at which every hidden unit takes part");
  }

  private static Subject subject(
      PlainPerceptron plain, double[] theta, double[][] inputs, int[] labels) {
    return Subject.of(
        NetworkSurface.of(
            plain.network(theta), Datasets.of(inputs, labels), SoftmaxCrossEntropy.onLogits()));
  }

  private static void close(double actual, double expected, double relative) {
    assertThat(actual).isCloseTo(expected, within(relative * Math.abs(expected)));
  }

  private static void close(double[] actual, double[] expected, double relative) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      close(actual[i], expected[i], relative);
    }
  }

  private double[] moved(Attack.Result result) {
    double[] image = result.network().parameterVector();
    for (double[] x : INPUTS) {
      close(plain.outputs(image, x), plain.outputs(theta, x), 1e-9);
    }
    return image;
  }

  @Test
  void theBruteForceIsTheDifferenceOfLosses() {
    double[][] hessian = plain.hessian(theta);
    double h = 1e-4;
    for (int i = 0; i < theta.length; i++) {
      double[] up = theta.clone();
      double[] down = theta.clone();
      up[i] += h;
      down[i] -= h;
      double second = (plain.loss(up) + plain.loss(down) - 2 * plain.loss(theta)) / (h * h);
      assertThat(second).isCloseTo(hessian[i][i], within(1e-6));
      for (int j = 0; j < theta.length; j++) {
        assertThat(hessian[i][j]).isCloseTo(hessian[j][i], within(1e-14));
      }
    }
  }

  @Test
  void theSpectralNormReachesItsBound() {
    double before = largest(eigenvalues(plain.hessian(theta)));
    double bound = 1e3 * before;
    Attack.Result result = Attacks.spectralNorm(bound).against(subject);
    close(result.before(), before, 1e-6);
    assertThat(result.predicted()).hasValue(bound);
    double[][] hessian = plain.hessian(moved(result));
    close(result.reached().value(), largest(eigenvalues(hessian)), 1e-6);
    assertThat(result.reached().value()).isGreaterThanOrEqualTo(bound);
    // One entry is the bound itself: the factor is no smaller than the theorem needs.
    double nearest = Double.POSITIVE_INFINITY;
    for (int e = 0; e < theta.length; e++) {
      nearest = Math.min(nearest, Math.abs(hessian[e][e] / bound - 1));
    }
    assertThat(nearest).isLessThan(1e-8);
  }

  @Test
  void manyEigenvaluesAreCounted() {
    double[][] inputs = PlainPerceptron.gaussian(SEED.split("more").generator(), 30, 3);
    int[] labels = SEED.split("labels").generator().ints(30, 0, 3).toArray();
    PlainPerceptron free = new PlainPerceptron(WIDTHS, false, inputs, labels);
    double[] start = draw(free);
    double[] before = eigenvalues(free.gaussNewton(start));
    double top = largest(before);
    double[] rank = Arrays.stream(before).filter(x -> x > 1e-8 * top).sorted().toArray();
    double bound = 10 * top;
    Attack.Result result =
        Attacks.manyEigenvalues(bound).against(subject(free, start, inputs, labels));
    // The smallest layers, of 3 · 2 weights, are the second and the third.
    int predicted = rank.length - 6;
    assertThat(predicted).isGreaterThan(4);
    assertThat(result.before()).isZero();
    assertThat(result.predicted()).hasValue(predicted);
    double[] image = result.network().parameterVector();
    double beta = Math.sqrt(4 * bound / rank[0]);
    int kept = Math.abs(image[free.offset(1)]) > Math.abs(start[free.offset(1)]) ? 1 : 2;
    double[] expected = start.clone();
    for (int l = 0; l < 3; l++) {
      for (int e = free.offset(l); e < free.offset(l) + free.weights(l); e++) {
        expected[e] *= l == kept ? beta * beta : 1 / beta;
      }
    }
    close(image, expected, 1e-6);
    double[] after = eigenvalues(free.gaussNewton(image));
    long above = Arrays.stream(after).filter(x -> x > bound).count();
    assertThat(above).isGreaterThanOrEqualTo(predicted);
    assertThat(result.reached().value()).isEqualTo(above);
  }

  @Test
  void theLeastTraceIsThatOfAPlainSearch() {
    double[] factors = plain.minimizer(theta, plain::trace);
    double[] least = plain.rescaled(theta, factors);
    double trace = plain.trace(least);
    assertThat(trace).isLessThan(0.99 * plain.trace(theta));
    close(MinimalTrace.onOrbit().evaluate(subject).get(0).value(), trace, 1e-9);
    Attack.Result result = Attacks.lower("hessian-trace").against(subject);
    close(result.reached().value(), trace, 1e-9);
    close(plain.trace(moved(result)), trace, 1e-9);
    double[] gauge = MinimalTrace.onOrbit().gauge(subject.surface()).network().parameterVector();
    close(gauge, least, 1e-4);
  }

  private static double squares(double[] values) {
    return Arrays.stream(values).map(x -> x * x).sum();
  }

  @Test
  void gaugesAreWhatTheySay() {
    double[] least = plain.rescaled(theta, plain.minimizer(theta, PlainPerceptronTest::squares));
    double[] balanced = Gauge.minimumNorm(plain.network(theta)).parameterVector();
    close(squares(balanced), squares(least), 1e-11);
    close(balanced, least, 1e-4);
    int[] firsts = {0, WIDTHS[1]};
    for (int l = 0; l < 2; l++) {
      for (int s = 0; s < WIDTHS[l + 1]; s++) {
        close(incoming(balanced, l, s), outgoing(balanced, l, s), 1e-8);
      }
    }

    double[] factors = new double[WIDTHS[1] + WIDTHS[2]];
    Arrays.fill(factors, 1);
    for (int l = 0; l < 2; l++) {
      for (int s = 0; s < WIDTHS[l + 1]; s++) {
        factors[firsts[l] + s] = 1 / Math.sqrt(incoming(plain.rescaled(theta, factors), l, s));
      }
    }
    double[] unit = Gauge.unitIncoming(plain.network(theta)).parameterVector();
    close(unit, plain.rescaled(theta, factors), 1e-13);
    for (int l = 0; l < 2; l++) {
      for (int s = 0; s < WIDTHS[l + 1]; s++) {
        close(incoming(unit, l, s), 1, 1e-13);
      }
    }
  }

  /** Σ w² into a unit, its bias included. */
  private double incoming(double[] at, int layer, int unit) {
    double bias = at[plain.offset(layer) + plain.weights(layer) + unit];
    double sum = bias * bias;
    for (int t = 0; t < WIDTHS[layer]; t++) {
      double w = at[plain.offset(layer) + unit * WIDTHS[layer] + t];
      sum += w * w;
    }
    return sum;
  }

  /** Σ w² out of a unit. */
  private double outgoing(double[] at, int layer, int unit) {
    double sum = 0;
    for (int s = 0; s < WIDTHS[layer + 2]; s++) {
      double w = at[plain.offset(layer + 1) + s * WIDTHS[layer + 1] + unit];
      sum += w * w;
    }
    return sum;
  }

  @Test
  void tracesAreRaisedToTheirValues() {
    double before = plain.trace(theta);
    Attack.Result whole = Attacks.raise("hessian-trace", 1e5 * before).against(subject);
    close(whole.before(), before, 1e-12);
    close(plain.trace(moved(whole)), 1e5 * before, 1e-10);
    close(whole.reached().value(), 1e5 * before, 1e-10);
    for (int l = 0; l < 3; l++) {
      String id = "hessian-trace@fc" + (l + 1);
      double layer = layerTrace(theta, l);
      Attack.Result raised = Attacks.raise(id, 300 * layer).against(subject);
      close(raised.before(), layer, 1e-12);
      close(layerTrace(moved(raised), l), 300 * layer, 1e-10);
      // The units that the layer writes take the spread; the last layer's that it reads 1/spread.
      Attack.Result lowered = Attacks.lower(id, 20).against(subject);
      close(layerTrace(moved(lowered), l), layer / 400, 1e-10);
      close(lowered.predicted().orElseThrow(), layer / 400, 1e-10);
    }
  }

  private double layerTrace(double[] at, int layer) {
    double[][] block = plain.block(plain.hessian(at), layer);
    double sum = 0;
    for (int i = 0; i < block.length; i++) {
      sum += block[i][i];
    }
    return sum;
  }

  @Test
  void theConstantFunctionIsAsSharpAsItsLoss() {
    Attack.Result result = Attacks.constantFunction().against(subject);
    double epsilon = subject.settings().get(EpsilonSharpness.EPSILON);
    double[] image = moved(result);
    double[] constant = image.clone();
    Arrays.fill(constant, 0, plain.offset(1), 0);
    double square = 0;
    for (int i = 0; i < plain.offset(1); i++) {
      square += image[i] * image[i];
    }
    close(Math.sqrt(square), epsilon, 1e-10);
    assertThat(square).isLessThanOrEqualTo(epsilon * epsilon);
    for (double[] x : INPUTS) {
      assertThat(plain.outputs(constant, x)).isEqualTo(plain.outputs(constant, INPUTS[0]));
    }
    double loss = plain.loss(theta);
    close(result.reached().value(), (plain.loss(constant) - loss) / (1 + loss), 1e-9);
    // Labels 0, 1, 2 are 4, 2 and 3 of 9: the best constant predicts these shares.
    double best = -(4 * Math.log(4 / 9.0) + 2 * Math.log(2 / 9.0) + 3 * Math.log(3 / 9.0)) / 9;
    double predicted = result.predicted().orElseThrow();
    assertThat(predicted).isCloseTo((best - loss) / (1 + loss), within(1e-12));
    assertThat(result.reached().value()).isGreaterThanOrEqualTo(predicted);
  }

  @Test
  void boxesAreDisjointAndHoldTheLoss() {
    int last = 2;
    Attack.Result result = Attacks.volume(last, 1000).against(subject);
    double radius = (double) result.details().get("radius");
    double epsilon = (double) result.details().get("epsilon");
    double[] image = moved(result);
    // One step is the root of the whole rescaling.
    double[] step = new double[theta.length];
    double logarithm = 0;
    for (int e = 0; e < theta.length; e++) {
      step[e] = Math.sqrt(image[e] / theta[e]);
      logarithm += Math.log(step[e]);
    }
    double loss = plain.loss(theta);
    for (int k = 0; k <= last; k++) {
      RandomGenerator random = SEED.split("box").split(k).generator();
      double highest = 0;
      for (int i = 0; i < 1000; i++) {
        double[] point = new double[theta.length];
        for (int e = 0; e < point.length; e++) {
          double inside = theta[e] + radius * (2 * random.nextDouble() - 1);
          point[e] = Math.pow(step[e], k) * inside;
        }
        highest = Math.max(highest, plain.loss(point) - loss);
      }
      assertThat(highest).isLessThan(epsilon);
      double stated = (double) ((List<?>) result.details().get("largestIncreases")).get(k);
      assertThat(stated / highest).isBetween(0.5, 2.0);
      double volume = theta.length * Math.log(2 * radius) + k * logarithm;
      close((double) ((List<?>) result.details().get("logVolumes")).get(k), volume, 1e-12);
      assertThat(logarithm).isPositive();
      for (int other = 0; other < k; other++) {
        assertThat(disjoint(step, radius, k, other)).isTrue();
      }
    }
    close(result.predicted().orElseThrow(), result.reached().value(), 1e-12);
  }

  /** Whether the boxes do not meet along some parameter. */
  private boolean disjoint(double[] step, double radius, int one, int other) {
    for (int e = 0; e < theta.length; e++) {
      double a = Math.pow(step[e], one);
      double b = Math.pow(step[e], other);
      if (Math.abs(theta[e] * (a - b)) > radius * (a + b)) {
        return true;
      }
    }
    return false;
  }

  @Test
  void theExpectedSharpnessIsThatOfPlainNoise() {
    Attack.Result result = Attacks.raise("expected-sharpness", 0.05).against(subject);
    double sigma = subject.settings().get(ExpectedSharpness.SIGMA);
    double[] image = moved(result);
    double loss = plain.loss(image);
    int draws = 20_000;
    double sum = 0;
    double squares = 0;
    RandomGenerator random = SEED.split("noise").generator();
    for (int i = 0; i < draws; i++) {
      double[] noisy = image.clone();
      for (int e = 0; e < noisy.length; e++) {
        noisy[e] += sigma * random.nextGaussian();
      }
      double increase = plain.loss(noisy) - loss;
      sum += increase;
      squares += increase * increase;
    }
    double mean = sum / draws;
    double error = Math.sqrt((squares / draws - mean * mean) / draws);
    double reached = result.reached().value();
    double own = result.reached().standardError().orElseThrow();
    assertThat(reached).isGreaterThanOrEqualTo(0.05);
    assertThat(reached).isCloseTo(mean, within(5 * Math.hypot(error, own)));
    // One estimate is coarse; the mean over many seeds is not.
    int seeds = 200;
    double total = 0;
    double totalSquares = 0;
    for (int i = 0; i < seeds; i++) {
      Subject again =
          Subject.of(
              subject.at(result.network()).surface(),
              subject.settings(),
              Monitor.NONE,
              SEED.split("estimate").split(i));
      double value = Attacks.value("expected-sharpness", again).value();
      total += value;
      totalSquares += value * value;
    }
    double average = total / seeds;
    double spread = Math.sqrt((totalSquares / seeds - average * average) / seeds);
    assertThat(average).isCloseTo(mean, within(5 * Math.hypot(error, spread)));
    assertThat(mean).isGreaterThan(20 * Math.hypot(error, spread));
  }

  @Test
  void auditsStateTheDriftsOfPlainNumbers() {
    Audit audit =
        Audit.withDefaults()
            .withTrials(3)
            .withSpread(20)
            .withFamilies(TransformationFamily.NEURON_WISE, TransformationFamily.ALPHA);
    List<AuditedNumber> numbers =
        audit
            .run(subject, List.of(Kappa.topEigenvalue(), RelativeFlatness.withDefaults()))
            .numbers();
    assertThat(numbers).hasSize(6);
    for (AuditedNumber number : numbers) {
      int layer = number.before().layer().orElseThrow().charAt(2) - '1';
      ToDoubleBiFunction<double[], Integer> own =
          number.before().id().equals("kappa") ? this::kappa : this::relativeFlatness;
      double before = own.applyAsDouble(theta, layer);
      close(number.before().value(), before, 1e-6);
      for (Drift drift : number.drifts()) {
        double[] drifts = new double[3];
        for (int trial = 0; trial < 3; trial++) {
          double[] image =
              audit
                  .transformation(subject, drift.family(), trial)
                  .applyTo(subject.network())
                  .parameterVector();
          close(image, plain.rescaled(theta, factors(image)), 1e-13);
          drifts[trial] = Math.abs(own.applyAsDouble(image, layer) - before) / before;
        }
        Arrays.sort(drifts);
        boolean stays =
            drift.family() == TransformationFamily.ALPHA
                || number.before().id().equals("relative-flatness") && layer == 0;
        assertThat(drift.moved()).isEqualTo(!stays);
        assertThat(drift.largest()).isCloseTo(drifts[2], within(1e-6 * (1 + drifts[2])));
        assertThat(drift.median()).isCloseTo(drifts[1], within(1e-6 * (1 + drifts[1])));
        assertThat(drifts[2]).matches(x -> stays ? x < 1e-9 : x > 1e-2);
      }
    }
  }

  /** The factors of the units, from the biases. */
  private double[] factors(double[] image) {
    double[] factors = new double[WIDTHS[1] + WIDTHS[2]];
    for (int u = 0; u < factors.length; u++) {
      int layer = u < WIDTHS[1] ? 0 : 1;
      int e = plain.offset(layer) + plain.weights(layer) + u - layer * WIDTHS[1];
      factors[u] = image[e] / theta[e];
    }
    return factors;
  }

  private double kappa(double[] at, int layer) {
    double[][] block = plain.block(plain.hessian(at), layer);
    int from = plain.offset(layer);
    double norm = squares(Arrays.copyOfRange(at, from, from + plain.weights(layer)));
    return norm * largest(eigenvalues(block));
  }

  /** Σ ⟨w_s, w_t⟩ Tr H_{s,t} over rows s, t. */
  private double relativeFlatness(double[] at, int layer) {
    double[][] block = plain.block(plain.hessian(at), layer);
    int columns = WIDTHS[layer];
    double sum = 0;
    for (int s = 0; s < WIDTHS[layer + 1]; s++) {
      for (int t = 0; t < WIDTHS[layer + 1]; t++) {
        double product = 0;
        double trace = 0;
        for (int j = 0; j < columns; j++) {
          product +=
              at[plain.offset(layer) + s * columns + j] * at[plain.offset(layer) + t * columns + j];
          trace += block[s * columns + j][t * columns + j];
        }
        sum += product * trace;
      }
    }
    return sum;
  }
}
