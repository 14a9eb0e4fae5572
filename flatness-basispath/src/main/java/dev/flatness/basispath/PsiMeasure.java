package dev.flatness.basispath;

import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Measure;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Subject;
import dev.flatness.random.Seed;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the measures in basis-path coordinates have in common: one number of the network that no
 * positive rescaling changes. Under the balanced rule permutations of units do not change it
 * either, which its estimates say; of all rules that cannot be claimed.
 */
abstract class PsiMeasure implements Measure {
  private static final Invariance ANY_RULE = new Invariance(Invariance.Scaling.NEURON_WISE, false);

  private final String id;
  private final String source;

  PsiMeasure(String id, String source) {
    this.id = id;
    this.source = source;
  }

  @Override
  public final String id() {
    return id;
  }

  @Override
  public final Set<Scope> scopes() {
    return Set.of(Scope.NETWORK);
  }

  @Override
  public final Invariance invariance(Scope scope) {
    return ANY_RULE;
  }

  @Override
  public final String source() {
    return source;
  }

  @Override
  public Optional<String> inapplicable(Subject subject) {
    return Optional.ofNullable(PsiPoint.of(subject).refusal());
  }

  @Override
  public final List<Estimate> evaluate(Subject subject, Seed seed) {
    Optional<String> reason = inapplicable(subject);
    if (reason.isPresent()) {
      throw new IllegalArgumentException(id + " is not defined here: " + reason.get());
    }
    PsiPoint point = PsiPoint.of(subject);
    return List.of(
        evaluate(subject, point, seed).detail("skeleton", point.paths().skeleton().rule()).build());
  }

  abstract Estimate.Builder evaluate(Subject subject, PsiPoint point, Seed seed);

  final Estimate.Builder number(PsiPoint point, double value) {
    return Estimate.network(id, claim(point), value);
  }

  final Invariance claim(PsiPoint point) {
    return new Invariance(Invariance.Scaling.NEURON_WISE, point.paths().skeleton().equivariant());
  }

  @Override
  public String toString() {
    return id;
  }
}
