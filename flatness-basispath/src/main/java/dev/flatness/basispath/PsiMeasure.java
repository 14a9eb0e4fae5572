package dev.flatness.basispath;

import dev.flatness.measure.AbstractMeasure;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Facts;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Subject;
import java.util.List;
import java.util.Optional;

/**
 * What the measures in basis-path coordinates have in common: one number of the network that no
 * positive rescaling changes. Under the balanced rule permutations of units do not change it
 * either, which its estimates say; of all rules that cannot be claimed.
 */
abstract class PsiMeasure extends AbstractMeasure {
  private static final Invariance ANY_RULE = new Invariance(Invariance.Scaling.NEURON_WISE, false);

  PsiMeasure(String id, String description, String source) {
    super(id, description, ANY_RULE, source, Scope.NETWORK);
  }

  @Override
  public Optional<String> inapplicable(Subject subject) {
    return subject.get(Facts.PRUNED).get(PsiPoint.FACT).refusal();
  }

  @Override
  protected final List<Estimate> measure(Subject whole) {
    Subject subject = whole.get(Facts.PRUNED);
    Skeleton skeleton = subject.get(PsiPoint.FACT).point().paths().skeleton();
    Estimate estimate =
        evaluate(subject, subject.get(PsiPoint.FACT).point())
            .as(id(), new Invariance(Invariance.Scaling.NEURON_WISE, skeleton.equivariant()))
            .withDetail("skeleton", skeleton.rule());
    return List.of(
        skeleton.note().map(note -> estimate.withDetail("skeletonNote", note)).orElse(estimate));
  }

  abstract Estimate evaluate(Subject subject, PsiPoint point);

  final Estimate exact(double value) {
    return network(Outcome.exact(value));
  }
}
