package dev.flatness.measure;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The values of the settings of a run; what is not given has its default. Immutable.
 *
 * <pre>{@code
 * Settings.withDefaults().with(Settings.TIME_LIMIT, Duration.ofMinutes(10))
 * }</pre>
 */
public final class Settings {
  /** The layers that layer and neuron scopes are restricted to; all, unless it is given. */
  public static final Setting<Set<String>> LAYERS =
      Setting.names("layers", "NAME", "Only these layers, separated by commas.");

  /** After how long iterations stop and say so; never, unless it is given. */
  public static final Setting<Duration> TIME_LIMIT =
      Setting.of(
              "timeLimit",
              "DURATION",
              "Stop iterations after this time, for instance 90s or 10m. Numbers that are not done"
                  + " are marked, and the exit code is 3.",
              Durations::parse)
          .within("a positive duration", limit -> !limit.isNegative() && !limit.isZero())
          .recordedAs("timeLimitSeconds", limit -> limit.toMillis() / 1000.0);

  /** How many products with curvature matrices one iteration may use. */
  public static final Setting<Integer> MAX_PRODUCTS =
      Setting.count(
              "maxProducts",
              "N",
              "The most products with a curvature matrix that one iteration may use.")
          .byDefault(1000);

  /** The residual at which an eigenvalue has converged; that of the method, unless it is given. */
  public static final Setting<Double> TOLERANCE =
      Setting.positive(
              "tolerance",
              "T",
              "The residual at which an eigenvalue has converged, relative to the largest magnitude."
                  + " Default: 1e-6, in float32 1e-4.")
          .within("a number between 0 and 1", tolerance -> tolerance > 0 && tolerance < 1);

  /** The settings that every measure knows, in the order in which they are listed. */
  public static final List<Setting<?>> COMMON =
      List.of(LAYERS, TIME_LIMIT, MAX_PRODUCTS, TOLERANCE);

  private static final Settings DEFAULTS = new Settings(Map.of());

  private final Map<Setting<?>, Object> given;

  private Settings(Map<Setting<?>, Object> given) {
    this.given = given;
  }

  /**
   * Returns the defaults.
   *
   * @return no setting given
   */
  public static Settings withDefaults() {
    return DEFAULTS;
  }

  /**
   * Returns these settings with one changed.
   *
   * @param setting which
   * @param value its value
   * @param <T> the type of its values
   * @return the changed copy
   * @throws IllegalArgumentException if the value is outside the setting's range
   */
  public <T> Settings with(Setting<T> setting, T value) {
    Map<Setting<?>, Object> changed = new LinkedHashMap<>(given);
    changed.put(setting, setting.checked(value));
    return new Settings(changed);
  }

  /**
   * Returns these settings with one read from text, as the command line gives it.
   *
   * @param setting which
   * @param text its value
   * @param <T> the type of its values
   * @return the changed copy
   * @throws IllegalArgumentException if the text is no value of the setting
   */
  public <T> Settings parse(Setting<T> setting, String text) {
    return with(setting, setting.parse(text));
  }

  /**
   * Returns the value of a setting.
   *
   * @param setting one that has a default
   * @param <T> the type of its values
   * @return the given value or the default
   * @throws IllegalStateException if it has no default and was not given
   */
  public <T> T get(Setting<T> setting) {
    return given(setting)
        .or(setting::standard)
        .orElseThrow(
            () -> new IllegalStateException("the setting " + setting.name() + " is not given"));
  }

  /**
   * Returns the value of a setting where one was given.
   *
   * @param setting which
   * @param <T> the type of its values
   * @return the given value; empty where the default holds
   */
  public <T> Optional<T> given(Setting<T> setting) {
    // The only way in is with(Setting<T>, T).
    @SuppressWarnings("unchecked")
    T value = (T) given.get(setting);
    return Optional.ofNullable(value);
  }

  /**
   * Lists what reproduces the numbers: every setting that was given or has a default.
   *
   * @param known the settings of the installed measures
   * @return values by report name, in the order of the settings
   */
  public Map<String, Object> recorded(Collection<? extends Setting<?>> known) {
    Map<String, Object> recorded = new LinkedHashMap<>();
    known.forEach(setting -> record(setting, recorded));
    given.keySet().forEach(setting -> record(setting, recorded));
    return recorded;
  }

  private <T> void record(Setting<T> setting, Map<String, Object> recorded) {
    given(setting)
        .or(setting::standard)
        .ifPresent(value -> recorded.putIfAbsent(setting.reportName(), setting.recorded(value)));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Settings that && given.equals(that.given);
  }

  @Override
  public int hashCode() {
    return given.hashCode();
  }

  @Override
  public String toString() {
    return recorded(List.of()).toString();
  }
}
