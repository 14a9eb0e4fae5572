package dev.flatness.internal.engine;

/** Count, mean and sum of squared deviations from the mean of several coordinates. */
public final class Moments {
  /** The mean of each coordinate. */
  public final double[] mean;

  /** The sum of squared deviations from the mean of each coordinate. */
  public final double[] deviations;

  private double count;

  /** Makes those of no values, for a number of coordinates. */
  public Moments(int coordinates) {
    mean = new double[coordinates];
    deviations = new double[coordinates];
  }

  /** Returns how many values of each coordinate there are. */
  public double count() {
    return count;
  }

  /** Sets how many values of each coordinate there are. */
  public void setCount(double values) {
    count = values;
  }

  /** Adds those of other values (Chan, Golub and LeVeque 1983). */
  public void add(Moments other) {
    double n = count + other.count;
    for (int i = 0; i < mean.length; i++) {
      double step = other.mean[i] - mean[i];
      mean[i] += step * (other.count / n);
      deviations[i] += other.deviations[i] + step * step * (count * (other.count / n));
    }
    count = n;
  }
}
