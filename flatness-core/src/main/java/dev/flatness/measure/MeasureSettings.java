package dev.flatness.measure;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * What a run of measures is told beyond network, data and loss.
 *
 * @param givenEpsilon the radius of the sharpness measures where one is given; {@link #epsilon} has
 *     the default
 * @param sigma the standard deviation of the noise of the expected sharpness; default 1e-3 (ours,
 *     as ε: the sources leave it open; for trained networks σ²/2 · Tr H holds there and rounding
 *     does not show)
 * @param normalizeTrace whether layer traces are divided by the number of weights, as the authors
 *     of Petzka et al. 2019 do in their script; default false
 * @param layers the names of the layers that layer and neuron scopes are restricted to; empty means
 *     all
 * @param timeLimit after how long iterations stop and say so; empty means never
 * @param maxProducts how many products one iteration may use; default 1,000
 * @param modules settings that belong to one module's measures, by their type
 */
public record MeasureSettings(
    OptionalDouble givenEpsilon,
    double sigma,
    boolean normalizeTrace,
    Set<String> layers,
    Optional<Duration> timeLimit,
    int maxProducts,
    Map<Class<?>, Object> modules) {
  private static final double EPSILON = 1e-3;

  /** Checks the ranges. */
  public MeasureSettings {
    givenEpsilon.ifPresent(
        radius -> {
          if (!(radius > 0 && Double.isFinite(radius))) {
            throw new IllegalArgumentException(
                "epsilon is " + radius + ", expected a positive number");
          }
        });
    if (!(sigma > 0 && Double.isFinite(sigma))) {
      throw new IllegalArgumentException("sigma is " + sigma + ", expected a positive number");
    }
    if (maxProducts < 1) {
      throw new IllegalArgumentException(
          "the limit of products is " + maxProducts + ", expected at least 1");
    }
    timeLimit.ifPresent(
        limit -> {
          if (limit.isNegative() || limit.isZero()) {
            throw new IllegalArgumentException(
                "the time limit is " + limit + ", expected a positive duration");
          }
        });
    layers = Set.copyOf(layers);
    modules = Map.copyOf(modules);
  }

  /**
   * Returns the defaults.
   *
   * @return ε = σ = 1e-3, traces not normalized, all layers, no time limit, 1,000 products
   */
  public static MeasureSettings withDefaults() {
    return new MeasureSettings(
        OptionalDouble.empty(), 1e-3, false, Set.of(), Optional.empty(), 1000, Map.of());
  }

  /**
   * Returns the radius of the sharpness measures.
   *
   * @return the given one, or 1e-3 (Keskar et al. 2017; mathematics §4)
   */
  public double epsilon() {
    return givenEpsilon.orElse(EPSILON);
  }

  /**
   * Returns these settings with another radius.
   *
   * @param radius ε
   * @return the changed copy
   */
  public MeasureSettings withEpsilon(double radius) {
    return new MeasureSettings(
        OptionalDouble.of(radius), sigma, normalizeTrace, layers, timeLimit, maxProducts, modules);
  }

  /**
   * Returns these settings with another standard deviation of the noise.
   *
   * @param deviation σ
   * @return the changed copy
   */
  public MeasureSettings withSigma(double deviation) {
    return new MeasureSettings(
        givenEpsilon, deviation, normalizeTrace, layers, timeLimit, maxProducts, modules);
  }

  /**
   * Returns these settings with or without normalized traces.
   *
   * @param normalize whether to divide by the number of weights
   * @return the changed copy
   */
  public MeasureSettings withNormalizeTrace(boolean normalize) {
    return new MeasureSettings(
        givenEpsilon, sigma, normalize, layers, timeLimit, maxProducts, modules);
  }

  /**
   * Returns these settings for some layers.
   *
   * @param names the layers' names; empty means all
   * @return the changed copy
   */
  public MeasureSettings withLayers(Set<String> names) {
    return new MeasureSettings(
        givenEpsilon, sigma, normalizeTrace, names, timeLimit, maxProducts, modules);
  }

  /**
   * Returns these settings with a time limit.
   *
   * @param limit after how long iterations stop
   * @return the changed copy
   */
  public MeasureSettings withTimeLimit(Duration limit) {
    return new MeasureSettings(
        givenEpsilon, sigma, normalizeTrace, layers, Optional.of(limit), maxProducts, modules);
  }

  /**
   * Returns these settings with another limit of products.
   *
   * @param products how many products one iteration may use
   * @return the changed copy
   */
  public MeasureSettings withMaxProducts(int products) {
    return new MeasureSettings(
        givenEpsilon, sigma, normalizeTrace, layers, timeLimit, products, modules);
  }

  /**
   * Returns these settings with those of one module's measures.
   *
   * @param type the type under which the module asks for them
   * @param value the settings; they replace those of the same type
   * @param <T> the type
   * @return the changed copy
   */
  public <T> MeasureSettings with(Class<T> type, T value) {
    Map<Class<?>, Object> changed = new HashMap<>(modules);
    changed.put(type, Objects.requireNonNull(value, "value"));
    return new MeasureSettings(
        givenEpsilon, sigma, normalizeTrace, layers, timeLimit, maxProducts, changed);
  }

  /**
   * Returns the settings of one module's measures.
   *
   * @param type their type
   * @param <T> the type
   * @return the settings, if they were given
   */
  public <T> Optional<T> of(Class<T> type) {
    return Optional.ofNullable(type.cast(modules.get(type)));
  }
}
