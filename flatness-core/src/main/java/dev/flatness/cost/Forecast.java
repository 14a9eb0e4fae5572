package dev.flatness.cost;

import dev.flatness.network.Network;
import dev.flatness.surface.SurfaceOptions;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * How long work will take, predicted from its passes and the speed of this machine.
 *
 * <p>Formula: that of {@link MachineSpeed#seconds(Collection, PassCosts, double)}; Hessian products
 * are those with kept activations where they fit into the memory for them.
 *
 * @param seconds the predicted time
 * @param passes how many passes over the samples
 * @param samples how many samples
 */
public record Forecast(double seconds, double passes, long samples) {
  /** So many operations take less than a minute on any machine: they need no timing. */
  private static final double FEW_OPERATIONS = 5e11;

  /**
   * Predicts the time of work that is not obviously short.
   *
   * <p>Cost: a second, in which the machine is timed; none where the work is short.
   *
   * @param work the passes
   * @param network the network
   * @param options precision, threads, provider and memory
   * @param samples how many samples each pass goes over
   * @return the forecast; empty for less than 5e11 operations
   */
  public static Optional<Forecast> of(
      Collection<Work> work, Network network, SurfaceOptions options, long samples) {
    PassCosts costs = PassCosts.of(network, options.precision());
    boolean kept =
        costs.keptBytes() * samples
            <= Math.min(options.activationBytes(), options.memoryLimit() / 2);
    List<Work> passes = work.stream().map(part -> kept ? withActivations(part) : part).toList();
    double operations =
        passes.stream().mapToDouble(part -> part.passes() * costs.operations(part.pass())).sum();
    if (samples * operations < FEW_OPERATIONS) {
      return Optional.empty();
    }
    return Optional.of(
        new Forecast(
            MachineSpeed.measure(options).seconds(passes, costs, samples),
            passes.stream().mapToDouble(Work::passes).sum(),
            samples));
  }

  private static Work withActivations(Work part) {
    return part.pass() == Pass.HESSIAN_PRODUCT
        ? new Work(part.name(), Pass.CACHED_PRODUCT, part.passes())
        : part;
  }
}
