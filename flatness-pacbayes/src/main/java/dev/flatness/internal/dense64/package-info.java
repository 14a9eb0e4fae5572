/** Passes by local reparameterization, written for {@code double}; the build makes the rest. */
@NullMarked
package dev.flatness.internal.dense64;

import org.jspecify.annotations.NullMarked;
