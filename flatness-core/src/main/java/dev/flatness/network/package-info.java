/**
 * Networks as graphs of layers, with their parameters, and the builders that make them.
 *
 * <p>{@link dev.flatness.network.Network} is the entry point; its static methods start the
 * builders.
 */
@NullMarked
package dev.flatness.network;

import org.jspecify.annotations.NullMarked;
