/**
 * Samples and labels: in memory, and read from npz, npy, IDX, CIFAR-10 and CSV files by position.
 *
 * <p>{@link dev.flatness.data.Datasets} makes them; {@link dev.flatness.data.Dataset} is what the
 * rest of the library reads, and what a user implements for data of their own.
 */
@NullMarked
package dev.flatness.data;

import org.jspecify.annotations.NullMarked;
