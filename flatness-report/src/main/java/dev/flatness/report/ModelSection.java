package dev.flatness.report;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.symmetry.DeadClasses;
import dev.flatness.symmetry.ScaleClasses;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The network of a report. */
final class ModelSection implements Section {
  private final Network network;
  private final @Nullable String file;
  private final @Nullable String weights;
  private final List<String> notes;
  private final int scaleClasses;
  private final List<String> dead;

  /** The files may be null; the notes follow the network's own. */
  ModelSection(
      Network network, @Nullable String file, @Nullable String weights, List<String> notes) {
    this.network = network;
    this.file = file;
    this.weights = weights;
    this.notes = new ArrayList<>(network.notes());
    this.notes.addAll(notes);
    ScaleClasses classes = ScaleClasses.of(network);
    this.scaleClasses = classes.freeCount();
    this.dead = DeadClasses.of(classes, network).names();
  }

  private List<Node> layers() {
    return network.nodes().stream().filter(node -> !(node.layer() instanceof Layer.Input)).toList();
  }

  @Override
  public void text(TextPage page) {
    long weighted = network.nodes().stream().filter(node -> node.weight() >= 0).count();
    page.field(
        "model",
        (file == null ? "" : file + (weights == null ? "" : " with " + weights) + ": ")
            + TextPage.count(network.parameterCount(), "parameter")
            + " in "
            + TextPage.count(weighted, "layer")
            + ", "
            + TextPage.count(scaleClasses, "scale class", "scale classes")
            + ", "
            + (network.piecewiseLinear() ? "piecewise linear" : "not piecewise linear"));
    if (!dead.isEmpty()) {
      page.field("", TextPage.count(dead.size(), "dead unit"));
    }
    notes.forEach(note -> page.field("note", note));
  }

  @Override
  public void json(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("model");
    json.writeStringField("file", file);
    if (weights != null) {
      json.writeStringField("weights", weights);
    }
    json.writeNumberField("parameters", network.parameterCount());
    json.writeBooleanField("piecewiseLinear", network.piecewiseLinear());
    json.writeNumberField("scaleClasses", scaleClasses);
    JsonValues.field(json, "deadUnits", dead);
    json.writeArrayFieldStart("layers");
    for (Node node : layers()) {
      json.writeStartObject();
      json.writeStringField("name", node.name());
      json.writeStringField("kind", LayerSection.kind(node.layer()));
      if (node.weight() >= 0) {
        int[] shape = network.weight(node).shape().toArray();
        JsonValues.field(json, "weightShape", Arrays.stream(shape).boxed().toList());
        json.writeBooleanField("bias", node.bias() >= 0);
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    JsonValues.field(json, "notes", notes);
    json.writeEndObject();
  }
}
