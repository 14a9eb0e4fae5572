package dev.flatness.landscape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.flatness.coordinates.AffineMap;
import dev.flatness.coordinates.Coordinates;
import dev.flatness.coordinates.LogMagnitude;
import dev.flatness.data.Dataset;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Status;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.network.Parameter;
import dev.flatness.random.Seed;
import dev.flatness.spectral.DenseSymmetric;
import dev.flatness.surface.Evaluation;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Shape;
import dev.flatness.testkit.RandomDatasets;
import dev.flatness.training.Architectures;
import dev.flatness.training.Initialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Slices of the loss of a small network. */
class LandscapeTest {
  private static final Seed SEED = Seed.of(5);

  private final Network network = network(1);
  private final Dataset data = RandomDatasets.labelled(network, 20, Seed.of(2));
  private final double[] theta = network.parameterVector();
  private final NetworkSurface surface = surface(1);
  private final Coordinates weights = AffineMap.identity(theta.length);

  private static Network network(long seed) {
    return Initialization.KAIMING.draw(
        Architectures.perceptron(Shape.of(3), List.of(6, 5), 4, Activation.RELU), Seed.of(seed));
  }

  private NetworkSurface surface(int threads) {
    return NetworkSurface.of(
        network,
        data,
        SoftmaxCrossEntropy.onLogits(),
        SurfaceOptions.withDefaults().withThreads(threads));
  }

  private static LandscapeDirections gaussian() {
    return LandscapeDirections.gaussian(0.3);
  }

  private Landscape evaluate(LandscapeEvaluator how, LandscapeDirections directions) {
    return how.evaluate(surface, theta, weights, directions, SEED, Monitor.NONE);
  }

  private double[][] directions(LandscapeDirections how, int count) {
    return how.at(
        new LandscapeDirections.Center(surface, theta, weights, theta, surface, SEED, Monitor.NONE),
        count);
  }

  @Test
  void everyPointHasTheLossOfTheMovedParameters() {
    LandscapeEvaluator how = LandscapeEvaluator.withDefaults().withPoints(5, 4).withRange(-0.5, 1);
    Landscape landscape = evaluate(how, gaussian());
    double[][] directions = directions(gaussian(), 2);
    for (int i = 0; i < 5; i++) {
      for (int j = 0; j < 4; j++) {
        double a = landscape.axis(0)[i];
        double b = landscape.axis(1)[j];
        double[] moved = theta.clone();
        for (int k = 0; k < moved.length; k++) {
          moved[k] += a * directions[0][k] + b * directions[1][k];
        }
        Evaluation there = surface.evaluate(moved);
        assertThat(landscape.loss(i, j)).isCloseTo(there.loss(), withinPercentage(1e-10));
        assertThat(landscape.accuracy().orElseThrow()[i * 4 + j]).isEqualTo(there.accuracy());
      }
    }
    assertThat(landscape.status()).isEqualTo(Status.EXACT);
    assertThat(landscape.outside()).isZero();
    assertThat(landscape.axis(0)).containsExactly(-0.5, -0.125, 0.25, 0.625, 1);
  }

  @Test
  void theMiddleOfAnOddGridIsTheCentreToTheBit() {
    Landscape landscape = evaluate(LandscapeEvaluator.withDefaults().withPoints(5, 3), gaussian());
    assertThat(landscape.axis(0)[2]).isZero();
    assertThat(landscape.loss(2, 1)).isEqualTo(landscape.center());
    assertThat(landscape.center()).isEqualTo(surface.value(theta));
  }

  @Test
  void curvatureAlongAnAxisIsThatOfTheDenseHessian() {
    Landscape landscape = evaluate(LandscapeEvaluator.withDefaults().withPoints(3, 3), gaussian());
    DenseSymmetric dense = DenseSymmetric.of(surface.hessian(theta));
    double[][] directions = directions(gaussian(), 2);
    for (int axis = 0; axis < 2; axis++) {
      double form = 0;
      for (int i = 0; i < theta.length; i++) {
        for (int j = 0; j < theta.length; j++) {
          form += directions[axis][i] * dense.entry(i, j) * directions[axis][j];
        }
      }
      assertThat(landscape.curvature(axis).value()).isCloseTo(form, withinPercentage(1e-8));
      double norm = Math.sqrt(Arrays.stream(directions[axis]).map(x -> x * x).sum());
      assertThat(landscape.norm(axis)).isCloseTo(norm, withinPercentage(1e-10));
    }
  }

  @Test
  void filtersOfADirectionHaveTheNormsOfTheNetworks() {
    for (double[] direction : directions(LandscapeDirections.filterNormalized(), 2)) {
      for (Parameter parameter : network.parameters()) {
        if (parameter.role() == Parameter.Role.BIAS) {
          assertThat(part(direction, parameter.offset(), parameter.size())).containsOnly(0);
          continue;
        }
        int width = parameter.size() / parameter.shape().extent(0);
        for (int row = 0; row < parameter.shape().extent(0); row++) {
          int from = parameter.offset() + row * width;
          assertThat(norm(part(direction, from, width)))
              .isCloseTo(norm(part(theta, from, width)), withinPercentage(1e-10));
        }
      }
    }
  }

  @Test
  void layersOfADirectionHaveTheNormsOfTheNetworks() {
    double[] direction = directions(LandscapeDirections.layerNormalized(), 1)[0];
    for (Parameter parameter : network.parameters()) {
      double[] own = part(theta, parameter.offset(), parameter.size());
      double[] moved = part(direction, parameter.offset(), parameter.size());
      if (parameter.role() == Parameter.Role.WEIGHT) {
        assertThat(norm(moved)).isCloseTo(norm(own), withinPercentage(1e-10));
        assertThat(moved[0] / own[0]).isNotCloseTo(moved[1] / own[1], withinPercentage(1e-3));
      } else {
        assertThat(moved).containsOnly(0);
      }
    }
  }

  @Test
  void eigenvectorsAreThoseOfTheLargestEigenvalues() {
    double[][] directions = directions(LandscapeDirections.eigenvectors(), 2);
    double[] eigenvalues = DenseSymmetric.of(surface.hessian(theta)).eigenvalues();
    double[] sorted = Arrays.stream(eigenvalues).sorted().toArray();
    for (int i = 0; i < 2; i++) {
      double[] product = new double[theta.length];
      surface.hessian(theta).apply(new double[][] {directions[i]}, new double[][] {product});
      double form = 0;
      for (int k = 0; k < product.length; k++) {
        form += directions[i][k] * product[k];
      }
      assertThat(norm(directions[i])).isCloseTo(1, within(1e-12));
      assertThat(form).isCloseTo(sorted[sorted.length - 1 - i], withinPercentage(1e-6));
      double largest = Arrays.stream(directions[i]).max().orElseThrow();
      assertThat(largest).isGreaterThanOrEqualTo(-Arrays.stream(directions[i]).min().orElseThrow());
    }
  }

  @Test
  void theSecondDirectionIsAtARightAngleToTheGradient() {
    double[][] directions = directions(LandscapeDirections.gradient(), 2);
    double[] gradient = new double[theta.length];
    surface.valueAndGradient(theta, gradient);
    double along = 0;
    double across = 0;
    for (int i = 0; i < theta.length; i++) {
      along += directions[0][i] * gradient[i];
      across += directions[1][i] * directions[0][i];
    }
    assertThat(along).isCloseTo(norm(gradient), withinPercentage(1e-10));
    assertThat(across).isCloseTo(0, within(1e-12));
    assertThat(norm(directions[1])).isCloseTo(1, within(1e-12));
  }

  @Test
  void aLineTowardsANetworkHasTheLossOfTheAveragedParameters() {
    double[] other = network(9).parameterVector();
    LandscapeDirections towards = LandscapeDirections.towards(Map.of("other", other));
    Landscape line =
        evaluate(LandscapeEvaluator.withDefaults().withPoints(9).withRange(0, 1), towards);
    for (int i = 0; i < 9; i++) {
      double t = line.axis(0)[i];
      double[] average = new double[theta.length];
      Arrays.setAll(average, k -> (1 - t) * theta[k] + t * other[k]);
      assertThat(line.loss(i, 0)).isCloseTo(surface.value(average), withinPercentage(1e-10));
    }
  }

  @Test
  void thePlaneThroughThreeNetworksHasThemAtItsCorners() {
    Map<String, double[]> ends = new LinkedHashMap<>();
    ends.put("b", network(9).parameterVector());
    ends.put("c", network(10).parameterVector());
    Landscape plane =
        evaluate(
            LandscapeEvaluator.withDefaults().withPoints(3, 3).withRange(0, 1),
            LandscapeDirections.towards(ends));
    assertThat(plane.loss(0, 0)).isEqualTo(surface.value(theta));
    assertThat(plane.loss(2, 0)).isCloseTo(surface.value(ends.get("b")), withinPercentage(1e-10));
    assertThat(plane.loss(0, 2)).isCloseTo(surface.value(ends.get("c")), withinPercentage(1e-10));
  }

  @Test
  void pointsBeyondADomainHaveNoLossWhereTheFormulaHasNone() {
    Coordinates shrunk = weights.compose(new LogMagnitude(theta));
    Landscape line =
        LandscapeEvaluator.withDefaults()
            .withPoints(3)
            .withRange(0, 1e6)
            .evaluate(surface, theta, shrunk, gaussian(), SEED, Monitor.NONE);
    assertThat(line.outsideChart()).containsExactly(false, true, true);
    assertThat(line.loss(1, 0)).isNaN();
    assertThat(line.outside()).isEqualTo(2);
    assertThat(line.status()).isEqualTo(Status.EXACT);
  }

  @Test
  void theLargestEigenvalueIsThatOfEveryPoint() {
    Landscape line =
        evaluate(
            LandscapeEvaluator.withDefaults().withPoints(3).withTopEigenvalues(true), gaussian());
    double[] direction = directions(gaussian(), 1)[0];
    for (int i = 0; i < 3; i++) {
      double[] moved = theta.clone();
      for (int k = 0; k < moved.length; k++) {
        moved[k] += line.axis(0)[i] * direction[k];
      }
      double top =
          Arrays.stream(DenseSymmetric.of(surface.hessian(moved)).eigenvalues())
              .max()
              .orElseThrow();
      assertThat(line.topEigenvalues().get(i).value()).isCloseTo(top, withinPercentage(1e-6));
    }
  }

  @Test
  void aGridWithoutTheCenterHasNoDoublingRadius() {
    LandscapeDirections up = LandscapeDirections.gaussian(1);
    Landscape line = evaluate(LandscapeEvaluator.withDefaults().withPoints(400), up);
    assertThat(line.hasCenter()).isFalse();
    assertThat(line.doubling()).isEmpty();
  }

  @Test
  void theLossIsTwiceTheCentresAtTheDoublingRadius() {
    LandscapeDirections up = LandscapeDirections.gaussian(1);
    Landscape line = evaluate(LandscapeEvaluator.withDefaults().withPoints(401), up);
    Landscape.Doubling doubling = line.doubling().orElseThrow();
    double radius = doubling.radius();
    assertThat(radius).isBetween(doubling.low(), doubling.high());
    assertThat(doubling.high() - doubling.low()).isCloseTo(1 / 200.0, withinPercentage(1e-9));
    double[] direction = directions(up, 1)[0];
    double nearest = Double.POSITIVE_INFINITY;
    for (double sign : new double[] {-1, 1}) {
      double[] moved = theta.clone();
      for (int k = 0; k < moved.length; k++) {
        moved[k] += sign * radius * direction[k];
      }
      nearest = Math.min(nearest, Math.abs(surface.value(moved) / (2 * line.center()) - 1));
    }
    // Linear over a step of 1/200: the loss bends by less than that squared.
    assertThat(nearest).isLessThan(1e-3);
  }

  @Test
  void aRunThatWasStoppedGoesOnToTheSameBitsOnOtherThreads(@TempDir Path folder)
      throws IOException {
    LandscapeEvaluator how = LandscapeEvaluator.withDefaults().withPoints(7, 5);
    Landscape whole = evaluate(how, gaussian());
    Path file = folder.resolve("state");
    for (int stop : new int[] {0, 3, 17, 34}) {
      Files.deleteIfExists(file);
      Landscape part =
          how.withFile(file).evaluate(surface, theta, weights, gaussian(), SEED, after(stop));
      assertThat(part.evaluated()).isEqualTo(stop);
      assertThat(part.status()).isEqualTo(Status.NOT_CONVERGED);
      assertThat(part.ending()).contains("after " + stop + " of 35 points");
      Landscape rest =
          how.withFile(file).evaluate(surface(2), theta, weights, gaussian(), SEED, Monitor.NONE);
      assertThat(rest.loss()).containsExactly(whole.loss());
      assertThat(rest.accuracy().orElseThrow()).containsExactly(whole.accuracy().orElseThrow());
      assertThat(rest.curvature(1)).isEqualTo(whole.curvature(1));
    }
    LandscapeEvaluator other = how.withFile(file).withRange(-1, 2);
    assertThatThrownBy(
            () -> other.evaluate(surface, theta, weights, gaussian(), SEED, Monitor.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is of another run");
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 100));
    assertThatThrownBy(
            () ->
                how.withFile(file)
                    .evaluate(surface, theta, weights, gaussian(), SEED, Monitor.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("damaged");
  }

  /** Stops after some points: a run asks before each. */
  private static Monitor after(int points) {
    return new Monitor() {
      private int asked;

      @Override
      public void update(String task, long done, long total) {}

      @Override
      public boolean stopped() {
        return asked++ >= points;
      }
    };
  }

  @Test
  void badSlicesAreRefused() {
    LandscapeEvaluator how = LandscapeEvaluator.withDefaults();
    assertThatThrownBy(() -> how.withPoints(1)).hasMessageContaining("an axis has 1 point");
    assertThatThrownBy(() -> how.withPoints(2, 2, 2)).hasMessageContaining("3 axes");
    assertThatThrownBy(() -> how.withPoints(3000, 3000)).hasMessageContaining("take fewer");
    assertThatThrownBy(() -> how.withRange(1, 1)).hasMessageContaining("1.0 to 1.0");
    assertThatThrownBy(() -> LandscapeDirections.gaussian(0)).hasMessageContaining("0.0");
    assertThatThrownBy(() -> evaluate(how.withTopEigenvalues(true), gaussian()))
        .hasMessageContaining("the slice is a plane");
    assertThatThrownBy(
            () ->
                how.withPoints(2)
                    .evaluate(
                        surface,
                        theta,
                        new LogMagnitude(theta),
                        LandscapeDirections.filterNormalized(),
                        SEED,
                        Monitor.NONE))
        .hasMessageContaining("which these coordinates do not have");
    assertThatThrownBy(
            () ->
                evaluate(
                    how, LandscapeDirections.towards(Map.of("b", network(9).parameterVector()))))
        .hasMessageContaining("the slice has 2 axes");
    assertThatThrownBy(
            () -> evaluate(how.withPoints(3), LandscapeDirections.towards(Map.of("b", theta))))
        .hasMessageContaining("is the network at the center");
  }

  private static double[] part(double[] x, int from, int length) {
    return Arrays.copyOfRange(x, from, from + length);
  }

  private static double norm(double[] x) {
    return Math.sqrt(Arrays.stream(x).map(entry -> entry * entry).sum());
  }
}
