/** Losses of a sample, with their first and second derivatives by the outputs. */
@NullMarked
package dev.flatness.loss;

import org.jspecify.annotations.NullMarked;
