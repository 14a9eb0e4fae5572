package dev.flatness.loss;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Arrays;

/** Exponentials and logarithms of 60 digits, and the softmax made of them. */
final class Exact {
  static final MathContext DIGITS = new MathContext(60);

  private Exact() {}

  static BigDecimal of(double value) {
    return new BigDecimal(value);
  }

  /** eˣ: Taylor's series of x/2²⁰, squared twenty times. */
  static BigDecimal exp(BigDecimal x) {
    MathContext more = new MathContext(80);
    BigDecimal small = x.divide(BigDecimal.valueOf(1 << 20), more);
    BigDecimal term = BigDecimal.ONE;
    BigDecimal sum = BigDecimal.ONE;
    for (int k = 1; k < 40; k++) {
      term = term.multiply(small, more).divide(BigDecimal.valueOf(k), more);
      sum = sum.add(term, more);
    }
    for (int i = 0; i < 20; i++) {
      sum = sum.multiply(sum, more);
    }
    return sum.round(DIGITS);
  }

  /** ln(1 + x) for x &gt; 0: Newton's method on the exponential, quadratic from 16 digits on. */
  static BigDecimal log1p(BigDecimal x) {
    BigDecimal y = of(Math.log1p(x.doubleValue()));
    if (x.compareTo(new BigDecimal("1e-30")) < 0) {
      // x − x²/2, with a relative remainder below x².
      return x.subtract(x.multiply(x, DIGITS).divide(BigDecimal.valueOf(2), DIGITS), DIGITS);
    }
    for (int i = 0; i < 4; i++) {
      BigDecimal quotient = x.add(BigDecimal.ONE).multiply(exp(y.negate()), new MathContext(100));
      y = y.add(quotient.subtract(BigDecimal.ONE), new MathContext(100));
    }
    return y.round(DIGITS);
  }

  /** p_k. */
  static BigDecimal[] softmax(double[] f) {
    double max = Arrays.stream(f).max().orElseThrow();
    BigDecimal[] p = new BigDecimal[f.length];
    BigDecimal sum = BigDecimal.ZERO;
    for (int k = 0; k < f.length; k++) {
      p[k] = exp(of(f[k]).subtract(of(max)));
      sum = sum.add(p[k]);
    }
    for (int k = 0; k < f.length; k++) {
      p[k] = p[k].divide(sum, new MathContext(400, RoundingMode.HALF_EVEN)).round(DIGITS);
    }
    return p;
  }

  /** Σ_{j≠k} p_j: 1 − p_k without its cancellation. */
  static BigDecimal others(BigDecimal[] p, int k) {
    BigDecimal sum = BigDecimal.ZERO;
    for (int j = 0; j < p.length; j++) {
      sum = j == k ? sum : sum.add(p[j], DIGITS);
    }
    return sum;
  }
}
