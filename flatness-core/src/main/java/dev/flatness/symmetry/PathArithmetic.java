package dev.flatness.symmetry;

/**
 * The arithmetic of p-th powers in a path pass: plain doubles, or their logarithms where the powers
 * leave the range of doubles.
 */
interface PathArithmetic {
  /** |w|^p. */
  double power(double w);

  /** A non-negative number that is not raised to a power. */
  double number(double value);

  double zero();

  double one();

  double plus(double a, double b);

  double times(double a, double b);

  /** Whether products and sums of such numbers stay normal doubles. */
  boolean inRange(double a);

  static PathArithmetic plain(int p) {
    return new PathArithmetic() {
      @Override
      public double power(double w) {
        double power = Math.abs(w);
        for (int i = 1; i < p; i++) {
          power *= Math.abs(w);
        }
        // A power that vanishes must not pass for a missing edge.
        return power == 0 && w != 0 ? Double.MIN_VALUE : power;
      }

      @Override
      public double number(double value) {
        return value;
      }

      @Override
      public double zero() {
        return 0;
      }

      @Override
      public double one() {
        return 1;
      }

      @Override
      public double plus(double a, double b) {
        return a + b;
      }

      @Override
      public double times(double a, double b) {
        return a * b;
      }

      @Override
      public boolean inRange(double a) {
        return a == 0 || (a > 1e-150 && a < 1e150);
      }
    };
  }

  static PathArithmetic logarithmic(int p) {
    return new PathArithmetic() {
      @Override
      public double power(double w) {
        return p * Math.log(Math.abs(w));
      }

      @Override
      public double number(double value) {
        return Math.log(value);
      }

      @Override
      public double zero() {
        return Double.NEGATIVE_INFINITY;
      }

      @Override
      public double one() {
        return 0;
      }

      @Override
      public double plus(double a, double b) {
        double larger = Math.max(a, b);
        return larger == Double.NEGATIVE_INFINITY
            ? larger
            : larger + Math.log1p(Math.exp(Math.min(a, b) - larger));
      }

      @Override
      public double times(double a, double b) {
        return a + b;
      }

      @Override
      public boolean inRange(double a) {
        return true;
      }
    };
  }
}
