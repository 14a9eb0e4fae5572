package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flatness.MeasureCatalog;
import dev.flatness.measure.Measure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The documents name everything there is, nothing there is not, and link to what exists. */
class DocumentationTest {
  private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
  private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--[a-z][a-z-]*");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.*)$");
  private static final Pattern FENCED = Pattern.compile("(?ms)^```.*?^```");
  private static final Pattern ANCHOR = Pattern.compile("<a id=\"([^\"]+)\">");
  private static final Pattern LINKED_TEXT = Pattern.compile("\\[([^\\]]*)\\]\\([^)]*\\)");

  /** A sentence may end after an anchor, so its last character is a letter or a digit. */
  private static final Pattern CITATION = Pattern.compile("mathematics\\.md#([\\w.-]*\\w)");

  @Test
  void referenceNamesEveryMeasure() {
    Set<String> named = code(read("docs/reference-measures.md"));
    assertThat(named)
        .containsAll(MeasureCatalog.installed().measures().stream().map(Measure::id).toList())
        .containsAll(MeasureCatalog.installed().onRequest().stream().map(Measure::id).toList());
    assertThat(code(section(read("README.md"), "## The measures")))
        .containsAll(MeasureCatalog.installed().measures().stream().map(Measure::id).toList());
  }

  @Test
  void referenceListsTheMembersOfEveryGroup() {
    String groups = section(read("docs/reference-measures.md"), "## Groups");
    Map<String, List<String>> known = MeasureCatalog.installed().groups();
    assertThat(known.keySet())
        .allSatisfy(name -> assertThat(groups).contains("| `" + name + "` |"));
    for (String group : List.of("default", "classical")) {
      String row =
          groups.lines().filter(line -> line.startsWith("| `" + group + "` |")).findFirst().get();
      assertThat(code(row.substring(row.indexOf('|', 2))))
          .containsExactlyInAnyOrderElementsOf(known.get(group));
    }
  }

  @Test
  void referenceNamesEveryOptionOfEveryCommand() {
    String page = read("docs/reference-cli.md");
    commands()
        .forEach(
            (name, command) ->
                assertThat(options(section(page, "## flatness " + name)))
                    .as("options of flatness %s", name)
                    .containsAll(names(command)));
  }

  @Test
  void referenceNamesNoOptionThatNoCommandHas() {
    Set<String> known = new TreeSet<>(Set.of("--help", "--version"));
    commands().values().forEach(command -> known.addAll(names(command)));
    assertThat(known).containsAll(options(read("docs/reference-cli.md")));
  }

  @Test
  void referenceNamesEveryFieldOfTheReport() throws IOException {
    Set<String> fields = new TreeSet<>();
    collectFields(new ObjectMapper().readTree(read("docs/flatness-report-1.schema.json")), fields);
    assertThat(fields).contains("schema", "weightShape", "standardError");
    Set<String> named = new TreeSet<>();
    for (String name : code(read("docs/reference-report.md"))) {
      named.addAll(List.of(name.split("\\.")));
    }
    assertThat(named).containsAll(fields);
  }

  @Test
  void mathematicsHasAnAnchorForEveryMeasure() {
    Set<String> anchors = anchors(read("docs/mathematics.md"));
    MeasureCatalog catalog = MeasureCatalog.installed();
    assertThat(
            Stream.concat(catalog.measures().stream(), catalog.onRequest().stream())
                .map(measure -> measure.id().replaceFirst("(?<=.)-at-minimum-norm$", "")))
        .isNotEmpty()
        .allSatisfy(id -> assertThat(anchors).contains(id));
  }

  @Test
  void anchorsAreUniqueOnTheirPage() throws IOException {
    for (Path page : pages()) {
      assertThat(matches(ANCHOR, Files.readString(page), 1))
          .as("explicit anchors of %s", root().relativize(page))
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void sourcesCiteAnchorsThatMathematicsHas() throws IOException {
    Set<String> anchors = anchors(read("docs/mathematics.md"));
    List<String> broken = new ArrayList<>();
    for (Path source : sources()) {
      for (String anchor : citations(Files.readString(source))) {
        if (!anchors.contains(anchor)) {
          broken.add(root().relativize(source) + " cites mathematics.md#" + anchor);
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void citationEndsBeforePunctuation() {
    assertThat(
            citations(
                "Source: docs/mathematics.md#kappa. See (docs/mathematics.md#theorem-5.1-bound),"
                    + " <a href=\"docs/mathematics.md#path-norm-2\">and</a> docs/mathematics.md."))
        .containsExactly("kappa", "theorem-5.1-bound", "path-norm-2");
  }

  @Test
  void anchorsAreThoseOfHeadingsAndExplicitOnes() {
    assertThat(
            anchors(
                "# `theorem-5.1-bound`: limits\n\n<a id=\"own\"></a>\n## Two [words](page.md)\n"
                    + "## Two words\n```\n# comment\n```\n"))
        .containsExactlyInAnyOrder("theorem-51-bound-limits", "own", "two-words", "two-words-1");
  }

  @Test
  void everyRelativeLinkResolves() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path page : pages()) {
      for (String link : matches(LINK, withoutCode(Files.readString(page)), 1)) {
        if (!link.matches("[a-z]+:.*") && !resolves(page, link)) {
          broken.add(root().relativize(page) + " links to " + link);
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void indexLinksToEveryPage() throws IOException {
    String index = read("docs/README.md");
    assertThat(pages())
        .filteredOn(page -> page.getParent().equals(root().resolve("docs")))
        .extracting(page -> page.getFileName().toString())
        .filteredOn(name -> !name.equals("README.md"))
        .allSatisfy(name -> assertThat(index).contains("](" + name + ")"));
  }

  private static void collectFields(JsonNode schema, Set<String> fields) {
    JsonNode properties = schema.path("properties");
    properties.fieldNames().forEachRemaining(fields::add);
    properties.forEach(field -> collectFields(field, fields));
    if (schema.has("items")) {
      collectFields(schema.get("items"), fields);
    }
    schema.path("$defs").forEach(definition -> collectFields(definition, fields));
  }

  private static boolean resolves(Path page, String link) throws IOException {
    int hash = link.indexOf('#');
    String path = hash < 0 ? link : link.substring(0, hash);
    Path target = path.isEmpty() ? page : page.resolveSibling(path).normalize();
    if (!Files.exists(target)) {
      return false;
    }
    return hash < 0 || anchors(Files.readString(target)).contains(link.substring(hash + 1));
  }

  /**
   * The anchors of a page: explicit ones, and those that headings get, lower case without
   * punctuation and with hyphens for blanks; repeated ones get a number.
   */
  private static Set<String> anchors(String page) {
    String text = withoutCode(page);
    Set<String> anchors = new TreeSet<>(matches(ANCHOR, text, 1));
    Map<String, Integer> seen = new HashMap<>();
    for (String heading : matches(HEADING, text, 1)) {
      String slug =
          LINKED_TEXT
              .matcher(heading)
              .replaceAll("$1")
              .toLowerCase(Locale.ROOT)
              .replaceAll("[^\\p{L}\\p{N} _-]", "")
              .replace(' ', '-');
      int before = seen.merge(slug, 1, Integer::sum) - 1;
      anchors.add(before == 0 ? slug : slug + "-" + before);
    }
    return anchors;
  }

  /** The anchors of the mathematics page that a text cites, in order. */
  private static List<String> citations(String text) {
    return matches(CITATION, text, 1);
  }

  private static Map<String, CommandLine> commands() {
    return new CommandLine(new FlatnessCommand(Terminal.NONE)).getSubcommands();
  }

  private static Set<String> names(CommandLine command) {
    return command.getCommandSpec().options().stream()
        .filter(option -> !option.usageHelp() && !option.versionHelp())
        .map(OptionSpec::longestName)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> options(String text) {
    return new TreeSet<>(matches(OPTION, text, 0));
  }

  private static Set<String> code(String text) {
    return new TreeSet<>(matches(CODE, text, 1));
  }

  private static List<String> matches(Pattern pattern, String text, int group) {
    return pattern.matcher(text).results().map((MatchResult m) -> m.group(group)).toList();
  }

  private static String withoutCode(String page) {
    return FENCED.matcher(page).replaceAll("");
  }

  /** From a heading to the next one of its level or above. */
  private static String section(String page, String heading) {
    int start = ("\n" + page).indexOf("\n" + heading + "\n");
    assertThat(start).as("position of the heading %s", heading).isNotNegative();
    int level = heading.indexOf(' ');
    var next = Pattern.compile("(?m)^#{1," + level + "} ").matcher(page);
    return page.substring(
        start, next.find(start + heading.length()) ? next.start() : page.length());
  }

  private static String read(String file) {
    try {
      return Files.readString(root().resolve(file));
    } catch (IOException e) {
      throw new AssertionError(file + " cannot be read", e);
    }
  }

  private static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>();
    for (Path folder : List.of(root(), root().resolve("docs"))) {
      try (Stream<Path> files = Files.list(folder)) {
        files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
      }
    }
    assertThat(pages).isNotEmpty();
    return pages;
  }

  /** The Java sources of all modules. */
  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    try (Stream<Path> modules = Files.list(root())) {
      for (Path module : modules.filter(folder -> name(folder).startsWith("flatness-")).toList()) {
        Path main = module.resolve("src/main");
        if (Files.isDirectory(main)) {
          try (Stream<Path> files = Files.walk(main)) {
            files.filter(file -> name(file).endsWith(".java")).sorted().forEach(sources::add);
          }
        }
      }
    }
    assertThat(sources).hasSizeGreaterThan(100);
    return sources;
  }

  private static String name(Path path) {
    return path.getFileName().toString();
  }

  /** The folder of the whole project. */
  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("docs/reference-cli.md"))) {
      folder = folder.getParent();
      assertThat(folder).as("a folder above that has docs/reference-cli.md").isNotNull();
    }
    return folder;
  }
}
