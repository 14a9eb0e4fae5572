package dev.flatness;

import dev.flatness.cost.Work;
import dev.flatness.data.Dataset;
import dev.flatness.internal.linalg.Vectors;
import dev.flatness.loss.Loss;
import dev.flatness.loss.Losses;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Facts;
import dev.flatness.measure.Measure;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Setting;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.Evaluation;
import dev.flatness.surface.LossSurface;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.PassStoppedException;
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
   * Names a loss surface of your own and a point on it: for models of other frameworks, of which
   * everything that needs no network structure can be measured.
   *
   * @param surface for instance {@code LossSurface.of} or {@code DifferencedSurface.of}
   * @param theta the parameters to measure at; copied
   * @return the step that names the measures
   * @throws IllegalArgumentException if the point has another length than the surface, or lies
   *     outside its domain
   */
  public static OnSurface of(LossSurface surface, double[] theta) {
    if (theta.length != surface.dimension()) {
      throw new IllegalArgumentException(
          "the point has "
              + theta.length
              + " entries, expected the surface's dimension "
              + surface.dimension());
    }
    if (!surface.contains(theta)) {
      throw new IllegalArgumentException(
          "the surface is not defined at the point, expected one in its domain");
    }
    return new OnSurface(surface, theta.clone());
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
  static Evaluation finite(Subject subject) {
    NetworkSurface surface = subject.surface();
    Evaluation evaluation;
    try {
      evaluation = subject.get(Facts.EVALUATION);
    } catch (PassStoppedException late) {
      throw new PassStoppedException(
          subject.monitor().whyStopped()
              + " before the loss at the parameters was known: "
              + late.getMessage()
              + "; allow a longer time (--time-limit), or take fewer samples (--limit)");
    }
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

  /** NaN where the pass was stopped. */
  private static double gradientNorm(Subject subject) {
    try {
      return Vectors.scaledNorm(subject.get(Facts.SLOPE).gradient());
    } catch (PassStoppedException late) {
      return Double.NaN;
    }
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
     * Asks for the loss on a line or a plane through the network.
     *
     * @return the step that reports it
     */
    public LandscapeRequest landscape() {
      return LandscapeRequest.of(() -> NetworkSurface.of(network, dataset, loss, options));
    }

    /**
     * Asks for PAC-Bayes bounds on the loss of the network with random weights around its own.
     *
     * @param ids ids such as {@code seeger-bound}; none for all
     * @return the step that reports them
     * @throws IllegalArgumentException for an id that does not exist, with those that do
     */
    public BoundRequest bound(String... ids) {
      return BoundRequest.of(
          () -> NetworkSurface.of(network, dataset, loss, options), List.of(ids));
    }

    /**
     * Asks which measures stay under transformations that do not change what the network computes.
     *
     * @param ids ids and groups, mixed
     * @return the step that reports it
     * @throws IllegalArgumentException for an id or group that does not exist, with the nearest
     *     ones
     */
    public AuditRequest audit(String... ids) {
      return audit(MeasureCatalog.installed().select(List.of(ids)));
    }

    /**
     * Asks whether measures of your own, or others, keep what they claim.
     *
     * @param measures at least one
     * @return the step that reports it
     */
    public AuditRequest audit(Measure... measures) {
      return audit(MeasureSelection.of(List.of(measures)));
    }

    /**
     * Asks for an audit of a selection made before.
     *
     * @param selection the measures
     * @return the step that reports it
     */
    public AuditRequest audit(MeasureSelection selection) {
      return AuditRequest.of(
          Losses.fit(network, loss),
          () -> NetworkSurface.of(network, dataset, loss, options),
          selection);
    }

    /**
     * Asks what ties the flatness of the last weight layer to generalization.
     *
     * @return the step that reports it
     * @throws IllegalArgumentException if the network has no weight layer
     */
    public GeneralizationRequest generalization() {
      return GeneralizationRequest.of(
          Losses.fit(network, loss),
          () -> NetworkSurface.of(network, dataset, loss, options),
          null);
    }

    /**
     * Asks what ties the flatness of a layer to generalization.
     *
     * @param layer the name of a dense or convolutional layer
     * @return the step that reports it
     * @throws IllegalArgumentException if there is no such layer
     */
    public GeneralizationRequest generalization(String layer) {
      return GeneralizationRequest.of(
          Losses.fit(network, loss),
          () -> NetworkSurface.of(network, dataset, loss, options),
          Objects.requireNonNull(layer, "layer"));
    }

    /**
     * Names measures.
     *
     * @param measures at least one
     * @return the step that reports
     */
    public Measuring measure(Measure... measures) {
      return measure(MeasureSelection.of(List.of(measures)));
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
      return measure(MeasureCatalog.installed().select(List.of(ids)));
    }

    /**
     * Names a selection made before.
     *
     * @param selection the measures
     * @return the step that reports
     */
    public Measuring measure(MeasureSelection selection) {
      return new Measuring(this, selection, Settings.withDefaults(), Monitor.NONE, Seed.of(0));
    }

    /**
     * Names measures by id or group, and measures of your own.
     *
     * @param ids ids and groups, mixed; may be empty
     * @param own further measures
     * @return the step that reports
     * @throws IllegalArgumentException for an id or group that does not exist, or a measure that is
     *     named twice
     */
    public Measuring measure(List<String> ids, Measure... own) {
      return measure(
          ids.isEmpty()
              ? MeasureSelection.of(List.of(own))
              : MeasureCatalog.installed().select(ids).and(List.of(own)));
    }
  }

  /** A network on data with the measures to take. */
  public static final class Measuring {
    private final OnData on;
    private final MeasureSelection selection;
    private final Settings settings;
    private final Monitor monitor;
    private final Seed seed;

    private Measuring(
        OnData on, MeasureSelection selection, Settings settings, Monitor monitor, Seed seed) {
      this.on = on;
      this.selection = selection;
      this.settings = settings;
      this.monitor = monitor;
      this.seed = seed;
    }

    /**
     * Changes the settings.
     *
     * @param changed radius, layers, limits
     * @return the changed step
     */
    public Measuring with(Settings changed) {
      return new Measuring(on, selection, changed, monitor, seed);
    }

    /**
     * Changes one setting.
     *
     * @param setting which, for instance {@code Settings.TIME_LIMIT}
     * @param value its value
     * @param <T> the type of its values
     * @return the changed step
     * @throws IllegalArgumentException if the value is outside the setting's range
     */
    public <T> Measuring with(Setting<T> setting, T value) {
      return with(settings.with(setting, value));
    }

    /**
     * Names the coordinates that the measures are taken in; default the parameters themselves.
     *
     * <p>A measure that needs no layers is taken on the surface pulled back to the coordinates, at
     * the network's own. Estimates then claim no invariance and have the detail {@code
     * coordinates}; measures of a group that need layers are reported as not applicable.
     *
     * @param coordinates for instance {@link CoordinateSystem#weightNormalization}
     * @return the changed step
     * @throws IllegalArgumentException if a measure that was named needs layers, with those that do
     *     not
     */
    public Measuring in(CoordinateSystem coordinates) {
      Objects.requireNonNull(coordinates, "coordinates");
      return new Measuring(on, selection.in(coordinates), settings, monitor, seed);
    }

    /**
     * Names who receives progress updates and may stop the work.
     *
     * @param who the monitor
     * @return the changed step
     */
    public Measuring monitor(Monitor who) {
      return new Measuring(on, selection, settings, who, seed);
    }

    /**
     * Sets the root of all randomness; default 0.
     *
     * @param value any number
     * @return the changed step
     */
    public Measuring seed(long value) {
      return new Measuring(on, selection, settings, monitor, Seed.of(value));
    }

    /**
     * Tells what passes over the samples the measures will take, before any work.
     *
     * @return the parts, each shared part once
     */
    public List<Work> work() {
      List<Work> work = new ArrayList<>();
      selection.work(Losses.fit(on.network, on.loss), settings).values().forEach(work::addAll);
      return Work.together(work);
    }

    /**
     * Measures.
     *
     * <p>Whether the loss is convex is only seen during the work. Where a measure needs that and it
     * is not, the number is reported as not applicable, also if it was asked for by name.
     *
     * @return the report
     * @throws IllegalArgumentException if network, data, loss and settings do not fit, or a measure
     *     asked for by name is not defined for them, or memory does not hold its passes, before any
     *     work; or if the loss is not finite
     */
    public FlatnessReport report() {
      NetworkSurface surface = NetworkSurface.of(on.network, on.dataset, on.loss, on.options);
      Subject subject = Subject.of(surface, settings, monitor, seed);
      selection.requireApplicable(subject);
      selection.requireMemory(subject);
      Evaluation evaluation = finite(subject);
      double gradientNorm = gradientNorm(subject);
      List<Estimate> estimates = new ArrayList<>();
      int done = 0;
      for (MeasureSelection.Item item : selection.items()) {
        monitor.update(item.measure().id(), done++, selection.items().size());
        estimates.addAll(item.evaluate(subject));
      }
      monitor.update("done", done, done);
      return new FlatnessReport(surface, evaluation, gradientNorm, estimates, settings, seed);
    }
  }
}
