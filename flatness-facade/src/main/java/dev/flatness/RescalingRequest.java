package dev.flatness;

import dev.flatness.attack.Attack;
import dev.flatness.attack.Attacks;
import dev.flatness.basispath.BasisPaths;
import dev.flatness.basispath.PsiMeasures;
import dev.flatness.cost.Work;
import dev.flatness.data.Dataset;
import dev.flatness.hessian.MinimalTrace;
import dev.flatness.loss.Loss;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Measure;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Setting;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.symmetry.Gauge;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A request for an equivalent network: another point of the rescaling orbit.
 *
 * <pre>{@code
 * RescalingReport report =
 *     RescalingRequest.of(network).on(data, loss).raise("hessian-trace", 1e6);
 * OnnxWriter.withDefaults().write(report.network(), file);
 * }</pre>
 *
 * <p>Random rescalings, given factors and the gauges but {@code minimal-trace} need no data. The
 * network keeps the float type of its file: its parameters are rounded to it, and the residual and
 * the numbers after are those of the rounded network. Defaults: seed 0. Immutable.
 */
public final class RescalingRequest {
  /** The names of the gauges. */
  public static final List<String> GAUGES =
      List.of("minimum-norm", "minimal-trace", "canonical", "unit-incoming");

  private static final String TRACE = "hessian-trace";
  private static final String LAYER_TRACE = TRACE + "@";

  /** At the network, at the equivalent one, and at its rounded parameters. */
  private static final int NUMBERS = 3;

  /** The estimates by which the factor of {@code expected-sharpness} is found. */
  private static final int ESTIMATES = 20;

  private final Network network;
  // Changed only in copies that nobody else has yet.
  private @Nullable Dataset data;
  private @Nullable Loss loss;
  private SurfaceOptions options = SurfaceOptions.withDefaults();
  private Settings settings = Settings.withDefaults();
  private Monitor monitor = Monitor.NONE;
  private Seed seed = Seed.of(0);

  private RescalingRequest(Network network) {
    this.network = network;
  }

  /**
   * Names the network.
   *
   * @param network the network to rescale
   * @return the request
   */
  public static RescalingRequest of(Network network) {
    return new RescalingRequest(Objects.requireNonNull(network, "network"));
  }

  private RescalingRequest changed(Consumer<RescalingRequest> change) {
    RescalingRequest copy = new RescalingRequest(network);
    copy.data = data;
    copy.loss = loss;
    copy.options = options;
    copy.settings = settings;
    copy.monitor = monitor;
    copy.seed = seed;
    change.accept(copy);
    return copy;
  }

  /**
   * Names data and loss.
   *
   * @param dataset the data
   * @param objective the loss
   * @return the changed request
   */
  public RescalingRequest on(Dataset dataset, Loss objective) {
    Objects.requireNonNull(dataset, "dataset");
    Objects.requireNonNull(objective, "objective");
    return changed(
        copy -> {
          copy.data = dataset;
          copy.loss = objective;
        });
  }

  /**
   * Changes how the loss is evaluated.
   *
   * @param how precision, threads, batch size and provider
   * @return the changed request
   */
  public RescalingRequest with(SurfaceOptions how) {
    Objects.requireNonNull(how, "how");
    return changed(copy -> copy.options = how);
  }

  /**
   * Changes the settings.
   *
   * @param changed those of the numbers: radius, noise, limits; and the skeleton of {@code
   *     canonical}
   * @return the changed request
   */
  public RescalingRequest with(Settings changed) {
    Objects.requireNonNull(changed, "changed");
    return changed(copy -> copy.settings = changed);
  }

  /**
   * Changes one setting.
   *
   * @param setting which
   * @param value its value
   * @param <T> the type of its values
   * @return the changed request
   * @throws IllegalArgumentException if the value is outside the setting's range
   */
  public <T> RescalingRequest with(Setting<T> setting, T value) {
    return with(settings.with(setting, value));
  }

  /**
   * Names who receives progress updates and may stop the work.
   *
   * @param who the monitor
   * @return the changed request
   */
  public RescalingRequest monitor(Monitor who) {
    Objects.requireNonNull(who, "who");
    return changed(copy -> copy.monitor = who);
  }

  /**
   * Sets the root of all randomness; default 0.
   *
   * @param value any number
   * @return the changed request
   */
  public RescalingRequest seed(long value) {
    return changed(copy -> copy.seed = Seed.of(value));
  }

  /**
   * Tells what passes over the samples raising or lowering a number will take, before any work.
   *
   * <p>Formula: the number {@value #NUMBERS} times, {@value #ESTIMATES} times for {@code
   * expected-sharpness}, and the diagonal of the Hessian. The other rescalings take the work of
   * {@code hessian-trace}.
   *
   * @param id as {@link Attacks#raise}
   * @return the parts; none without data
   * @throws IllegalArgumentException if no attack moves the number
   */
  public List<Work> work(String id) {
    requireMoving(id);
    if (data == null) {
      return List.of();
    }
    List<Work> work = new ArrayList<>(measure(TRACE).work(network, settings));
    double times = id.equals("expected-sharpness") ? ESTIMATES : NUMBERS;
    for (Work part : measure(id.startsWith(LAYER_TRACE) ? TRACE : id).work(network, settings)) {
      work.add(new Work(part.name(), part.pass(), times * part.passes()));
    }
    return Work.together(work);
  }

  private static Measure measure(String id) {
    return found(id).orElseThrow(() -> new AssertionError("no measure " + id));
  }

  private static Optional<Measure> found(String id) {
    MeasureCatalog catalog = MeasureCatalog.installed();
    return Stream.concat(catalog.measures().stream(), catalog.onRequest().stream())
        .filter(each -> each.id().equals(id))
        .findFirst();
  }

  /**
   * Rescales every hidden unit at random.
   *
   * @param spread S ≥ 1; factors are log-uniform in [1/S, S]
   * @return the report
   * @throws IllegalArgumentException if the spread is out of range, or a parameter would be
   */
  public RescalingReport random(double spread) {
    return factors(Rescaling.random(ScaleClasses.of(network), spread, seed.split("rescaling")));
  }

  /**
   * Rescales by given factors.
   *
   * @param rescaling a rescaling of the network's scale classes
   * @return the report
   * @throws IllegalArgumentException if a parameter would leave the range of doubles
   */
  public RescalingReport factors(Rescaling rescaling) {
    RescalingRun run = run();
    return run.moved(rescaling.applyTo(network), null, List.of());
  }

  /**
   * Goes to a canonical representative of the orbit.
   *
   * @param name {@code minimum-norm}, {@code minimal-trace}, {@code canonical} (of basis paths; the
   *     skeleton is a setting) or {@code unit-incoming}
   * @return the report
   * @throws IllegalArgumentException if there is no such gauge, the network has none, or {@code
   *     minimal-trace} is asked for without data
   */
  public RescalingReport gauge(String name) {
    if (!GAUGES.contains(name)) {
      throw new IllegalArgumentException(
          "there is no gauge \"" + name + "\", expected one of " + String.join(", ", GAUGES));
    }
    if (name.equals("minimal-trace")) {
      requireData("the gauge minimal-trace");
    }
    RescalingRun run = run();
    return switch (name) {
      case "minimum-norm" -> run.moved(Gauge.minimumNorm(network), name, List.of());
      case "unit-incoming" -> run.moved(Gauge.unitIncoming(network), name, List.of());
      case "canonical" ->
          run.moved(
              BasisPaths.of(settings.get(PsiMeasures.SKELETON).choose(network)).canonical(),
              name,
              List.of());
      default -> {
        NetworkSurface surface = run.subject().surface();
        MinimalTrace.Minimizer least = MinimalTrace.onOrbit().gauge(surface);
        yield run.moved(least.network(), name, RescalingRun.notes(surface.network(), least));
      }
    };
  }

  /**
   * Raises a number that is not invariant.
   *
   * @param id as {@link Attacks#raise}
   * @param value what it shall be
   * @return the report
   * @throws IllegalArgumentException if there are no data, no attack raises the number, or the
   *     value is not above what it is
   */
  public RescalingReport raise(String id, double value) {
    requireMoving(id);
    return attack(Attacks.raise(id, value));
  }

  /**
   * Lowers a number that is not invariant.
   *
   * @param id as {@link Attacks#lower(String, double)}
   * @param spread the largest factor where the number has no minimum
   * @return the report
   * @throws IllegalArgumentException if there are no data or no attack lowers the number
   */
  public RescalingReport lower(String id, double spread) {
    requireMoving(id);
    return attack(Attacks.lower(id, spread));
  }

  private RescalingReport attack(Attack attack) {
    requireData("the attack " + attack.name());
    RescalingRun run = run();
    return run.attacked(attack.against(run.subject()));
  }

  private RescalingRun run() {
    if (data == null || loss == null) {
      return new RescalingRun(network, Optional.empty(), settings, seed);
    }
    NetworkSurface surface = NetworkSurface.of(network, data, loss, options);
    return new RescalingRun(
        network, Optional.of(Subject.of(surface, settings, monitor, seed)), settings, seed);
  }

  private void requireData(String what) {
    if (data == null) {
      throw new IllegalArgumentException(
          what
              + " needs data, because it moves or takes derivatives of the loss; name them"
              + " (--data)");
    }
  }

  /** Refuses what no rescaling moves, or none of the attacks, and says so. */
  private static void requireMoving(String id) {
    if (Attacks.ids().contains(id) || id.startsWith(LAYER_TRACE)) {
      return;
    }
    String known = "expected one of " + String.join(", ", Attacks.ids()) + ", hessian-trace@LAYER";
    int layer = id.indexOf('@');
    if (layer > 0 && found(id.substring(0, layer)).isPresent()) {
      throw new IllegalArgumentException(
          "of a single layer only the trace can be moved, not " + id + "; " + known);
    }
    Optional<Measure> measure = found(id);
    if (measure.isEmpty()) {
      throw new IllegalArgumentException("there is no measure \"" + id + "\", " + known);
    }
    Scope scope = measure.get().scopes().iterator().next();
    Invariance.Scaling scaling = measure.get().invariance(scope).scaling();
    String why =
        id.equals("volume-flatness")
            ? " is infinite on the whole orbit"
            : switch (scaling) {
              case NEURON_WISE -> " is invariant to every rescaling, so none moves it";
              case NONE -> " is moved by rescalings, but no attack on it is known";
              default ->
                  " is invariant to rescaling " + scaling.id() + ", and no attack on it is known";
            };
    throw new IllegalArgumentException(id + why + "; " + known);
  }
}
