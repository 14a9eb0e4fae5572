package dev.flatness.basispath;

import dev.flatness.network.Network;
import java.util.function.Function;

/** A rule of the library, by the name that finds it again. */
record NamedRule(String id, Function<Network, Skeleton> rule) implements SkeletonRule {
  @Override
  public Skeleton choose(Network network) {
    return rule.apply(network);
  }
}
