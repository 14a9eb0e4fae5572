package dev.flatness.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/**
 * What is published is complete: the modules in {@code flatness-bom}, in the list of contributors,
 * and each POM as Maven Central wants it. A module is published unless it says {@code
 * maven.deploy.skip}.
 */
class PublishedModulesTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `(flatness-[a-z0-9]+)` \\|");

  @Test
  void everyFolderWithPomIsModuleOfTheBuild() throws Exception {
    TreeSet<String> folders = new TreeSet<>();
    try (Stream<Path> children = Files.list(ROOT)) {
      children
          .filter(folder -> Files.exists(folder.resolve("pom.xml")))
          .forEach(folder -> folders.add(folder.getFileName().toString()));
    }
    assertThat(modules().keySet()).isEqualTo(folders);
  }

  @Test
  void bomHasEveryPublishedModuleAndNoOther() throws Exception {
    Map<String, String> expected = new TreeMap<>();
    for (Element pom : modules().values()) {
      String artifact = text(pom, "artifactId");
      if (published(pom) && !artifact.equals("flatness-bom")) {
        expected.put(artifact, packaging(pom));
      }
    }
    Map<String, String> listed = new TreeMap<>();
    NodeList managed = pom("flatness-bom").getElementsByTagName("dependency");
    for (int i = 0; i < managed.getLength(); i++) {
      Element dependency = (Element) managed.item(i);
      if (!text(dependency, "groupId").equals("dev.flatness")) {
        continue;
      }
      assertThat(text(dependency, "version")).isEqualTo("${project.version}");
      String type = text(dependency, "type");
      listed.put(text(dependency, "artifactId"), type.isEmpty() ? "jar" : type);
    }
    assertThat(listed).isEqualTo(expected);
  }

  @Test
  void contributorsFindEveryModule() throws Exception {
    assertThat(
            ROW.matcher(Files.readString(ROOT.resolve("CONTRIBUTING.md")))
                .results()
                .map(match -> match.group(1)))
        .containsExactlyInAnyOrderElementsOf(modules().keySet());
  }

  @Test
  void pomsHaveWhatCentralWants() throws Exception {
    Element parent = pom("");
    for (Element pom : modules().values()) {
      if (!published(pom)) {
        continue;
      }
      String artifact = text(pom, "artifactId");
      // Name and description are a module's own; it has the rest from the parent if it has one.
      assertThat(text(pom, "name")).as("name of %s", artifact).isNotEmpty();
      assertThat(text(pom, "description")).as("description of %s", artifact).isNotEmpty();
      Element complete = child(pom, "parent") == null ? pom : parent;
      for (String tag : new String[] {"url", "licenses", "developers", "scm"}) {
        assertThat(child(complete, tag)).as("%s of %s", tag, artifact).isNotNull();
      }
    }
  }

  @Test
  void moduleWithSourcesHasPublicPackagesOrOnePageOfJavadoc() throws Exception {
    for (Map.Entry<String, Element> module : modules().entrySet()) {
      Path folder = ROOT.resolve(module.getKey());
      Element properties = child(module.getValue(), "properties");
      if (published(module.getValue())
          && Files.exists(folder.resolve("src/main/java"))
          && properties != null
          && text(properties, "maven.javadoc.skip").equals("true")) {
        assertThat(folder.resolve("src/javadoc/index.html")).exists();
      }
    }
  }

  /** The POMs by folder, those of profiles among them. */
  private static Map<String, Element> modules() throws Exception {
    Map<String, Element> modules = new TreeMap<>();
    NodeList names = pom("").getElementsByTagName("module");
    for (int i = 0; i < names.getLength(); i++) {
      String folder = names.item(i).getTextContent().strip();
      modules.put(folder, pom(folder));
    }
    return modules;
  }

  private static boolean published(Element pom) {
    Element properties = child(pom, "properties");
    return properties == null || !text(properties, "maven.deploy.skip").equals("true");
  }

  private static String packaging(Element pom) {
    String packaging = text(pom, "packaging");
    return packaging.isEmpty() ? "jar" : packaging;
  }

  private static Element pom(String folder) throws Exception {
    Path file = ROOT.resolve(folder).resolve("pom.xml");
    try (var stream = Files.newInputStream(file)) {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(stream)
          .getDocumentElement();
    } catch (IOException e) {
      throw new AssertionError(file + " cannot be read", e);
    }
  }

  /** The text of a child, empty if there is none. */
  private static String text(Element parent, String name) {
    Element child = child(parent, name);
    return child == null ? "" : child.getTextContent().strip();
  }

  private static Element child(Element parent, String name) {
    for (Node at = parent.getFirstChild(); at != null; at = at.getNextSibling()) {
      if (at instanceof Element element && element.getTagName().equals(name)) {
        return element;
      }
    }
    return null;
  }
}
