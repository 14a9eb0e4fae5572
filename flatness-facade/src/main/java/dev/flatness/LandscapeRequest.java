package dev.flatness;

import dev.flatness.basispath.PsiMeasures;
import dev.flatness.basispath.SkeletonRule;
import dev.flatness.coordinates.Coordinates;
import dev.flatness.cost.Pass;
import dev.flatness.cost.Work;
import dev.flatness.landscape.Landscape;
import dev.flatness.landscape.LandscapeDirections;
import dev.flatness.landscape.LandscapeEvaluator;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Setting;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.Evaluation;
import dev.flatness.surface.LossSurface;
import dev.flatness.surface.NetworkSurface;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A request for the loss on a line or a plane through a network, or through a point of a loss
 * surface of your own.
 *
 * <p>Defaults: those of {@link LandscapeEvaluator}, Gaussian directions of standard deviation 0.05
 * in the parameters themselves, seed 0. Cost: that of {@link LandscapeEvaluator}, for every
 * network. Immutable.
 */
public final class LandscapeRequest {
  private final Supplier<? extends LossSurface> surface;

  /** The point on a surface of one's own; null for a network's, which has its own. */
  private final double @Nullable [] theta;

  // Changed only in copies that nobody else has yet.
  private Settings settings = Settings.withDefaults();
  private Monitor monitor = Monitor.NONE;
  private CoordinateSystem system = CoordinateSystem.weights();
  private LandscapeDirections directions =
      LandscapeDirections.gaussian(LandscapeDirections.STANDARD_DEVIATION);
  private LandscapeEvaluator evaluator = LandscapeEvaluator.withDefaults();
  private @Nullable Path file;
  private Map<String, Network> others = Map.of();
  private Seed seed = Seed.of(0);

  private LandscapeRequest(Supplier<? extends LossSurface> surface, double @Nullable [] theta) {
    this.surface = surface;
    this.theta = theta;
  }

  static LandscapeRequest of(Supplier<NetworkSurface> surface) {
    return new LandscapeRequest(surface, null);
  }

  /** Of a surface of one's own at a point, which is not copied. */
  static LandscapeRequest of(LossSurface surface, double[] theta) {
    return new LandscapeRequest(() -> surface, theta);
  }

  private LandscapeRequest changed(Consumer<LandscapeRequest> change) {
    LandscapeRequest copy = new LandscapeRequest(surface, theta);
    copy.settings = settings;
    copy.monitor = monitor;
    copy.system = system;
    copy.directions = directions;
    copy.evaluator = evaluator;
    copy.file = file;
    copy.others = others;
    copy.seed = seed;
    change.accept(copy);
    return copy;
  }

  /**
   * Names the coordinates of the slice; default the parameters themselves.
   *
   * @param coordinates for instance {@link CoordinateSystem#basisPaths}
   * @return the changed request
   */
  public LandscapeRequest coordinates(CoordinateSystem coordinates) {
    Objects.requireNonNull(coordinates, "coordinates");
    return changed(copy -> copy.system = coordinates);
  }

  /**
   * Chooses the directions.
   *
   * @param how for instance {@link LandscapeDirections#filterNormalized}
   * @return the changed request
   */
  public LandscapeRequest directions(LandscapeDirections how) {
    Objects.requireNonNull(how, "how");
    return changed(copy -> copy.directions = how);
  }

  /**
   * Asks for a plane.
   *
   * @param first the steps along the first axis
   * @param second the steps along the second axis
   * @return the changed request
   * @throws IllegalArgumentException if an axis has fewer than 2 steps, or there are too many
   */
  public LandscapeRequest grid(int first, int second) {
    LandscapeEvaluator plane = evaluator.withPoints(first, second);
    return changed(copy -> copy.evaluator = plane);
  }

  /**
   * Asks for a line.
   *
   * @param steps the number of points
   * @return the changed request
   * @throws IllegalArgumentException if there are fewer than 2, or too many
   */
  public LandscapeRequest line(int steps) {
    LandscapeEvaluator line = evaluator.withPoints(steps);
    return changed(copy -> copy.evaluator = line);
  }

  /**
   * Sets the range of the axes, in units of the directions; default −1 to 1.
   *
   * @param least the first step
   * @param largest the last step
   * @return the changed request
   * @throws IllegalArgumentException if the range is empty or not finite
   */
  public LandscapeRequest range(double least, double largest) {
    LandscapeEvaluator ranged = evaluator.withRange(least, largest);
    return changed(copy -> copy.evaluator = ranged);
  }

  /**
   * Also finds the largest eigenvalue of the Hessian at every point of a line.
   *
   * @return the changed request
   */
  public LandscapeRequest topEigenvalues() {
    LandscapeEvaluator wanted = evaluator.withTopEigenvalues(true);
    return changed(copy -> copy.evaluator = wanted);
  }

  /**
   * Keeps the points in a file, from which a run of the same request goes on to the same bits.
   *
   * @param state the file; the further networks have files of that name and {@code .1}, {@code .2}
   * @return the changed request
   */
  public LandscapeRequest resume(Path state) {
    LandscapeEvaluator kept = evaluator.withFile(state);
    return changed(
        copy -> {
          copy.evaluator = kept;
          copy.file = state;
        });
  }

  /**
   * Names further networks, whose slices have the same directions and steps.
   *
   * @param networks by name
   * @return the changed request
   */
  public LandscapeRequest compare(Map<String, Network> networks) {
    Map<String, Network> all = new LinkedHashMap<>(networks);
    return changed(copy -> copy.others = all);
  }

  /**
   * Changes the settings.
   *
   * @param changed limits
   * @return the changed request
   */
  public LandscapeRequest with(Settings changed) {
    Objects.requireNonNull(changed, "changed");
    return changed(copy -> copy.settings = changed);
  }

  /**
   * Changes one setting.
   *
   * @param setting which, for instance {@code Settings.TIME_LIMIT}
   * @param value its value
   * @param <T> the type of its values
   * @return the changed request
   * @throws IllegalArgumentException if the value is outside the setting's range
   */
  public <T> LandscapeRequest with(Setting<T> setting, T value) {
    return with(settings.with(setting, value));
  }

  /**
   * Names who receives progress updates and may stop the work.
   *
   * @param who the monitor
   * @return the changed request
   */
  public LandscapeRequest monitor(Monitor who) {
    Objects.requireNonNull(who, "who");
    return changed(copy -> copy.monitor = who);
  }

  /**
   * Sets the root of all randomness; default 0.
   *
   * @param value any number
   * @return the changed request
   */
  public LandscapeRequest seed(long value) {
    return changed(copy -> copy.seed = Seed.of(value));
  }

  /**
   * Tells what passes over the samples it will take, before any work.
   *
   * @return the parts; with eigenvalues an estimate of the products
   */
  public List<Work> work() {
    double points = (double) evaluator.points() * (1 + others.size());
    List<Work> work = new ArrayList<>();
    work.add(new Work("landscape", Pass.VALUE, points));
    if (evaluator.topEigenvalues()) {
      work.add(new Work("eigenvalues", Pass.HESSIAN_PRODUCT, 20 * points));
    }
    return work;
  }

  /**
   * Evaluates the slices.
   *
   * @return the report
   * @throws IllegalArgumentException if network, data and loss do not fit, or the loss is not
   *     finite, or a network or a surface of your own has no such coordinates or directions, or a
   *     file is of another run
   */
  public LandscapeReport report() {
    double[] point = theta;
    return point == null
        ? ofNetwork((NetworkSurface) surface.get())
        : ofSurface(surface.get(), point);
  }

  private LandscapeReport ofSurface(LossSurface on, double[] at) {
    SurfaceRequest.requireNoLayers(settings);
    if (!others.isEmpty()) {
      throw new IllegalArgumentException(
          "the networks "
              + others.keySet()
              + " were named to compare with, but a loss surface of your own is no network; ask"
              + " for a landscape of each surface");
    }
    long started = System.nanoTime();
    Coordinates coordinates = system.at(at.clone());
    double loss = on.value(at.clone());
    if (!Double.isFinite(loss)) {
      throw new IllegalArgumentException(
          "the loss at the point is " + loss + ", expected a finite number");
    }
    Monitor watch = settings.given(Settings.TIME_LIMIT).map(monitor::limitedTo).orElse(monitor);
    Landscape landscape = evaluator.evaluate(on, at, coordinates, directions, seed, watch);
    double seconds = (System.nanoTime() - started) / 1e9;
    boolean weights = system.name().equals(CoordinateSystem.WEIGHTS);
    SurfacePlace place = SurfacePlace.of(on, at, weights ? null : system);
    return new LandscapeReport(
        on,
        new Evaluation(loss, Double.NaN, 0),
        system,
        directions,
        List.of(new LandscapeReport.Slice("", landscape, system.settings(), seconds)),
        seed.value(),
        place.recorded(seed, asked()));
  }

  private LandscapeReport ofNetwork(NetworkSurface on) {
    Subject subject = Subject.of(on, settings, monitor, seed);
    var evaluation = Flatness.finite(subject);
    List<LandscapeReport.Slice> slices = new ArrayList<>();
    slices.add(slice("", subject.surface(), evaluator, subject.monitor()));
    for (Map.Entry<String, Network> other : others.entrySet()) {
      NetworkSurface its =
          NetworkSurface.of(other.getValue(), on.dataset(), on.loss(), on.options())
              .stoppingWhen(subject.monitor()::stopped);
      LandscapeEvaluator own =
          file == null
              ? evaluator
              : evaluator.withFile(file.resolveSibling(file.getFileName() + "." + slices.size()));
      slices.add(slice(other.getKey(), its, own, subject.monitor().as(other.getKey())));
    }
    return new LandscapeReport(
        on, evaluation, system, directions, slices, seed.value(), recorded(on));
  }

  private LandscapeReport.Slice slice(
      String name, NetworkSurface its, LandscapeEvaluator how, Monitor watch) {
    long started = System.nanoTime();
    Coordinates coordinates = system.of().apply(its.network());
    Landscape landscape =
        how.evaluate(its, its.network().parameterVector(), coordinates, directions, seed, watch);
    double seconds = (System.nanoTime() - started) / 1e9;
    return new LandscapeReport.Slice(name, landscape, settingsAt(its.network()), seconds);
  }

  /** The settings of the coordinates, with the rule that {@code auto} takes for a network. */
  private Map<String, Object> settingsAt(Network network) {
    Map<String, Object> own = new LinkedHashMap<>(system.settings());
    SkeletonRule auto = SkeletonRule.auto();
    own.computeIfPresent(
        PsiMeasures.SKELETON.reportName(),
        (name, rule) -> rule.equals(auto.id()) ? auto.choose(network).rule() : rule);
    return own;
  }

  private Map<String, Object> recorded(NetworkSurface on) {
    Map<String, Object> recorded = RunSettings.of(on, seed);
    recorded.putAll(asked());
    return recorded;
  }

  private Map<String, Object> asked() {
    Map<String, Object> recorded = new LinkedHashMap<>();
    recorded.put("coordinates", system.name());
    recorded.putAll(system.settings());
    recorded.put("directions", directions.id());
    recorded.putAll(directions.settings());
    recorded.put("range", List.of(evaluator.from(), evaluator.to()));
    recorded.put("points", evaluator.steps());
    if (!others.isEmpty()) {
      recorded.put("compare", List.copyOf(others.keySet()));
    }
    recorded.putAll(settings.recorded(Settings.COMMON));
    return recorded;
  }
}
