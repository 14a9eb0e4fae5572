/** Generators of synthetic tasks: clusters, spirals, random regression, teacher networks. */
package dev.flatness.data.synthetic;
