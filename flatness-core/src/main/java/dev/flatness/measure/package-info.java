/** The contract of a measure: estimates, outcomes, facts, settings and claimed invariance. */
@NullMarked
package dev.flatness.measure;

import org.jspecify.annotations.NullMarked;
