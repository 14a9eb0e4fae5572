package dev.flatness;

import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import java.util.LinkedHashMap;
import java.util.Map;

/** What reproduces the numbers of any run on a surface. */
final class RunSettings {
  private RunSettings() {}

  static Map<String, Object> of(NetworkSurface surface, Seed seed) {
    Map<String, Object> recorded = new LinkedHashMap<>();
    recorded.put("seed", seed.value());
    recorded.put("precision", surface.options().precision().id());
    recorded.put("loss", surface.loss().id());
    recorded.putAll(surface.loss().settings());
    if (surface.options().inputsAreFeatures()) {
      recorded.put("inputsAreFeatures", true);
    }
    recorded.put("batchSize", surface.options().batchSize());
    recorded.put("threads", surface.options().threads());
    return recorded;
  }
}
