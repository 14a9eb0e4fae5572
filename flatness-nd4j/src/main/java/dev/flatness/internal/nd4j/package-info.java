/** The provider of ND4J's matrix products. */
@NullMarked
package dev.flatness.internal.nd4j;

import org.jspecify.annotations.NullMarked;
