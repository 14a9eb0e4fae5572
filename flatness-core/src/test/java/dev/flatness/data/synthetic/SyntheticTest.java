package dev.flatness.data.synthetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.data.Dataset;
import dev.flatness.data.Dataset.TargetKind;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.tensor.Shape;
import dev.flatness.tensor.Tensor;
import java.util.Arrays;
import java.util.function.BiFunction;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SyntheticTest {
  private static final Network TEACHER =
      Network.sequential(3)
          .dense("0", Tensor.of(new double[] {1, -2, 0.5, 0.25, 1, -1}, 2, 3), null)
          .relu()
          .dense(
              "1",
              Tensor.of(new double[] {1, -1, 0.5, 2, -1, 0.3}, 3, 2),
              Tensor.of(new double[] {0.1, -0.2, 0.3}, 3))
          .build();

  private record Samples(double[] inputs, double[] targets) {}

  private static Samples samples(Dataset data) {
    double[] inputs = new double[data.size() * data.inputShape().size()];
    double[] targets = new double[data.size() * data.targetSize()];
    data.read(0, data.size(), inputs, targets);
    return new Samples(inputs, targets);
  }

  @Test
  void sameSeedsGiveTheSameSamplesAndFewerAreTheFirstOfMore() {
    TeacherTask teacher = TeacherTask.of(TEACHER);
    for (BiFunction<Integer, Seed, Dataset> generator :
        java.util.List.<BiFunction<Integer, Seed, Dataset>>of(
            GaussianClusters.fourInTwoClasses()::generate,
            Spirals.withDefaults()::generate,
            RandomRegression.withDefaults().withOutputs(2)::generate,
            teacher::classification,
            (n, seed) -> teacher.regression(n, 0.1, seed))) {
      Samples many = samples(generator.apply(2500, Seed.of(3)));
      Samples few = samples(generator.apply(40, Seed.of(3)));
      Samples others = samples(generator.apply(40, Seed.of(4)));
      assertThat(few.inputs).isEqualTo(Arrays.copyOf(many.inputs, few.inputs.length));
      // the teacher's outputs are sums whose order may follow the number of samples
      double[] first = Arrays.copyOf(many.targets, few.targets.length);
      for (int i = 0; i < first.length; i++) {
        assertThat(few.targets[i]).isCloseTo(first[i], within(1e-12 * (1 + Math.abs(first[i]))));
      }
      assertThat(others.inputs).isNotEqualTo(few.inputs);
    }
  }

  @Test
  void normalNumbersHaveTheMomentsOfTheStandardNormalDistribution() {
    int n = 200_000;
    double[] values = new Normals(Seed.of(1)).next(n);
    double[] expected = {0, 1, 0, 3};
    // variances of z, z², z³, z⁴ for a standard normal z
    double[] variances = {1, 2, 15, 96};
    for (int power = 1; power <= 4; power++) {
      double mean = 0;
      for (double value : values) {
        mean += Math.pow(value, power) / n;
      }
      double standardError = Math.sqrt(variances[power - 1] / n);
      assertThat(mean).isCloseTo(expected[power - 1], within(4 * standardError));
    }
  }

  @Property(tries = 50)
  void clustersLieApartByTheSeparation(
      @ForAll @IntRange(min = 2, max = 5) int classes,
      @ForAll @IntRange(min = 1, max = 3) int perClass,
      @ForAll @IntRange(min = 1, max = 6) int dimension,
      @ForAll @DoubleRange(min = 0, max = 20) double separation,
      @ForAll long seed) {
    double[][] centres =
        GaussianClusters.withDefaults()
            .withClasses(classes)
            .withClustersPerClass(perClass)
            .withDimension(dimension)
            .withSeparation(separation)
            .centres(Seed.of(seed));
    double squares = 0;
    int pairs = 0;
    for (int a = 0; a < centres.length; a++) {
      for (int b = 0; b < a; b++) {
        for (int i = 0; i < dimension; i++) {
          squares += Math.pow(centres[a][i] - centres[b][i], 2);
        }
        pairs++;
      }
    }
    assertThat(pairs).isEqualTo(classes * perClass * (classes * perClass - 1) / 2);
    assertThat(Math.sqrt(squares / pairs)).isCloseTo(separation, within(1e-12 * separation));
  }

  @Test
  void clusterSamplesScatterAroundTheirCentresWithUnitVariance() {
    GaussianClusters clusters = GaussianClusters.fourInTwoClasses().withDimension(3);
    int perCluster = 5000;
    Dataset data = clusters.generate(4 * perCluster, Seed.of(9));
    assertThat(data.inputShape()).isEqualTo(Shape.of(3));
    assertThat(data.targetKind()).isEqualTo(TargetKind.LABELS);
    Samples samples = samples(data);
    double[][] centres = clusters.centres(Seed.of(9));
    for (int j = 0; j < 4; j++) {
      for (int i = 0; i < 3; i++) {
        double mean = 0;
        double variance = 0;
        for (int k = 0; k < perCluster; k++) {
          int sample = 4 * k + j;
          assertThat(samples.targets[sample]).isEqualTo(j % 2);
          double deviation = samples.inputs[3 * sample + i] - centres[j][i];
          mean += deviation / perCluster;
          variance += deviation * deviation / perCluster;
        }
        assertThat(mean).isCloseTo(0, within(4.5 / Math.sqrt(perCluster)));
        assertThat(variance).isCloseTo(1, within(4.5 * Math.sqrt(2.0 / perCluster)));
      }
    }
  }

  @Test
  void spiralArmsWithoutNoiseAreHalfATurnApart() {
    double turns = 2;
    Samples samples =
        samples(Spirals.withDefaults().withTurns(turns).withNoise(0).generate(500, Seed.of(2)));
    for (int i = 0; i < 500; i++) {
      double x = samples.inputs[2 * i];
      double y = samples.inputs[2 * i + 1];
      double r = Math.hypot(x, y);
      assertThat(samples.targets[i]).isEqualTo(i % 2);
      assertThat(r).isGreaterThan(0).isLessThanOrEqualTo(1 + 1e-15);
      double angle = 2 * Math.PI * turns * r + Math.PI * (i % 2);
      assertThat(x).isCloseTo(r * Math.cos(angle), within(1e-13));
      assertThat(y).isCloseTo(r * Math.sin(angle), within(1e-13));
    }
  }

  @Test
  void regressionWithoutNoiseIsLinear() {
    Samples s =
        samples(
            RandomRegression.withDefaults()
                .withDimension(2)
                .withOutputs(3)
                .withNoise(0)
                .generate(3, Seed.of(5)));
    double[] x = s.inputs;
    double determinant = x[0] * x[3] - x[1] * x[2];
    double a = (x[4] * x[3] - x[5] * x[2]) / determinant;
    double b = (x[0] * x[5] - x[1] * x[4]) / determinant;
    for (int output = 0; output < 3; output++) {
      double expected = a * s.targets[output] + b * s.targets[3 + output];
      double size = Math.abs(a * s.targets[output]) + Math.abs(b * s.targets[3 + output]);
      assertThat(s.targets[6 + output]).isCloseTo(expected, within(1e-12 * size));
    }
  }

  @Test
  void regressionNoiseHasItsStandardDeviation() {
    RandomRegression task = RandomRegression.withDefaults();
    int n = 20_000;
    double[] clean = samples(task.withNoise(0).generate(n, Seed.of(5))).targets;
    double[] noisy = samples(task.withNoise(0.5).generate(n, Seed.of(5))).targets;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      squares += Math.pow(noisy[i] - clean[i], 2) / n;
    }
    assertThat(squares).isCloseTo(0.25, within(4 * 0.25 * Math.sqrt(2.0 / n)));
  }

  @Test
  void teacherAnswersAreThoseOfItsNetwork() {
    int n = 1500;
    Samples labels = samples(TeacherTask.of(TEACHER).classification(n, Seed.of(8)));
    Samples values = samples(TeacherTask.of(TEACHER).regression(n, 0, Seed.of(8)));
    assertThat(values.inputs).isEqualTo(labels.inputs);
    for (int i = 0; i < n; i++) {
      double[] x = Arrays.copyOfRange(values.inputs, 3 * i, 3 * i + 3);
      double h0 = Math.max(0, x[0] - 2 * x[1] + 0.5 * x[2]);
      double h1 = Math.max(0, 0.25 * x[0] + x[1] - x[2]);
      double[] f = {h0 - h1 + 0.1, 0.5 * h0 + 2 * h1 - 0.2, -h0 + 0.3 * h1 + 0.3};
      int best = f[0] >= f[1] ? (f[0] >= f[2] ? 0 : 2) : (f[1] >= f[2] ? 1 : 2);
      assertThat(labels.targets[i]).isEqualTo(best);
      for (int k = 0; k < 3; k++) {
        assertThat(values.targets[3 * i + k]).isCloseTo(f[k], within(1e-12 * (1 + h0 + 2 * h1)));
      }
    }
    assertThat(Arrays.stream(labels.targets).distinct().count()).isEqualTo(3);
  }

  @Test
  void rejectsSizesOutOfRange() {
    assertThatThrownBy(() -> GaussianClusters.withDefaults().withClasses(1))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("classes is 1, expected at least 2");
    assertThatThrownBy(() -> GaussianClusters.withDefaults().withSeparation(-1))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("separation is -1.0, expected a finite number of at least 0");
    assertThatThrownBy(() -> Spirals.withDefaults().withNoise(Double.NaN))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("noise is NaN, expected a finite number of at least 0");
    assertThatThrownBy(() -> RandomRegression.withDefaults().generate(0, Seed.of(1)))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("samples is 0, expected at least 1");
    assertThatThrownBy(() -> Spirals.withDefaults().generate(Integer.MAX_VALUE, Seed.of(1)))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("2147483647 samples of 2 numbers do not fit one array; generate fewer");
  }
}
