/** Benchmarks of the library; {@code ./bench} runs them. */
package dev.flatness.bench;
