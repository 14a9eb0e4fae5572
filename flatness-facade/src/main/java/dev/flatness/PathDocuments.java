package dev.flatness;

import dev.flatness.basispath.BasisPath;
import dev.flatness.basispath.BasisPaths;
import dev.flatness.basispath.PathEdge;
import dev.flatness.basispath.Skeleton;
import dev.flatness.basispath.SkeletonRule;
import dev.flatness.network.Network;
import dev.flatness.report.ReportPaths;
import java.util.ArrayList;
import java.util.List;

/** Turns basis paths into what reports show. */
final class PathDocuments {
  private PathDocuments() {}

  static ReportPaths of(BasisPaths paths, int largest, int smallest) {
    Network network = paths.network();
    Skeleton skeleton = paths.skeleton();
    List<ReportPaths.Chart> charts = new ArrayList<>();
    charts.add(chart("diagonal", SkeletonRule.diagonal(), network));
    charts.add(chart("balanced", SkeletonRule.balanced(), network));
    if (charts.stream().noneMatch(chart -> chart.skeleton().equals(skeleton.rule()))) {
      charts.add(new ReportPaths.Chart(skeleton.rule(), numbers(paths), null));
    }
    return new ReportPaths(
        charts, skeleton.rule(), list(paths.largest(largest)), list(paths.smallest(smallest)));
  }

  private static ReportPaths.Chart chart(String name, SkeletonRule rule, Network network) {
    try {
      return new ReportPaths.Chart(name, numbers(BasisPaths.of(rule.choose(network))), null);
    } catch (IllegalArgumentException refused) {
      return new ReportPaths.Chart(name, null, refused.getMessage());
    }
  }

  private static ReportPaths.Numbers numbers(BasisPaths paths) {
    BasisPath edge = paths.radiusPath();
    return new ReportPaths.Numbers(
        paths.count(),
        paths.skeleton().hiddenUnits(),
        paths.divisors().length,
        paths.largest(),
        paths.smallest(),
        paths.radius(),
        edge == null ? null : edge.coordinateEdge().toString(),
        paths.conditioning());
  }

  private static List<ReportPaths.Path> list(List<BasisPath> paths) {
    return paths.stream()
        .map(
            path ->
                new ReportPaths.Path(
                    path.index(),
                    path.value(),
                    path.edges().stream().map(PathEdge::toString).toList(),
                    path.edge()))
        .toList();
  }
}
