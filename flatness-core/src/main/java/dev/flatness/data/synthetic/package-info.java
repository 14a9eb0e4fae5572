/** Generators of synthetic tasks: clusters, spirals, random regression, teacher networks. */
@NullMarked
package dev.flatness.data.synthetic;

import org.jspecify.annotations.NullMarked;
