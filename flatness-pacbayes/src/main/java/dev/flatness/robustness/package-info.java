/**
 * Feature robustness and representativeness of a layer, and what they say of generalization.
 *
 * <p>Source: Petzka, Kamp, Adilova, Sminchisescu and Boley 2021.
 */
@NullMarked
package dev.flatness.robustness;

import org.jspecify.annotations.NullMarked;
