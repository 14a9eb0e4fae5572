/** Basis paths of trained networks, the coordinates they are, and PSI-flatness in them. */
@NullMarked
package dev.flatness.basispath;

import org.jspecify.annotations.NullMarked;
