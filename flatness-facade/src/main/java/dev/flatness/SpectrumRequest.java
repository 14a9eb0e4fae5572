package dev.flatness;

import dev.flatness.coordinates.Coordinates;
import dev.flatness.coordinates.PulledBackSurface;
import dev.flatness.cost.Pass;
import dev.flatness.cost.Work;
import dev.flatness.data.Datasets;
import dev.flatness.hessian.Hessian;
import dev.flatness.hessian.HessianTrace;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Facts;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Setting;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Subject;
import dev.flatness.network.Node;
import dev.flatness.network.Parameter;
import dev.flatness.random.Seed;
import dev.flatness.spectral.Eigenpairs;
import dev.flatness.spectral.StochasticLanczos;
import dev.flatness.spectral.ThickRestartLanczos;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.Evaluation;
import dev.flatness.surface.LossSurface;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.ParameterSet;
import dev.flatness.surface.PassStoppedException;
import dev.flatness.surface.Slope;
import dev.flatness.tensor.Precision;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * A request for the spectrum of a curvature matrix, of a network or of a loss surface of your own:
 * eigenpairs at its ends and its density.
 *
 * <p>Defaults: the Hessian of the whole network, the 10 largest eigenvalues to 1e-6 in float64 and
 * 1e-4 in float32, a density of 5 probes and 80 steps, seed 0. Cost: the products that {@link
 * ThickRestartLanczos} and {@link StochasticLanczos} state. Immutable.
 */
public final class SpectrumRequest {
  private final Supplier<? extends LossSurface> surface;

  /** The point on a surface of one's own; null for a network's, which has its own. */
  private final double @Nullable [] theta;

  // Changed only in copies that nobody else has yet.
  private Settings settings = Settings.withDefaults();
  private Monitor monitor = Monitor.NONE;
  private Curvature curvature = Curvature.HESSIAN;
  private @Nullable CoordinateSystem system;
  private List<String> patterns = List.of();
  private int largest = 10;
  private int smallest;
  private int probes = StochasticLanczos.withDefaults().probes();
  private int steps = StochasticLanczos.withDefaults().steps();
  private int perBatch;
  private Seed seed = Seed.of(0);

  private SpectrumRequest(Supplier<? extends LossSurface> surface, double @Nullable [] theta) {
    this.surface = surface;
    this.theta = theta;
  }

  static SpectrumRequest of(Supplier<NetworkSurface> surface) {
    return new SpectrumRequest(surface, null);
  }

  /** Of a surface of one's own at a point, which is not copied. */
  static SpectrumRequest of(LossSurface surface, double[] theta) {
    return new SpectrumRequest(() -> surface, theta);
  }

  private SpectrumRequest changed(Consumer<SpectrumRequest> change) {
    SpectrumRequest copy = new SpectrumRequest(surface, theta);
    copy.settings = settings;
    copy.monitor = monitor;
    copy.curvature = curvature;
    copy.system = system;
    copy.patterns = patterns;
    copy.largest = largest;
    copy.smallest = smallest;
    copy.probes = probes;
    copy.steps = steps;
    copy.perBatch = perBatch;
    copy.seed = seed;
    change.accept(copy);
    return copy;
  }

  /**
   * Changes the settings.
   *
   * @param changed the layers whose own spectra are wanted instead of the network's, limits,
   *     tolerance
   * @return the changed request
   */
  public SpectrumRequest with(Settings changed) {
    Objects.requireNonNull(changed, "changed");
    return changed(copy -> copy.settings = changed);
  }

  /**
   * Changes one setting.
   *
   * @param setting which, for instance {@code Settings.TOLERANCE}
   * @param value its value
   * @param <T> the type of its values
   * @return the changed request
   * @throws IllegalArgumentException if the value is outside the setting's range
   */
  public <T> SpectrumRequest with(Setting<T> setting, T value) {
    return with(settings.with(setting, value));
  }

  /**
   * Names who receives progress updates and may stop the work.
   *
   * @param who the monitor
   * @return the changed request
   */
  public SpectrumRequest monitor(Monitor who) {
    Objects.requireNonNull(who, "who");
    return changed(copy -> copy.monitor = who);
  }

  /**
   * Names the matrix.
   *
   * @param kind Hessian, Gauss–Newton, empirical Fisher, or true Fisher of drawn labels
   * @return the changed request
   */
  public SpectrumRequest curvature(Curvature kind) {
    Objects.requireNonNull(kind, "kind");
    return changed(copy -> copy.curvature = kind);
  }

  /**
   * Names the coordinates that derivatives are taken in; default the parameters themselves.
   *
   * @param coordinates for instance {@link CoordinateSystem#basisPaths}
   * @return the changed request
   */
  public SpectrumRequest in(CoordinateSystem coordinates) {
    Objects.requireNonNull(coordinates, "coordinates");
    return changed(copy -> copy.system = coordinates);
  }

  /**
   * Restricts the matrix to parameters chosen by name.
   *
   * @param globs patterns as {@link ParameterSet#matching} takes them, as {@code fc*.weight}
   * @return the changed request
   */
  public SpectrumRequest parameters(String... globs) {
    List<String> all = List.of(globs);
    return changed(copy -> copy.patterns = all);
  }

  /**
   * Asks for eigenvalues at the ends; of a smaller matrix, for all it has.
   *
   * @param top how many of the largest, 0 for none
   * @param bottom how many of the smallest, 0 for none
   * @return the changed request
   * @throws IllegalArgumentException if negative
   */
  public SpectrumRequest ends(int top, int bottom) {
    ThickRestartLanczos.withDefaults().withLargest(top).withSmallest(bottom);
    return changed(
        copy -> {
          copy.largest = top;
          copy.smallest = bottom;
        });
  }

  /**
   * Asks for a density.
   *
   * @param vectors the number of probes, 0 for no density
   * @param products the steps of each
   * @return the changed request
   * @throws IllegalArgumentException if there are probes without steps
   */
  public SpectrumRequest density(int vectors, int products) {
    if (vectors != 0) {
      StochasticLanczos.withDefaults().withProbes(vectors).withSteps(products);
    }
    return changed(
        copy -> {
          copy.probes = vectors;
          copy.steps = products;
        });
  }

  /**
   * Also finds the largest eigenvalues of every mini-batch alone, as many as of the whole.
   *
   * <p>The matrix of a mini-batch is that of the mean loss over its samples. Batches are
   * consecutive; samples that do not fill one are left out. Cost: one search a batch, whose
   * products pass over its samples only.
   *
   * @param samples the samples of a batch, 0 for none
   * @return the changed request
   * @throws IllegalArgumentException if negative
   */
  public SpectrumRequest perBatch(int samples) {
    if (samples < 0) {
      throw new IllegalArgumentException(
          "the samples of a mini-batch are " + samples + ", expected at least 1, or 0 for none");
    }
    return changed(copy -> copy.perBatch = samples);
  }

  /**
   * Sets the root of all randomness; default 0.
   *
   * @param value any number
   * @return the changed request
   */
  public SpectrumRequest seed(long value) {
    return changed(copy -> copy.seed = Seed.of(value));
  }

  /**
   * Tells what passes over the samples it will take, before any work.
   *
   * @return the parts; trained classifiers took 3 to 6 products for a pair, the check for missed
   *     ones included
   */
  public List<Work> work() {
    int matrices = Math.max(1, layers().size());
    Pass pass = curvature == Curvature.HESSIAN ? Pass.HESSIAN_PRODUCT : Pass.GAUSS_NEWTON_PRODUCT;
    return List.of(
        new Work("eigenvalues", pass, 5.0 * matrices * ((double) largest + smallest)),
        new Work("density", pass, (double) matrices * probes * steps),
        // Together the batches are the samples once.
        new Work("mini-batches", pass, perBatch == 0 ? 0 : 5.0 * largest));
  }

  private Set<String> layers() {
    return settings.given(Settings.LAYERS).orElse(Set.of());
  }

  /**
   * Finds the spectrum.
   *
   * @return the report
   * @throws IllegalArgumentException if network, data, loss and settings do not fit, or the loss is
   *     not finite, or the network has no such coordinates or parameters, or the curvature is not
   *     finite and there is no eigenvalue or no probe of the density yet
   */
  public SpectrumReport report() {
    double[] point = theta;
    return point == null
        ? ofNetwork((NetworkSurface) surface.get())
        : ofSurface(surface.get(), point);
  }

  private SpectrumReport ofSurface(LossSurface on, double[] at) {
    SurfaceRequest.requireNoLayers(settings);
    if (!patterns.isEmpty()) {
      throw new IllegalArgumentException(
          "the parameters "
              + patterns
              + " were named, but those of a loss surface of your own have no names");
    }
    Monitor watch = settings.given(Settings.TIME_LIMIT).map(monitor::limitedTo).orElse(monitor);
    SurfacePlace place = SurfacePlace.of(on, at, system);
    double[] gradient = new double[place.point().length];
    double loss = place.surface().valueAndGradient(place.point().clone(), gradient);
    place.finite(new Slope(loss, gradient));
    long bytes = Runtime.getRuntime().maxMemory() / 4;
    StochasticLanczos density = density(bytes);
    ThickRestartLanczos ends = ends(Precision.FLOAT64);
    SymmetricOperator matrix =
        Hessian.of(place.surface()).withCurvature(curvature).at(place.point());
    SpectrumReport.Spectrum found =
        search(ends, density, watch, bytes).of(Optional.empty(), matrix);
    Map<String, Object> asked = asked();
    asked.put("operator", curvature.id());
    return new SpectrumReport(
        on,
        new Evaluation(loss, Double.NaN, 0),
        curvature,
        coordinates(),
        List.of(),
        List.of(found),
        ends,
        density,
        List.of(),
        place.recorded(seed, asked));
  }

  private StochasticLanczos density(long bytes) {
    return StochasticLanczos.withDefaults()
        .withProbes(Math.max(1, probes))
        .withSteps(steps)
        .withMaxBasisBytes(bytes);
  }

  private SpectrumReport ofNetwork(NetworkSurface on) {
    Subject subject = Subject.of(on, settings, monitor, seed);
    requireOneRestriction();
    requireBatches(on.dataset().size());
    ParameterSet selected =
        patterns.isEmpty()
            ? ParameterSet.all(on.dimension())
            : ParameterSet.matching(on.network(), patterns.toArray(String[]::new));
    var evaluation = Flatness.finite(subject);
    ThickRestartLanczos ends = ends(on.options().precision());
    long bytes = on.options().solverBytes();
    StochasticLanczos density = density(bytes);
    Monitor watch = subject.monitor();
    SpectrumSearch search = search(ends, density, watch, bytes);
    List<SpectrumReport.Spectrum> spectra = new ArrayList<>();
    if (layers().isEmpty()) {
      SymmetricOperator whole = whole(subject.surface(), selected, subject.theta());
      spectra.add(traced(subject, selected, search.of(Optional.empty(), whole)));
    } else {
      for (Node layer : subject.layers()) {
        Hessian hessian = Hessian.ofLayer(subject.surface(), layer).withCurvature(curvature);
        SymmetricOperator own = hessian.at(subject.theta());
        ParameterSet weight = ParameterSet.of(List.of(on.network().weight(layer)));
        spectra.add(traced(subject, weight, search.of(Optional.of(layer), own)));
      }
    }
    List<String> parameters =
        patterns.isEmpty()
            ? List.of()
            : on.network().parameters().stream()
                .filter(selected::contains)
                .map(Parameter::name)
                .toList();
    return new SpectrumReport(
        on,
        evaluation,
        curvature,
        coordinates(),
        parameters,
        spectra,
        ends,
        density,
        batches(subject.surface(), selected, subject.theta(), ends.withSmallest(0), watch),
        recorded(on));
  }

  private void requireBatches(int size) {
    if (perBatch > size) {
      throw new IllegalArgumentException(
          "mini-batches of " + perBatch + " samples need as many, but there are " + size);
    }
    if (perBatch > 0 && (largest == 0 || !layers().isEmpty())) {
      throw new IllegalArgumentException(
          "mini-batches have largest eigenvalues of the whole network; ask for some (--top) and"
              + " name no layers");
    }
  }

  /** The largest eigenvalues of consecutive mini-batches; one that is not full is left out. */
  private List<SpectrumReport.Batch> batches(
      NetworkSurface on,
      ParameterSet selected,
      double[] at,
      ThickRestartLanczos ends,
      Monitor watch) {
    List<SpectrumReport.Batch> batches = new ArrayList<>();
    int size = on.dataset().size();
    if (perBatch == 0) {
      return batches;
    }
    for (int first = 0; first + perBatch <= size && !watch.stopped(); first += perBatch) {
      watch.update("mini-batches", first / perBatch, size / perBatch);
      NetworkSurface batch =
          NetworkSurface.of(
                  on.network(),
                  Datasets.subset(on.dataset(), first, perBatch),
                  on.loss(),
                  on.options())
              .stoppingWhen(watch::stopped);
      try {
        SymmetricOperator matrix = whole(batch, selected, at);
        Eigenpairs pairs =
            ends.fitting(matrix.dimension(), on.options().solverBytes())
                .solve(matrix, seed.split("batch").split(first), watch.as("mini-batches"));
        batches.add(new SpectrumReport.Batch(first, perBatch, pairs));
      } catch (PassStoppedException late) {
        break;
      }
    }
    return batches;
  }

  /**
   * Adds the trace where closed forms give it: of the Hessian of a piecewise-linear network, and of
   * its Gauss–Newton matrix, which has the same diagonal, since outputs are linear in each
   * parameter.
   */
  private SpectrumReport.Spectrum traced(
      Subject subject, ParameterSet of, SpectrumReport.Spectrum found) {
    boolean known = curvature == Curvature.HESSIAN || curvature == Curvature.GAUSS_NEWTON;
    if (!known || system != null || found.density().isEmpty() || !Facts.closedFormsHold(subject)) {
      return found;
    }
    try {
      double[] own = new double[of.size()];
      of.restrict(HessianTrace.diagonal(subject), own);
      return found.withExactTrace(DoubleStream.of(own).sum());
    } catch (PassStoppedException late) {
      return found;
    }
  }

  private String coordinates() {
    return system == null ? CoordinateSystem.WEIGHTS : system.name();
  }

  private ThickRestartLanczos ends(Precision precision) {
    ThickRestartLanczos method = ThickRestartLanczos.withDefaults(precision);
    return settings
        .given(Settings.TOLERANCE)
        .map(method::withTolerance)
        .orElse(method)
        .withMaxProducts(settings.get(Settings.MAX_PRODUCTS))
        .withLargest(largest)
        .withSmallest(smallest);
  }

  private Map<String, Object> recorded(NetworkSurface on) {
    Map<String, Object> recorded = RunSettings.of(on, seed);
    recorded.put("operator", curvature.id());
    recorded.put("coordinates", coordinates());
    if (system != null) {
      recorded.putAll(system.settings());
    }
    recorded.putAll(asked());
    return recorded;
  }

  private Map<String, Object> asked() {
    Map<String, Object> recorded = new LinkedHashMap<>();
    recorded.put("top", largest);
    recorded.put("bottom", smallest);
    recorded.put("probes", probes);
    recorded.put("steps", steps);
    if (perBatch > 0) {
      recorded.put("perBatch", perBatch);
    }
    if (!patterns.isEmpty()) {
      recorded.put("parameters", patterns);
    }
    recorded.putAll(settings.recorded(Settings.COMMON));
    return recorded;
  }

  private void requireOneRestriction() {
    if (!patterns.isEmpty() && (system != null || !layers().isEmpty())) {
      throw new IllegalArgumentException(
          "the parameters "
              + patterns
              + (system == null
                  ? " cannot be combined with the layers " + layers() + "; choose one"
                  : " do not exist in the coordinates " + system.name() + "; ask for weights"));
    }
    if (!layers().isEmpty() && system != null) {
      throw new IllegalArgumentException(
          "the layers "
              + layers()
              + " have no spectra of their own in the coordinates "
              + system.name()
              + "; ask for the whole network, or for weights");
    }
  }

  private SymmetricOperator whole(NetworkSurface on, ParameterSet selected, double[] theta) {
    if (system == null) {
      return Hessian.of(on).on(selected).withCurvature(curvature).at(theta);
    }
    Coordinates coordinates = system.of().apply(on.network());
    return Hessian.of(new PulledBackSurface(on, coordinates))
        .withCurvature(curvature)
        .at(coordinates.coordinatesOf(theta));
  }

  private SpectrumSearch search(
      ThickRestartLanczos ends, StochasticLanczos density, Monitor watch, long bytes) {
    return new SpectrumSearch(
        largest + smallest > 0 ? Optional.of(ends) : Optional.empty(),
        probes > 0 ? Optional.of(density) : Optional.empty(),
        seed,
        watch,
        bytes);
  }
}
