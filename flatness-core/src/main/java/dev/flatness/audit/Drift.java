package dev.flatness.audit;

import java.util.OptionalInt;

/**
 * How far a number moved under the transformations of one family.
 *
 * <p>Formula: |after − before| / |before|; for a list the largest difference of an entry relative
 * to the largest entry, lists of units compared in the order that a permutation gives them. Where
 * the number exceeds the range of doubles and its logarithm is known, |e^(ln after − ln before) −
 * 1|. A number that becomes infinite, or is no longer defined, has an infinite drift.
 *
 * @param family the family
 * @param claimed whether it lies in the declared group
 * @param moved whether the largest drift exceeds the tolerance
 * @param median the median over the trials
 * @param largest the largest of the trials
 * @param trial the trial of the largest
 * @param transformation what was done in that trial
 * @param before the number, or the entry that moved most
 * @param after what it became
 * @param entry the index of that entry; empty for a number
 * @param trials how many trials had a number to compare
 */
public record Drift(
    TransformationFamily family,
    boolean claimed,
    boolean moved,
    double median,
    double largest,
    int trial,
    String transformation,
    double before,
    double after,
    OptionalInt entry,
    int trials) {}
