package dev.flatness.hessian;

import dev.flatness.measure.Invariance;
import dev.flatness.measure.Measure;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Subject;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** What the measures of this module have in common: their names, scopes and claims. */
abstract class HessianMeasure implements Measure {
  private final String id;
  private final Set<Scope> scopes;
  private final Invariance invariance;
  private final String source;

  HessianMeasure(String id, Invariance invariance, String source, Scope first, Scope... more) {
    this.id = id;
    this.invariance = invariance;
    this.source = source;
    this.scopes = Collections.unmodifiableSet(EnumSet.of(first, more));
  }

  @Override
  public final String id() {
    return id;
  }

  @Override
  public final Set<Scope> scopes() {
    return scopes;
  }

  @Override
  public final Invariance invariance(Scope scope) {
    if (!scopes.contains(scope)) {
      throw new IllegalArgumentException(
          id + " has no scope " + scope.id() + ", expected one of " + scopes);
    }
    return invariance;
  }

  @Override
  public final String source() {
    return source;
  }

  @Override
  public Optional<String> inapplicable(Subject subject) {
    boolean needsLayers = !scopes.contains(Scope.NETWORK) || needsLayers();
    return needsLayers && subject.network().weightLayers().isEmpty()
        ? Optional.of("the network has no dense or convolutional layer")
        : Optional.empty();
  }

  /** Whether the number of the whole network is made of those of its layers. */
  boolean needsLayers() {
    return false;
  }

  final Invariance claim() {
    return invariance;
  }

  /** Two measures are equal when they are the same measure with the same settings. */
  @Override
  public boolean equals(Object other) {
    return other != null
        && getClass() == other.getClass()
        && id.equals(((HessianMeasure) other).id);
  }

  @Override
  public int hashCode() {
    return Objects.hash(getClass(), id);
  }

  @Override
  public String toString() {
    return id;
  }
}
