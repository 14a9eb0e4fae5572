package dev.flatness;

import dev.flatness.audit.Audit;
import dev.flatness.audit.TransformationFamily;
import dev.flatness.cost.Work;
import dev.flatness.measure.Measure;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Setting;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.Evaluation;
import dev.flatness.surface.NetworkSurface;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A request for an audit: which numbers of a network stay under transformations that do not change
 * what it computes.
 *
 * <p>Defaults: 20 trials of every family that the network has, factors in [1/1000, 1000], seed 0.
 * Cost: that of {@link Audit}. Immutable.
 */
public final class AuditRequest {
  private final Network network;
  private final Supplier<NetworkSurface> surface;
  private final MeasureSelection selection;
  private final Audit audit;
  private final Settings settings;
  private final Monitor monitor;
  private final Seed seed;

  private AuditRequest(
      Network network,
      Supplier<NetworkSurface> surface,
      MeasureSelection selection,
      Audit audit,
      Settings settings,
      Monitor monitor,
      Seed seed) {
    this.network = network;
    this.surface = surface;
    this.selection = selection;
    this.audit = audit;
    this.settings = settings;
    this.monitor = monitor;
    this.seed = seed;
  }

  static AuditRequest of(
      Network network, Supplier<NetworkSurface> surface, MeasureSelection selection) {
    return new AuditRequest(
        network,
        surface,
        selection,
        Audit.withDefaults(),
        Settings.withDefaults(),
        Monitor.NONE,
        Seed.of(0));
  }

  private AuditRequest with(Audit other) {
    return new AuditRequest(network, surface, selection, other, settings, monitor, seed);
  }

  /**
   * Changes how many transformations of each family are tried.
   *
   * @param count at least 1
   * @return the changed request
   */
  public AuditRequest trials(int count) {
    return with(audit.withTrials(count));
  }

  /**
   * Changes the range of the factors.
   *
   * @param factor S above 1: factors are in [1/S, S]
   * @return the changed request
   */
  public AuditRequest spread(double factor) {
    return with(audit.withSpread(factor));
  }

  /**
   * Changes which families are tried.
   *
   * @param some at least one
   * @return the changed request
   */
  public AuditRequest transformations(TransformationFamily... some) {
    return with(audit.withFamilies(some));
  }

  /**
   * Changes the settings.
   *
   * @param changed radius, layers, limits
   * @return the changed request
   */
  public AuditRequest with(Settings changed) {
    return new AuditRequest(network, surface, selection, audit, changed, monitor, seed);
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
  public <T> AuditRequest with(Setting<T> setting, T value) {
    return with(settings.with(setting, value));
  }

  /**
   * Names who receives progress updates and may stop the work.
   *
   * @param who the monitor
   * @return the changed request
   */
  public AuditRequest monitor(Monitor who) {
    return new AuditRequest(network, surface, selection, audit, settings, who, seed);
  }

  /**
   * Sets the root of all randomness; default 0.
   *
   * @param value any number
   * @return the changed request
   */
  public AuditRequest seed(long value) {
    return new AuditRequest(network, surface, selection, audit, settings, monitor, Seed.of(value));
  }

  /**
   * Tells what passes over the samples the audit will take, before any work.
   *
   * @return the parts
   */
  public List<Work> work() {
    return audit.work(measures(), network, settings);
  }

  /**
   * Returns the network after a transformation of this audit, for instance the one that a drift
   * names.
   *
   * @param family a family that the network has
   * @param trial which member, from 0
   * @return the network of the same function
   * @throws IllegalArgumentException if the network has no such family
   */
  public Network transformed(TransformationFamily family, int trial) {
    Subject subject = Subject.of(surface.get(), settings, monitor, seed);
    return audit.transformation(subject, family, trial).applyTo(subject.network());
  }

  private List<Measure> measures() {
    return selection.items().stream().map(MeasureSelection.Item::measure).toList();
  }

  /**
   * Audits.
   *
   * @return the report
   * @throws IllegalArgumentException if network, data, loss and settings do not fit, or a measure
   *     asked for by name is not defined for them, or memory does not hold its passes, before any
   *     work; or if the loss is not finite
   */
  public AuditReport report() {
    Subject subject = Subject.of(surface.get(), settings, monitor, seed);
    selection.requireApplicable(subject);
    selection.requireMemory(subject);
    Evaluation evaluation = Flatness.finite(subject);
    Map<String, Object> recorded = RunSettings.of(subject.surface(), seed);
    recorded.putAll(settings.recorded(MeasureCatalog.installed().settings()));
    recorded.put("measures", selection.ids());
    recorded.put("trials", audit.trials());
    recorded.put("spread", audit.spread());
    recorded.put(
        "transformations", audit.families().stream().map(TransformationFamily::id).toList());
    return new AuditReport(subject.surface(), evaluation, audit.run(subject, measures()), recorded);
  }
}
