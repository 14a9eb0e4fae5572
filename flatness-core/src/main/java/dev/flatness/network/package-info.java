/** Networks as graphs of layers, with their parameters, and the builders that make them. */
@NullMarked
package dev.flatness.network;

import org.jspecify.annotations.NullMarked;
