/**
 * Parameters from files of other tools, for a network that one already has.
 *
 * <p>Guide: docs/howto-measure-onnx.md.
 */
@NullMarked
package dev.flatness.weights;

import org.jspecify.annotations.NullMarked;
