package dev.flatness.random;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * A root of randomness that is passed at evaluation and split, never added: the same seed gives the
 * same bits on any number of threads.
 *
 * <p>Formula: {@code split(i)} is a bijective mix of the state with the label i; children of
 * different labels are independent streams.
 *
 * <p>Cost: constant. Immutable.
 *
 * @param value the state
 */
public record Seed(long value) {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  /**
   * Makes a root seed.
   *
   * @param value any number
   * @return the seed
   */
  public static Seed of(long value) {
    return new Seed(value);
  }

  /**
   * Derives the independent child of a number: a probe, a chunk, a start.
   *
   * @param label the child's number
   * @return its seed
   */
  public Seed split(long label) {
    return new Seed(mix(mix(value + GOLDEN) ^ mix(label * GOLDEN + 0x632BE59BD9B4E019L)));
  }

  /**
   * Derives the independent child of a name: what the randomness is for.
   *
   * @param label the child's name
   * @return its seed
   */
  public Seed split(String label) {
    long hash = 0xCBF29CE484222325L;
    for (int i = 0; i < label.length(); i++) {
      hash = (hash ^ label.charAt(i)) * 0x100000001B3L;
    }
    return split(hash);
  }

  /**
   * Returns a new generator that starts at this seed.
   *
   * @return a generator; not to be shared between threads
   */
  public RandomGenerator generator() {
    return new SplittableRandom(mix(value));
  }

  /** Stafford's variant 13 of the 64-bit finaliser of MurmurHash3. */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
