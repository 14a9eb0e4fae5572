package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * Every command of the pages parses; those that need nothing but the files of the demonstration
 * run.
 */
class DocumentedCommandsTest {
  /** Options whose files belong into the test's folder. */
  private static final Set<String> OUTPUTS =
      Set.of("--json", "--csv", "--html", "--figures", "--out", "--resume");

  private static final Pattern BLOCK = Pattern.compile("```[a-z]*\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern COMMAND =
      Pattern.compile("^(?:\\./)?flatness (.*)$", Pattern.MULTILINE);

  private static List<List<String>> commands() throws IOException {
    List<Path> pages = new ArrayList<>(List.of(Path.of("../README.md")));
    try (Stream<Path> docs = Files.list(Path.of("../docs"))) {
      docs.filter(page -> page.toString().endsWith(".md")).sorted().forEach(pages::add);
    }
    List<List<String>> commands = new ArrayList<>();
    for (Path page : pages) {
      Matcher block = BLOCK.matcher(Files.readString(page));
      while (block.find()) {
        Matcher command = COMMAND.matcher(block.group(1).replace("\\\n", " "));
        while (command.find()) {
          commands.add(List.of(command.group(1).trim().split("\\s+")));
        }
      }
    }
    return commands;
  }

  @Test
  void everyCommandOfThePagesParses() throws IOException {
    List<List<String>> commands = commands();
    assertThat(commands).hasSizeGreaterThan(12);
    for (List<String> command : commands) {
      assertThatCode(
              () ->
                  new CommandLine(new FlatnessCommand(Terminal.NONE))
                      .parseArgs(command.toArray(String[]::new)))
          .as(String.join(" ", command))
          .doesNotThrowAnyException();
    }
  }

  @Test
  void commandsOnTheFilesOfTheDemonstrationRun(@TempDir Path folder) throws IOException {
    int run = 0;
    run(List.of("demo", "--save", folder.resolve("demo").toString()));
    for (List<String> command : commands()) {
      boolean ownInputs = command.stream().anyMatch(part -> part.startsWith("demo/"));
      if (ownInputs || command.equals(List.of("measures"))) {
        List<String> forced = new ArrayList<>();
        for (String part : command) {
          String before = forced.isEmpty() ? "" : forced.get(forced.size() - 1);
          boolean file = part.startsWith("demo/") || OUTPUTS.contains(before);
          forced.add(file ? folder.resolve(part).toString() : part);
        }
        if (command.contains("--json") || command.contains("--out")) {
          forced.add("--force");
        }
        run(forced);
        run++;
      }
    }
    assertThat(run).isGreaterThanOrEqualTo(4);
  }

  private static void run(List<String> command) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Main.run(
            Terminal.NONE,
            new PrintWriter(out),
            new PrintWriter(err),
            command.toArray(String[]::new));
    assertThat(code).as(command + "\n" + err).isZero();
    assertThat(out.toString()).as(command.toString()).isNotBlank();
  }
}
