package dev.flatness.pacbayes;

import dev.flatness.basispath.BasisPathCoordinates;
import dev.flatness.basispath.BasisPaths;
import dev.flatness.basispath.Skeleton;
import dev.flatness.basispath.SkeletonRule;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.symmetry.DeadClasses;
import dev.flatness.training.Initialization;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The values of basis paths, under a skeleton that does not depend on the samples. */
final class BasisPathSpace implements Space {
  private final BasisPathCoordinates coordinates;
  private final int[] positions;
  private final double[] values;
  private final String rule;

  private BasisPathSpace(BasisPathCoordinates coordinates, String rule) {
    this.rule = rule;
    this.coordinates = coordinates;
    this.positions = coordinates.paths().positions();
    this.values = coordinates.paths().values();
  }

  /**
   * Chooses the skeleton: the rule's at the initial network where there is one, else one that
   * depends on the graph alone.
   */
  static BasisPathSpace of(Network trained, Optional<Network> initial, SkeletonRule rule) {
    requireLiving(trained);
    Skeleton first = rule.choose(initial.orElse(trained));
    if (initial.isEmpty() && first.rule().equals("balanced")) {
      throw new IllegalArgumentException(
          "the balanced rule chooses a skeleton by the weights, so that the coordinates would"
              + " depend on the samples; name the initial network as the prior (--prior FILE.onnx),"
              + " or a skeleton that was written before training (--skeleton FILE)");
    }
    Skeleton skeleton = Skeleton.of(trained, first.freeEdges(), first.inEdges());
    return new BasisPathSpace(BasisPaths.of(skeleton).coordinates(), first.rule());
  }

  /** A class that only the weights made dead would be left out because of the samples. */
  private static void requireLiving(Network trained) {
    Network drawn = Initialization.NORMAL.draw(trained, Seed.of(0));
    int[] structural = DeadClasses.of(drawn).toArray();
    DeadClasses dead = DeadClasses.of(trained);
    if (!Arrays.equals(structural, dead.toArray())) {
      throw new IllegalArgumentException(
          "the trained weights leave hidden units without a way in or out ("
              + String.join(", ", dead.names().subList(0, Math.min(3, dead.names().size())))
              + "), so that the basis paths would depend on the samples; take the bound in weights"
              + " (--coordinates weights)");
    }
  }

  @Override
  public String id() {
    return "basis-paths";
  }

  @Override
  public double[] center() {
    return values.clone();
  }

  @Override
  public double[] parametersAt(double[] point) {
    return coordinates.parametersBeyond(point);
  }

  @Override
  public double[] centerOf(Network initial) {
    return at(initial).values();
  }

  private BasisPaths at(Network initial) {
    Skeleton skeleton = coordinates.paths().skeleton();
    return BasisPaths.of(Skeleton.of(initial, skeleton.freeEdges(), skeleton.inEdges()));
  }

  @Override
  public int position(int coordinate) {
    return positions[coordinate];
  }

  @Override
  public double discrete(Optional<Network> initial) {
    BasisPaths trained = coordinates.paths();
    return initial
        .map(network -> BasisPathDivergence.mixedSigns(trained, at(network)))
        .orElseGet(() -> BasisPathDivergence.openSigns(trained));
  }

  @Override
  public List<String> assumptions() {
    return List.of(
        "the skeleton ("
            + rule
            + ") does not depend on the samples, which the caller states of one from a file; the"
            + " weights at a drawn point are w(v), also outside the chart");
  }
}
