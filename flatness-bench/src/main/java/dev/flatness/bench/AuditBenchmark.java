package dev.flatness.bench;

import dev.flatness.audit.Audit;
import dev.flatness.audit.AuditFindings;
import dev.flatness.audit.TransformationFamily;
import dev.flatness.hessian.Kappa;
import dev.flatness.hessian.RelativeFlatness;
import dev.flatness.hessian.Rho;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Measure;
import dev.flatness.measure.Subject;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.symmetry.PathNorm;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import dev.flatness.tensor.Shape;
import dev.flatness.training.Architectures;
import dev.flatness.training.Initialization;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The inner loop of an audit: rescale, measure, compare; 784-100-100-10, 200 samples, one thread.
 *
 * <p>{@code audit} makes one trial of one family: two runs of the measures, two forward passes of
 * outputs, one rescaling and the comparison. What it costs beyond twice {@code measure} is the
 * audit's own.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AuditBenchmark {
  private static final int SAMPLES = 200;

  private final List<Measure> measures =
      List.of(
          Kappa.trace(),
          Rho.columns(),
          Rho.sum(),
          RelativeFlatness.withDefaults(),
          PathNorm.withDefaults());
  private NetworkSurface surface;
  private Network network;
  private Rescaling rescaling;
  private Audit audit;

  /** Builds network and data. */
  @Setup
  public void build() {
    network =
        Initialization.KAIMING.draw(
            Architectures.perceptron(Shape.of(784), List.of(100, 100), 10, Activation.RELU),
            Seed.of(1));
    surface =
        NetworkSurface.of(
            network,
            new RandomImages(network.inputShape(), SAMPLES, 10),
            SoftmaxCrossEntropy.onLogits(),
            SurfaceOptions.withDefaults().withThreads(1));
    rescaling = Rescaling.random(ScaleClasses.of(network), 1000, Seed.of(2));
    audit = Audit.withDefaults().withTrials(1).withFamilies(TransformationFamily.NEURON_WISE);
  }

  /**
   * The measures once.
   *
   * @return their estimates
   */
  @Benchmark
  public List<Estimate> measure() {
    Subject subject = Subject.of(surface);
    List<Estimate> estimates = new ArrayList<>();
    measures.forEach(one -> estimates.addAll(one.evaluate(subject)));
    return estimates;
  }

  /**
   * One trial of one family.
   *
   * @return what was found
   */
  @Benchmark
  public AuditFindings audit() {
    return audit.run(Subject.of(surface), measures);
  }

  /**
   * One rescaling.
   *
   * @return the rescaled network
   */
  @Benchmark
  public Network rescale() {
    return rescaling.applyTo(network);
  }
}
