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

  /** The anchors that headings get: lower case, punctuation dropped, blanks as hyphens. */
  private static Set<String> anchors(String page) {
    return matches(HEADING, withoutCode(page), 1).stream()
        .map(
            heading ->
                heading
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N} _-]", "")
                    .replace(' ', '-'))
        .collect(Collectors.toSet());
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
