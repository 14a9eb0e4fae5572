package dev.flatness.pacbayes;

import dev.flatness.basispath.BasisPaths;
import java.util.Arrays;

/**
 * Kullback–Leibler divergences between Gaussians around the values of basis paths.
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
   * Returns the divergence from a prior around 0 that leaves the signs of the free edges open.
   *
   * @param paths the trained network's paths
   * @param sigma σ
   * @param priorSigma σ_P
   * @return the divergence
   */
  public static double fromZero(BasisPaths paths, double sigma, double priorSigma) {
    return gaussian(paths, new double[paths.count()], sigma, priorSigma) + openSigns(paths);
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
    double signs = initialSigns(paths, initial);
    return gaussian(paths, initial.values(), sigma, priorSigma) + signs;
  }

  /**
   * Returns what the signs of the free edges cost under a prior that leaves them open.
   *
   * @param paths the paths
   * @return H ln 2
   */
  public static double openSigns(BasisPaths paths) {
    return paths.skeleton().hiddenUnits() * Math.log(2);
  }

  /**
   * Returns what the signs of the free edges cost under a prior on an initial network's pattern.
   *
   * @param paths the trained network's paths
   * @param initial the initial network's paths
   * @return 0 where all signs agree, else infinity
   * @throws IllegalArgumentException if the two have different skeletons
   */
  public static double initialSigns(BasisPaths paths, BasisPaths initial) {
    int[] free = paths.skeleton().freeEdges();
    if (!Arrays.equals(free, initial.skeleton().freeEdges())
        || !Arrays.equals(paths.skeleton().inEdges(), initial.skeleton().inEdges())) {
      throw new IllegalArgumentException(
          "the two networks have different skeletons, expected one that was fixed before training;"
              + " write the initial network's with SkeletonFile and read it for both");
    }
    double[] theta = paths.network().parameterVector();
    double[] first = initial.network().parameterVector();
    return Arrays.stream(free).allMatch(e -> theta[e] > 0 == first[e] > 0)
        ? 0
        : Double.POSITIVE_INFINITY;
  }

  /**
   * Returns what the signs of the free edges cost under a prior that has half of its mass on an
   * initial network's pattern and half on all patterns alike, −ln (½ [same] + ½ 2^−H).
   *
   * @param paths the trained network's paths
   * @param initial the initial network's paths
   * @return below ln 2 where all signs agree, else (H + 1) ln 2
   * @throws IllegalArgumentException if the two have different skeletons
   */
  public static double mixedSigns(BasisPaths paths, BasisPaths initial) {
    double open = openSigns(paths);
    return initialSigns(paths, initial) == 0
        ? Math.log(2) - Math.log1p(Math.exp(-open))
        : open + Math.log(2);
  }

  private static double gaussian(
      BasisPaths paths, double[] center, double sigma, double priorSigma) {
    return DiagonalGaussian.isotropic(paths.values(), sigma)
        .divergenceFrom(DiagonalGaussian.isotropic(center, priorSigma));
  }
}
