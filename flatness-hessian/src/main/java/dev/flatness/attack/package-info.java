/**
 * Attacks on flatness: constructions that move a number arbitrarily although the network computes
 * the same function.
 *
 * <p>{@link dev.flatness.attack.Attacks} makes them. Each gives the equivalent network, the number
 * reached there and what the theorem predicts. Source: Dinh et al. 2017, Theorems 2, 4 and 5 and
 * §4.3; Yi et al. 2019, Theorem 3.2.
 */
@NullMarked
package dev.flatness.attack;

import org.jspecify.annotations.NullMarked;
