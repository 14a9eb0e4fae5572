package dev.flatness.dl4j;

import java.io.IOException;
import java.util.List;
import org.nd4j.shade.jackson.core.JsonFactory;
import org.nd4j.shade.jackson.core.JsonParser;
import org.nd4j.shade.jackson.core.JsonToken;

/**
 * Checks a configuration before DL4J reads it: DL4J makes objects of the classes that it names.
 *
 * @param graph whether it is of a graph, not of a chain
 * @param json the text
 */
record ConfigurationText(boolean graph, String json) {
  private static final int DEEPEST = 64;
  private static final int LONGEST_LIST = 4096;
  // Classes that only hold settings; none of them runs code of others or reads files.
  private static final List<String> PACKAGES =
      List.of(
          "org.deeplearning4j.nn.conf.",
          "org.deeplearning4j.nn.weights.",
          "org.nd4j.linalg.activations.impl.",
          "org.nd4j.linalg.lossfunctions.impl.",
          "org.nd4j.linalg.learning.config.",
          "org.nd4j.linalg.learning.regularization.",
          "org.nd4j.linalg.schedule.");

  /**
   * Checks a text.
   *
   * @throws IllegalArgumentException if it is no configuration or names other classes
   */
  static ConfigurationText of(String json) {
    boolean chain = false;
    boolean graph = false;
    int depth = 0;
    int items = 0;
    String field = "";
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.FIELD_NAME) {
          field = parser.getCurrentName();
          chain |= depth == 1 && field.equals("confs");
          graph |= depth == 1 && field.equals("vertices");
          items = 0;
        } else if (token.isStructStart()) {
          if (++depth > DEEPEST) {
            throw new IllegalArgumentException(
                "configuration.json is nested deeper than " + DEEPEST + " levels");
          }
        } else if (token.isStructEnd()) {
          depth--;
        } else if (token.isNumeric() && ++items > LONGEST_LIST) {
          throw new IllegalArgumentException(
              "configuration.json holds more than " + LONGEST_LIST + " numbers in one place");
        } else if (token == JsonToken.VALUE_STRING && field.startsWith("@")) {
          requireKnown(parser.getText());
        }
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("configuration.json is no JSON", e);
    }
    if (chain == graph) {
      throw new IllegalArgumentException(
          "configuration.json is neither of a MultiLayerNetwork nor of a ComputationGraph");
    }
    return new ConfigurationText(graph, json);
  }

  private static void requireKnown(String name) {
    boolean samediff = name.contains(".samediff.");
    if (samediff || PACKAGES.stream().noneMatch(name::startsWith)) {
      throw new IllegalArgumentException(
          "configuration.json names the class "
              + Text.quoted(name)
              + ", which is none of DL4J's own layers and settings; a model with classes of its own"
              + " can be imported from Java: Dl4jNetwork.of(model)");
    }
  }
}
