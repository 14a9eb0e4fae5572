/**
 * Loss surfaces: value, gradient and curvature matrices of a loss by its parameters.
 *
 * <p>{@link dev.flatness.surface.NetworkSurface} is the entry point for a network on data; {@link
 * dev.flatness.surface.LossSurface} is the interface that other functions implement.
 */
@NullMarked
package dev.flatness.surface;

import org.jspecify.annotations.NullMarked;
