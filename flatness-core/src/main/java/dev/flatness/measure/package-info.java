/**
 * The contract of a measure: estimates, outcomes, facts, settings and claimed invariance.
 *
 * <p>{@link dev.flatness.measure.Measure} is the entry point; an own measure extends {@link
 * dev.flatness.measure.AbstractMeasure} and reads a {@link dev.flatness.measure.Subject}.
 */
@NullMarked
package dev.flatness.measure;

import org.jspecify.annotations.NullMarked;
