/** Basis paths of trained networks, the coordinates they are, and PSI-flatness in them. */
package dev.flatness.basispath;
