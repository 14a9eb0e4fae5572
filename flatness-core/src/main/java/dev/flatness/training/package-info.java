/** A small trainer by stochastic gradient descent, initializations and standard architectures. */
@NullMarked
package dev.flatness.training;

import org.jspecify.annotations.NullMarked;
