package dev.flatness.testkit;

import dev.flatness.network.Network;
import dev.flatness.network.Node;
import java.util.LinkedHashMap;
import java.util.Map;
import net.jqwik.api.SampleReportingFormat;

/**
 * Shows a failing sample's network by its notes (with the seed) and its layers; found by {@code
 * ServiceLoader}.
 */
public final class NetworkReportingFormat implements SampleReportingFormat {
  /** For the service loader. */
  public NetworkReportingFormat() {}

  @Override
  public boolean appliesTo(Object value) {
    return value instanceof Network;
  }

  @Override
  public Object report(Object value) {
    Network network = (Network) value;
    Map<Object, Object> report = new LinkedHashMap<>();
    report.put("network", network.toString());
    report.put("notes", network.notes());
    for (Node node : network.nodes()) {
      report.put(node.name(), node.inputs() + " " + node.layer() + " " + node.shape());
    }
    return report;
  }
}
