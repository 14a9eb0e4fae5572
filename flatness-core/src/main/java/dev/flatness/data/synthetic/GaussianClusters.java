package dev.flatness.data.synthetic;

import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.random.Seed;
import dev.flatness.tensor.Tensor;

/**
 * Classification of points around Gaussian clusters whose separation is a parameter.
 *
 * <p>Formula: x = μ_j + z with z ~ N(0, I); the centers μ_j are drawn from N(0, I) and scaled so
 * that the root mean square of their distances is the separation. Sample i belongs to cluster j = i
 * mod (classes · clusters per class) and has label j mod classes: every run of samples is balanced.
 *
 * <p>Shapes: inputs {@code [samples, dimension]}. Units: the standard deviation within a cluster is
 * 1. Cost: linear in samples · dimension, held in memory. Immutable; the seed is passed at
 * generation.
 *
 * <p>Defaults (ours): 2 classes of one cluster, dimension 2, separation 4.
 */
public final class GaussianClusters {
  private final int classes;
  private final int clustersPerClass;
  private final int dimension;
  private final double separation;

  private GaussianClusters(int classes, int clustersPerClass, int dimension, double separation) {
    this.classes = classes;
    this.clustersPerClass = clustersPerClass;
    this.dimension = dimension;
    this.separation = separation;
  }

  /**
   * Returns the defaults above.
   *
   * @return two clusters in the plane
   */
  public static GaussianClusters withDefaults() {
    return new GaussianClusters(2, 1, 2, 4);
  }

  /**
   * Returns four clusters in two classes, the synthetic task of Petzka et al. 2021; the class
   * separation is what they vary.
   *
   * @return four clusters in the plane, two of each class
   */
  public static GaussianClusters fourInTwoClasses() {
    return withDefaults().withClustersPerClass(2);
  }

  /**
   * Sets the number of classes.
   *
   * @param count at least 2
   * @return a copy with that number
   * @throws IllegalArgumentException if it is less
   */
  public GaussianClusters withClasses(int count) {
    Checks.atLeast(2, "classes", count);
    return new GaussianClusters(count, clustersPerClass, dimension, separation);
  }

  /**
   * Sets the number of clusters in each class.
   *
   * @param count at least 1
   * @return a copy with that number
   * @throws IllegalArgumentException if it is less
   */
  public GaussianClusters withClustersPerClass(int count) {
    Checks.atLeast(1, "clusters per class", count);
    return new GaussianClusters(classes, count, dimension, separation);
  }

  /**
   * Sets the dimension of the inputs.
   *
   * @param count at least 1
   * @return a copy with that dimension
   * @throws IllegalArgumentException if it is less
   */
  public GaussianClusters withDimension(int count) {
    Checks.atLeast(1, "dimension", count);
    return new GaussianClusters(classes, clustersPerClass, count, separation);
  }

  /**
   * Sets the distance between clusters.
   *
   * @param distance root mean square distance of the centers in standard deviations, at least 0
   * @return a copy with that separation
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public GaussianClusters withSeparation(double distance) {
    Checks.notNegative("separation", distance);
    return new GaussianClusters(classes, clustersPerClass, dimension, distance);
  }

  /**
   * Draws samples; fewer of the same seed are the first of more.
   *
   * @param samples how many, at least 1
   * @param seed the randomness
   * @return the dataset, in memory
   * @throws IllegalArgumentException if there is no sample or too many for one array
   */
  public Dataset generate(int samples, Seed seed) {
    double[][] centres = centres(seed);
    double[] inputs = new double[Checks.entries(samples, dimension)];
    int[] labels = new int[samples];
    Normals normals = new Normals(seed.split("samples"));
    for (int sample = 0; sample < samples; sample++) {
      int cluster = sample % centres.length;
      labels[sample] = cluster % classes;
      for (int i = 0; i < dimension; i++) {
        inputs[sample * dimension + i] = centres[cluster][i] + normals.next();
      }
    }
    return Datasets.of("Gaussian clusters", Tensor.of(inputs, samples, dimension), labels);
  }

  /** The centers μ_j that a seed gives. */
  double[][] centres(Seed seed) {
    Normals normals = new Normals(seed.split("centres"));
    double[][] centres = new double[Math.multiplyExact(classes, clustersPerClass)][];
    for (int j = 0; j < centres.length; j++) {
      centres[j] = normals.next(dimension);
    }
    // the mean squared distance of all pairs is 2k/(k−1) times the mean squared deviation
    double squares = 0;
    for (int i = 0; i < dimension; i++) {
      double mean = 0;
      for (double[] centre : centres) {
        mean += centre[i] / centres.length;
      }
      for (double[] centre : centres) {
        squares += (centre[i] - mean) * (centre[i] - mean);
      }
    }
    double factor = separation / Math.sqrt(2 * squares / (centres.length - 1));
    for (double[] centre : centres) {
      for (int i = 0; i < dimension; i++) {
        centre[i] *= factor;
      }
    }
    return centres;
  }
}
