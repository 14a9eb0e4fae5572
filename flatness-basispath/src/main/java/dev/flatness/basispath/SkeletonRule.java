package dev.flatness.basispath;

import dev.flatness.network.Network;
import java.nio.file.Path;

/**
 * How a skeleton is chosen for a network.
 *
 * <p>Numbers in basis-path coordinates are comparable only under one rule.
 */
@FunctionalInterface
public interface SkeletonRule {
  /**
   * Chooses.
   *
   * @param network the network
   * @return its skeleton
   * @throws IllegalArgumentException if there is none under this rule, with the reason
   */
  Skeleton choose(Network network);

  /**
   * Returns the name that reports record.
   *
   * @return what {@link #named} finds the rule by; {@code custom} for a rule of your own
   */
  default String id() {
    return "custom";
  }

  /**
   * Returns the diagonal rule for sequential networks and the balanced one for others.
   *
   * @return {@link Skeleton#auto}
   */
  static SkeletonRule auto() {
    return new NamedRule("auto", Skeleton::auto);
  }

  /**
   * Returns the rule of the paper.
   *
   * @return {@link Skeleton#diagonal}
   */
  static SkeletonRule diagonal() {
    return new NamedRule("diagonal", Skeleton::diagonal);
  }

  /**
   * Returns the rule by magnitude.
   *
   * @return {@link Skeleton#balanced}
   */
  static SkeletonRule balanced() {
    return new NamedRule("balanced", Skeleton::balanced);
  }

  /**
   * Returns the skeleton that a file lists.
   *
   * @param file a file as {@link SkeletonFile} writes it
   * @return the rule that reads it
   */
  static SkeletonRule file(Path file) {
    return new NamedRule(file.toString(), network -> SkeletonFile.read(file, network));
  }

  /**
   * Finds a rule by its name on the command line.
   *
   * @param name {@code auto}, {@code diagonal}, {@code balanced}, or else the path of a file
   * @return the rule
   */
  static SkeletonRule named(String name) {
    return switch (name) {
      case "auto" -> auto();
      case "diagonal" -> diagonal();
      case "balanced" -> balanced();
      default -> file(Path.of(name));
    };
  }
}
