/** Matrix products and symmetric linear operators. */
@NullMarked
package dev.flatness.linalg;

import org.jspecify.annotations.NullMarked;
