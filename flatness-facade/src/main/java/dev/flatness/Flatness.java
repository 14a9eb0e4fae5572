package dev.flatness;

import dev.flatness.data.Dataset;
import dev.flatness.loss.Loss;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Measure;
import dev.flatness.measure.MeasureSettings;
import dev.flatness.measure.Progress;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.Evaluation;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.SurfaceOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The entry: a network, on data, measured.
 *
 * <pre>{@code
 * FlatnessReport report = Flatness.of(network).on(dataset, SoftmaxCrossEntropy.onLogits())
 *     .measure("relative-flatness", "kappa-tau")
 *     .seed(7).report();
 * }</pre>
 *
 * <p>Each step returns the type that has the next; every step is immutable and may be reused.
 */
public final class Flatness {
  private final Network network;

  private Flatness(Network network) {
    this.network = network;
  }

  /**
   * Names the network.
   *
   * @param network the network at the parameters to measure
   * @return the step that names the data
   */
  public static Flatness of(Network network) {
    return new Flatness(Objects.requireNonNull(network, "network"));
  }

  /**
   * Names data and loss.
   *
   * @param dataset the data
   * @param loss the loss
   * @return the step that names the measures
   */
  public OnData on(Dataset dataset, Loss loss) {
    return new OnData(network, dataset, loss, SurfaceOptions.withDefaults());
  }

  /** The loss at a point, refused where it is no number. */
  static Evaluation finite(NetworkSurface surface, double[] theta) {
    Evaluation evaluation = surface.evaluate(theta);
    if (!Double.isFinite(evaluation.loss())) {
      throw new IllegalArgumentException(
          "the loss on "
              + surface.dataset().name()
              + " is "
              + evaluation.loss()
              + ", expected a finite number; are the inputs scaled as in training?");
    }
    return evaluation;
  }

  /** A network on data. */
  public static final class OnData {
    private final Network network;
    private final Dataset dataset;
    private final Loss loss;
    private final SurfaceOptions options;

    private OnData(Network network, Dataset dataset, Loss loss, SurfaceOptions options) {
      this.network = network;
      this.dataset = Objects.requireNonNull(dataset, "dataset");
      this.loss = Objects.requireNonNull(loss, "loss");
      this.options = Objects.requireNonNull(options, "options");
    }

    /**
     * Changes how the loss is evaluated.
     *
     * @param how precision, threads, batch size and provider
     * @return the changed step
     */
    public OnData with(SurfaceOptions how) {
      return new OnData(network, dataset, loss, how);
    }

    /**
     * Asks for the spectrum of a curvature matrix instead of measures.
     *
     * @return the step that reports it
     */
    public SpectrumRequest spectrum() {
      return SpectrumRequest.of(() -> NetworkSurface.of(network, dataset, loss, options));
    }

    /**
     * Names measures.
     *
     * @param measures at least one
     * @return the step that reports
     */
    public Measuring measure(Measure... measures) {
      return new Measuring(
          this,
          MeasureSelection.of(List.of(measures)),
          MeasureSettings.withDefaults(),
          Progress.NONE,
          Seed.of(0));
    }

    /**
     * Names measures by id or group.
     *
     * @param ids ids and groups, mixed
     * @return the step that reports
     * @throws IllegalArgumentException for an id or group that does not exist, with the nearest
     *     ones
     */
    public Measuring measure(String... ids) {
      return new Measuring(
          this,
          MeasureCatalog.installed().select(List.of(ids)),
          MeasureSettings.withDefaults(),
          Progress.NONE,
          Seed.of(0));
    }

    /**
     * Names a selection made before.
     *
     * @param selection the measures
     * @return the step that reports
     */
    public Measuring measure(MeasureSelection selection) {
      return new Measuring(
          this, selection, MeasureSettings.withDefaults(), Progress.NONE, Seed.of(0));
    }
  }

  /** A network on data with the measures to take. */
  public static final class Measuring {
    private final OnData on;
    private final MeasureSelection selection;
    private final MeasureSettings settings;
    private final Progress progress;
    private final Seed seed;

    private Measuring(
        OnData on,
        MeasureSelection selection,
        MeasureSettings settings,
        Progress progress,
        Seed seed) {
      this.on = on;
      this.selection = selection;
      this.settings = settings;
      this.progress = progress;
      this.seed = seed;
    }

    /**
     * Changes the settings.
     *
     * @param changed radius, layers, limits
     * @return the changed step
     */
    public Measuring with(MeasureSettings changed) {
      return new Measuring(on, selection, changed, progress, seed);
    }

    /**
     * Names who hears about progress.
     *
     * @param listener the listener
     * @return the changed step
     */
    public Measuring progress(Progress listener) {
      return new Measuring(on, selection, settings, listener, seed);
    }

    /**
     * Sets the root of all randomness; default 0.
     *
     * @param value any number
     * @return the changed step
     */
    public Measuring seed(long value) {
      return new Measuring(on, selection, settings, progress, Seed.of(value));
    }

    /**
     * Measures.
     *
     * @return the report
     * @throws IllegalArgumentException if network, data, loss and settings do not fit, or a measure
     *     asked for by name is not defined for them; before any work
     */
    public FlatnessReport report() {
      NetworkSurface surface = NetworkSurface.of(on.network, on.dataset, on.loss, on.options);
      Subject subject = new Subject(surface, settings, progress);
      selection.requireApplicable(subject);
      double[] theta = subject.theta();
      Evaluation evaluation = finite(surface, theta);
      double[] gradient = new double[theta.length];
      surface.valueAndGradient(theta, gradient);
      List<Estimate> estimates = new ArrayList<>();
      int done = 0;
      for (MeasureSelection.Item item : selection.items()) {
        Measure measure = item.measure();
        progress.update(measure.id(), done++, selection.items().size());
        estimates.addAll(item.evaluate(subject, seed));
      }
      progress.update("done", done, done);
      return new FlatnessReport(surface, evaluation, norm(gradient), estimates, settings, seed);
    }

    private static double norm(double[] vector) {
      double largest = 0;
      for (double entry : vector) {
        largest = Math.max(largest, Math.abs(entry));
      }
      if (largest == 0) {
        return 0;
      }
      double sum = 0;
      for (double entry : vector) {
        sum += entry / largest * (entry / largest);
      }
      return largest * Math.sqrt(sum);
    }
  }
}
