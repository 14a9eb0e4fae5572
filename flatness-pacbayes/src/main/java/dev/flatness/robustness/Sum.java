package dev.flatness.robustness;

/** A sum with Neumaier's compensation. */
final class Sum {
  private double sum;
  private double lost;

  void add(double term) {
    double next = sum + term;
    lost += Math.abs(sum) >= Math.abs(term) ? (sum - next) + term : (term - next) + sum;
    sum = next;
  }

  double value() {
    return sum + lost;
  }

  static double of(double[] terms) {
    Sum all = new Sum();
    for (double term : terms) {
      all.add(term);
    }
    return all.value();
  }
}
