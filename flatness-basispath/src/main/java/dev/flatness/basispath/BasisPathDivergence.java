package dev.flatness.basispath;

/**
 * The ingredients of PAC-Bayes bounds in basis-path coordinates: norms and Kullback–Leibler
 * divergences between Gaussians around values.
 *
 * <p>Formula: posterior N(v, σ² I), prior N(v⁰, σ_P² I) in d = m − H coordinates: KL = ½ (‖v −
 * v⁰‖²/σ_P² + d (σ²/σ_P² − 1 − ln (σ²/σ_P²))) + s ln 2, where s is the number H of free edges whose
 * signs the prior leaves open, 0 when it sits on the initial network's pattern of signs; that is
 * infinite where the trained network has another.
 *
 * <p>Units: nats. Cost: O(d). Errors: scales that are not positive are refused. The skeleton has to
 * be fixed before training, else the divergence belongs to no prior.
 *
 * <p>Source: Yi et al. 2019, §5; docs/mathematics.md#basis-path-divergence.
 */
public final class BasisPathDivergence {
  private BasisPathDivergence() {}

  /**
   * Returns ‖v‖².
   *
   * @param values v
   * @return the sum of squares
   */
  public static double squaredNorm(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value * value;
    }
    return sum;
  }

  /**
   * Returns the divergence from a prior around 0 that leaves the signs of the free edges open.
   *
   * @param paths the trained network's paths
   * @param sigma σ
   * @param priorSigma σ_P
   * @return the divergence
   */
  public static double fromZero(BasisPaths paths, double sigma, double priorSigma) {
    return gaussian(squaredNorm(paths.values()), paths.count(), sigma, priorSigma)
        + paths.skeleton().hiddenUnits() * Math.log(2);
  }

  /**
   * Returns the divergence from a prior around the values of the initial network under the same
   * skeleton, on its signs of the free edges.
   *
   * @param paths the trained network's paths
   * @param initial the initial network's paths
   * @param sigma σ
   * @param priorSigma σ_P
   * @return the divergence; infinite where a free edge has changed its sign
   * @throws IllegalArgumentException if the two have different skeletons
   */
  public static double fromInitial(
      BasisPaths paths, BasisPaths initial, double sigma, double priorSigma) {
    int[] free = paths.skeleton().freeEdges();
    if (!java.util.Arrays.equals(free, initial.skeleton().freeEdges())
        || !java.util.Arrays.equals(paths.skeleton().inEdges(), initial.skeleton().inEdges())) {
      throw new IllegalArgumentException(
          "the two networks have different skeletons, expected one that was fixed before training;"
              + " write the initial network's with SkeletonFile and read it for both");
    }
    double[] v = paths.values();
    double[] start = initial.values();
    double[] theta = paths.graph().theta();
    double[] first = initial.graph().theta();
    for (int i = 0; i < v.length; i++) {
      v[i] -= start[i];
    }
    boolean sameSigns = true;
    for (int e : free) {
      sameSigns &= theta[e] > 0 == first[e] > 0;
    }
    return gaussian(squaredNorm(v), v.length, sigma, priorSigma)
        + (sameSigns ? 0 : Double.POSITIVE_INFINITY);
  }

  private static double gaussian(double squaredDistance, int d, double sigma, double priorSigma) {
    requirePositive("posterior", sigma);
    requirePositive("prior", priorSigma);
    double ratio = sigma / priorSigma;
    double spread = ratio * ratio - 1 - 2 * Math.log(ratio);
    return 0.5 * (squaredDistance / (priorSigma * priorSigma) + d * spread);
  }

  private static void requirePositive(String name, double sigma) {
    if (!(sigma > 0 && Double.isFinite(sigma))) {
      throw new IllegalArgumentException(
          "the standard deviation of the "
              + name
              + " is "
              + sigma
              + ", expected a positive number");
    }
  }
}
