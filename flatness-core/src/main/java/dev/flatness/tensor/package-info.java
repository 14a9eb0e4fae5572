/** Dense arrays of numbers and their shapes. */
@NullMarked
package dev.flatness.tensor;

import org.jspecify.annotations.NullMarked;
