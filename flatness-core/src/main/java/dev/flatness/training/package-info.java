/**
 * A small trainer by stochastic gradient descent, initializations and standard architectures.
 *
 * <p>{@link dev.flatness.training.SgdTrainer} is the entry point; {@link
 * dev.flatness.training.Architectures} makes networks to train.
 */
@NullMarked
package dev.flatness.training;

import org.jspecify.annotations.NullMarked;
