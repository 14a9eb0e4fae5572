/** The fluent API: measures and spectra of a network on data under a loss. */
@NullMarked
package dev.flatness;

import org.jspecify.annotations.NullMarked;
