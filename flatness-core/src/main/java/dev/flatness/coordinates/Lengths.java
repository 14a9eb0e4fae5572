package dev.flatness.coordinates;

/** Checks of points. */
final class Lengths {
  private Lengths() {}

  static void require(int length, int expected, String what) {
    if (length != expected) {
      throw new IllegalArgumentException(
          "the point has " + length + " " + what + ", expected " + expected);
    }
  }

  static boolean finite(double[] point) {
    for (double x : point) {
      if (!Double.isFinite(x)) {
        return false;
      }
    }
    return true;
  }

  /** Refuses a point with an entry that is no number. */
  static double[] requireFinite(double[] point, String what) {
    for (int i = 0; i < point.length; i++) {
      if (!Double.isFinite(point[i])) {
        throw new IllegalArgumentException(
            what + " " + i + " is " + point[i] + ", expected a finite number");
      }
    }
    return point;
  }
}
