package dev.flatness.measure;

import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What is measured: a network at its parameters on a dataset under a loss, with the settings and
 * the seed of the run and the facts computed so far.
 *
 * <p>Used from one thread at a time.
 */
public final class Subject {
  private final NetworkSurface surface;
  private final Settings settings;
  private final Monitor monitor;
  private final Seed seed;

  /** How facts are found that are not computed as they say themselves. */
  private final Map<Fact<?>, Function<Subject, ?>> otherwise;

  /** Facts of the point, and those of the point and the seed. */
  private final Map<Fact<?>, Object> known;

  private final Map<Fact<?>, Object> random = new IdentityHashMap<>();

  private Subject(
      NetworkSurface surface,
      Settings settings,
      Monitor monitor,
      Seed seed,
      Map<Fact<?>, Function<Subject, ?>> otherwise,
      Map<Fact<?>, Object> known) {
    this.surface = surface;
    this.settings = settings;
    this.monitor = monitor;
    this.seed = seed;
    this.otherwise = otherwise;
    this.known = known;
  }

  /**
   * Makes a subject with default settings and seed 0 without a monitor.
   *
   * @param surface the network, data and loss
   * @return the subject
   */
  public static Subject of(NetworkSurface surface) {
    return of(surface, Settings.withDefaults(), Monitor.NONE, Seed.of(0));
  }

  /**
   * Makes a subject; its time limit begins now, and ends passes over the samples, too.
   *
   * @param surface the network, data and loss
   * @param settings the settings
   * @param monitor receives progress updates and may stop the work
   * @param seed the root of all randomness
   * @return the subject
   * @throws IllegalArgumentException if the settings name a layer that the network does not have
   */
  public static Subject of(NetworkSurface surface, Settings settings, Monitor monitor, Seed seed) {
    Set<String> layers =
        surface.network().weightLayers().stream().map(Node::name).collect(Collectors.toSet());
    for (String name : settings.given(Settings.LAYERS).orElse(Set.of())) {
      if (!layers.contains(name)) {
        throw new IllegalArgumentException(
            "layer \""
                + name
                + "\" does not exist or has no weight matrix,"
                + " expected one of "
                + surface.network().weightLayers().stream().map(Node::name).toList());
      }
    }
    Monitor limited = settings.given(Settings.TIME_LIMIT).map(monitor::limitedTo).orElse(monitor);
    return new Subject(
        surface.stoppingWhen(limited::stopped),
        settings,
        limited,
        seed,
        Map.of(),
        new IdentityHashMap<>());
  }

  /**
   * Returns this subject under another seed; facts that do not depend on it stay known.
   *
   * @param other the root of all randomness
   * @return the changed copy
   */
  public Subject withSeed(Seed other) {
    return new Subject(surface, settings, monitor, other, otherwise, known);
  }

  /**
   * Returns the subject of the same run at another point, where nothing is known.
   *
   * @param other a network of the same graph with other parameters
   * @return the other subject; its time limit began with this one's
   */
  public Subject at(Network other) {
    return new Subject(
        surface.at(other), settings, monitor, seed, Map.of(), new IdentityHashMap<>());
  }

  /**
   * Returns the subject of the same run at another point with one setting changed, where nothing is
   * known.
   *
   * @param other a network of the same graph with other parameters
   * @param setting which
   * @param value its value
   * @param <T> the type of its values
   * @return the other subject; its time limit began with this one's
   */
  public <T> Subject at(Network other, Setting<T> setting, T value) {
    Settings changed = settings.with(setting, value);
    return new Subject(
        surface.at(other), changed, monitor, seed, Map.of(), new IdentityHashMap<>());
  }

  /**
   * Returns this subject with one fact that is found another way, for instance from what is known
   * of another point.
   *
   * @param fact the fact
   * @param compute finds it, when it is first asked for
   * @param <T> the type of the fact
   * @return a copy that otherwise knows what this subject knows
   */
  public <T> Subject where(Fact<T> fact, Function<Subject, T> compute) {
    Map<Fact<?>, Function<Subject, ?>> ways = new IdentityHashMap<>(otherwise);
    ways.put(fact, compute);
    Subject copy =
        new Subject(surface, settings, monitor, seed, ways, new IdentityHashMap<>(known));
    copy.random.putAll(random);
    copy.known.remove(fact);
    copy.random.remove(fact);
    return copy;
  }

  /**
   * Returns a fact, computing it at the first call.
   *
   * @param fact which
   * @param <T> the type of the fact
   * @return what is known
   */
  public <T> T get(Fact<T> fact) {
    Map<Fact<?>, Object> facts = fact.isRandom() ? random : known;
    Object found = facts.get(fact);
    if (found == null) {
      Function<Subject, ?> way = otherwise.get(fact);
      found = way == null ? fact.compute(this) : way.apply(this);
      facts.put(fact, found);
    }
    // The fact's own function made it, or one of the same type.
    @SuppressWarnings("unchecked")
    T value = (T) found;
    return value;
  }

  /**
   * Lists the facts that were computed by now.
   *
   * @return in no order
   */
  public List<Fact<?>> known() {
    List<Fact<?>> facts = new ArrayList<>(known.keySet());
    facts.addAll(random.keySet());
    return facts;
  }

  /**
   * Returns the loss surface.
   *
   * @return the surface
   */
  public NetworkSurface surface() {
    return surface;
  }

  /**
   * Returns the network.
   *
   * @return the network at its parameters
   */
  public Network network() {
    return surface.network();
  }

  /**
   * Returns the point of measurement.
   *
   * @return θ, a copy
   */
  public double[] theta() {
    return network().parameterVector();
  }

  /**
   * Returns the dense and convolutional layers that the settings select.
   *
   * @return in forward order
   */
  public List<Node> layers() {
    Set<String> named = settings.given(Settings.LAYERS).orElse(Set.of());
    return network().weightLayers().stream()
        .filter(node -> named.isEmpty() || named.contains(node.name()))
        .toList();
  }

  /**
   * Returns the settings.
   *
   * @return the settings
   */
  public Settings settings() {
    return settings;
  }

  /**
   * Returns the root of all randomness.
   *
   * @return the seed
   */
  public Seed seed() {
    return seed;
  }

  /**
   * Returns the monitor; it also enforces the time limit.
   *
   * @return the monitor
   */
  public Monitor monitor() {
    return monitor;
  }
}
