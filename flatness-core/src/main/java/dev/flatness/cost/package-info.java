/**
 * Predicts what measures cost: passes over the samples, what a pass costs a sample of a network,
 * and how fast this machine is.
 */
@NullMarked
package dev.flatness.cost;

import org.jspecify.annotations.NullMarked;
