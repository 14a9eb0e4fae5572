/**
 * Audits: what a measure claims not to change under is tried on a network of your own.
 *
 * <p>{@link dev.flatness.audit.Audit} measures a network before and after transformations that do
 * not change what it computes, and compares.
 */
@NullMarked
package dev.flatness.audit;

import org.jspecify.annotations.NullMarked;
