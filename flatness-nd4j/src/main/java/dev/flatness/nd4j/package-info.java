/** Arrays, datasets and matrix products of ND4J. */
@NullMarked
package dev.flatness.nd4j;

import org.jspecify.annotations.NullMarked;
