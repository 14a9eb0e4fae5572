/** Changes of variables θ = g(η), and loss surfaces pulled back to them. */
@NullMarked
package dev.flatness.coordinates;

import org.jspecify.annotations.NullMarked;
