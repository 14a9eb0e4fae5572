/** Ours and another library on the same work in one run; {@code ./bench peers}. */
package dev.flatness.bench.peers;
