package dev.flatness.measure;

import dev.flatness.cost.Pass;
import dev.flatness.cost.Work;
import dev.flatness.network.Network;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * Something that several measures need to know of a subject: how it is computed, and what that
 * costs.
 *
 * <p>A subject computes a fact once, at the first {@link Subject#get}. The forecast of a run counts
 * it once too. Facts are constants: two facts are the same if they are one object. Facts of one
 * name are stages of one computation; a forecast counts the most expensive stage.
 *
 * @param <T> the type of what is known
 */
public final class Fact<T> {
  /** The passes over the samples that a fact takes. */
  @FunctionalInterface
  public interface Cost {
    /**
     * Lists the passes.
     *
     * @param network the network
     * @param settings the settings of the run
     * @return the parts; none if no pass is taken
     */
    List<Work> of(Network network, Settings settings);
  }

  private final String name;
  private final boolean random;
  private final Function<Subject, T> compute;
  private final Cost cost;

  private Fact(String name, boolean random, Function<Subject, T> compute, Cost cost) {
    this.name = Objects.requireNonNull(name, "name");
    this.random = random;
    this.compute = Objects.requireNonNull(compute, "compute");
    this.cost = Objects.requireNonNull(cost, "cost");
  }

  /**
   * Makes a fact that does not depend on the seed and takes no pass over the samples.
   *
   * @param name what it is called in forecasts and progress
   * @param compute computes it
   * @param <T> the type of what is known
   * @return the fact
   */
  public static <T> Fact<T> of(String name, Function<Subject, T> compute) {
    return new Fact<>(name, false, compute, (network, settings) -> List.of());
  }

  /**
   * Makes a fact that depends on the subject's seed and takes no pass over the samples.
   *
   * @param name what it is called in forecasts and progress
   * @param compute computes it
   * @param <T> the type of what is known
   * @return the fact
   */
  public static <T> Fact<T> random(String name, Function<Subject, T> compute) {
    return new Fact<>(name, true, compute, (network, settings) -> List.of());
  }

  /**
   * Returns this fact with its cost.
   *
   * @param pass the kind of pass
   * @param passes how many, as a rule
   * @return a new fact
   */
  public Fact<T> costing(Pass pass, double passes) {
    List<Work> work = List.of(new Work(name, pass, passes));
    return costing((network, settings) -> work);
  }

  /**
   * Returns this fact with a cost that depends on network and settings.
   *
   * @param passes lists the passes
   * @return a new fact
   */
  public Fact<T> costing(Cost passes) {
    return new Fact<>(name, random, compute, passes);
  }

  /**
   * Returns what it is called.
   *
   * @return the name in forecasts and progress
   */
  public String name() {
    return name;
  }

  /**
   * Tells whether it depends on the subject's seed.
   *
   * @return whether it is computed anew for every seed
   */
  public boolean isRandom() {
    return random;
  }

  /**
   * Lists the passes over the samples that it takes.
   *
   * @param network the network
   * @param settings the settings of the run
   * @return the parts
   */
  public List<Work> work(Network network, Settings settings) {
    return cost.of(network, settings);
  }

  T compute(Subject subject) {
    return compute.apply(subject);
  }

  @Override
  public String toString() {
    return name;
  }
}
