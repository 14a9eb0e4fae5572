/** Damaged and hostile input for every reader and for the command, and what may come of it. */
package dev.flatness.bench.fuzz;
