/** Loss surfaces: value, gradient and curvature matrices of a loss by its parameters. */
@NullMarked
package dev.flatness.surface;

import org.jspecify.annotations.NullMarked;
