/** Seeds, from which all randomness is split. */
@NullMarked
package dev.flatness.random;

import org.jspecify.annotations.NullMarked;
