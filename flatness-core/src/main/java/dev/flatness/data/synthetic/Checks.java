package dev.flatness.data.synthetic;

/** Checks at the door of the generators. */
final class Checks {
  private Checks() {}

  static int atLeast(int least, String name, int value) {
    if (value < least) {
      throw new IllegalArgumentException(name + " is " + value + ", expected at least " + least);
    }
    return value;
  }

  static double notNegative(String name, double value) {
    if (!(value >= 0) || !Double.isFinite(value)) {
      throw new IllegalArgumentException(
          name + " is " + value + ", expected a finite number of at least 0");
    }
    return value;
  }

  /** The length of an array of all inputs or targets. */
  static int entries(int samples, int size) {
    atLeast(1, "samples", samples);
    long entries = (long) samples * size;
    if (entries > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          samples + " samples of " + size + " numbers do not fit one array; generate fewer");
    }
    return (int) entries;
  }
}
