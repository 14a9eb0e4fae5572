package dev.flatness.measure;

import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.surface.ClosedForms;
import dev.flatness.surface.NetworkSurface;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What is measured: a network at its parameters on a dataset under a loss, with the settings of the
 * run and the work that several measures share.
 *
 * <p>Used from one thread at a time.
 */
public final class Subject {
  private final NetworkSurface surface;
  private final MeasureSettings settings;
  private final Progress progress;
  private final long started;
  private final Map<String, Object> shared = new HashMap<>();

  /**
   * Makes a subject.
   *
   * @param surface the network, data and loss
   * @param settings the settings
   * @param progress hears how far long work has come
   * @throws IllegalArgumentException if the settings name a layer that the network does not have
   */
  public Subject(NetworkSurface surface, MeasureSettings settings, Progress progress) {
    this(surface, settings, progress, System.nanoTime());
    Set<String> known =
        surface.network().weightLayers().stream().map(Node::name).collect(Collectors.toSet());
    for (String name : settings.layers()) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "layer \""
                + name
                + "\" does not exist or has no weight matrix,"
                + " expected one of "
                + surface.network().weightLayers().stream().map(Node::name).toList());
      }
    }
  }

  private Subject(
      NetworkSurface surface, MeasureSettings settings, Progress progress, long started) {
    this.surface = surface;
    this.settings = settings;
    this.progress = progress;
    this.started = started;
  }

  /**
   * Returns the subject of the same run at another point, with shared work of its own.
   *
   * @param other a network of the same graph with other parameters
   * @return the other subject; its time limit began with this one's
   */
  public Subject at(Network other) {
    return new Subject(surface.at(other), settings, progress, started);
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
    return network().weightLayers().stream()
        .filter(node -> settings.layers().isEmpty() || settings.layers().contains(node.name()))
        .toList();
  }

  /**
   * Returns the settings.
   *
   * @return the settings
   */
  public MeasureSettings settings() {
    return settings;
  }

  /**
   * Returns who hears how far long work has come.
   *
   * @return the listener
   */
  public Progress progress() {
    return progress;
  }

  /**
   * Tells whether the time limit has passed.
   *
   * @return whether iterations must stop
   */
  public boolean timeIsUp() {
    return settings.timeLimit().isPresent()
        && System.nanoTime() - started > settings.timeLimit().get().toNanos();
  }

  /**
   * Returns the closed forms of all layers at the point of measurement, found once.
   *
   * @return traces, diagonal, ρ and relative flatness
   * @throws IllegalStateException if the network is not piecewise linear
   */
  public ClosedForms closedForms() {
    return share(
        "closed-forms",
        ClosedForms.class,
        () -> {
          progress.update("closed forms of all layers", 0, 1);
          ClosedForms forms = surface.closedForms(theta());
          progress.update("closed forms of all layers", 1, 1);
          return forms;
        });
  }

  /**
   * Returns shared work, doing it at the first call.
   *
   * @param key what it is
   * @param type its type
   * @param work does it
   * @param <T> its type
   * @return the work's result
   */
  public <T> T share(String key, Class<T> type, Supplier<T> work) {
    Object found = shared.get(key);
    if (found == null) {
      found = work.get();
      shared.put(key, found);
    }
    return type.cast(found);
  }
}
