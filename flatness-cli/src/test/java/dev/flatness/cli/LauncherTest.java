package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script as it is installed, with a Java that only tells what it is given. */
class LauncherTest {
  private static final Path SCRIPT = Path.of("/usr/bin/script");
  private static final List<String> TOOLS =
      List.of(
          ("bash sh env dirname readlink uname find head sed grep cat cp mv rm mkdir rmdir touch wc"
                  + " sleep locale stty")
              .split(" "));

  @TempDir private Path folder;

  @BeforeEach
  void installWithAJavaThatTellsItsArguments() throws IOException {
    assumeThat(Files.isExecutable(Path.of("/bin/bash"))).isTrue();
    executable("flatness", Files.readString(source().resolve("flatness")));
    Files.createDirectories(folder.resolve("lib"));
    Files.writeString(folder.resolve("lib/a.jar"), "");
    Files.writeString(folder.resolve("lib/sizes"), "0 a.jar\n");
    Files.createDirectories(folder.resolve("jdk/bin"));
    executable("jdk/bin/java", "#!/bin/sh\nfor word; do echo \"<$word>\"; done\n");
    Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"17.0.1\"\n");
  }

  private static Path source() {
    Path source = Path.of("").toAbsolutePath();
    while (!Files.exists(source.resolve("flatness"))) {
      source = source.getParent();
    }
    return source;
  }

  @Test
  void findsTheWidthOfTheTerminal() throws IOException, InterruptedException {
    assumeThat(Files.isExecutable(SCRIPT)).isTrue();
    String told = run(SCRIPT.toString(), "-qec", "stty cols 93; '" + command() + "'", "/dev/null");
    assertThat(told)
        .contains("<-Dflatness.terminal.output=true>")
        .contains("<-Dflatness.terminal.columns=93>")
        .contains("<-Dflatness.terminal.error.columns=93>");
  }

  @Test
  void outputThatGoesElsewhereHasTheWidthThatIsExported() throws IOException, InterruptedException {
    assertThat(run(command())).doesNotContain("flatness.terminal");
    ProcessBuilder wide = new ProcessBuilder(command());
    wide.environment().put("COLUMNS", "70");
    assertThat(run(wide))
        .contains("<-Dflatness.terminal.columns=70>")
        .doesNotContain("flatness.terminal.output");
  }

  @Test
  void passesItsNameAsItWasTyped() throws IOException, InterruptedException {
    assertThat(run(command())).contains("<-Dflatness.command=" + command() + ">");
    ProcessBuilder relative = new ProcessBuilder("/bin/bash", "-c", "./flatness");
    assertThat(run(relative.directory(folder.toFile())))
        .contains("<-Dflatness.command=./flatness>");
    ProcessBuilder found = new ProcessBuilder("/bin/bash", "-c", "flatness");
    found.environment().merge("PATH", folder.toString(), (path, more) -> more + ":" + path);
    assertThat(run(found)).contains("<-Dflatness.command=flatness>");
  }

  @Test
  void readsNamesOfAnyLettersWhateverTheLocale() throws IOException, InterruptedException {
    executable("jdk/bin/java", "#!/bin/sh\nlocale charmap\n");
    assumeThat(run("/bin/sh", "-c", "LC_ALL=C.UTF-8 locale charmap 2>/dev/null"))
        .isEqualTo("UTF-8\n");
    for (String setting : List.of("LANG=C", "LC_ALL=C", "LC_ALL=POSIX", "LC_CTYPE=C", "NONE=1")) {
      assertThat(
              run(
                  "/usr/bin/env",
                  "-u",
                  "LANG",
                  "-u",
                  "LC_ALL",
                  "-u",
                  "LC_CTYPE",
                  setting,
                  command()))
          .as(setting)
          .isEqualTo("UTF-8\n");
    }
  }

  @Test
  void aJarThatIsMissingOrCutIsToldInWords() throws IOException, InterruptedException {
    String words = "flatness: a file in " + folder + "/lib is missing or broken; install again\n";
    Files.writeString(folder.resolve("lib/sizes"), "0 a.jar\n7 b.jar\n7 total\n");
    assertThat(refused(command())).isEqualTo(words);
    Files.writeString(folder.resolve("lib/b.jar"), "whole b");
    assertThat(run(command())).contains("<dev.flatness.cli.Start>");
    Files.writeString(folder.resolve("lib/b.jar"), "who");
    assertThat(refused(command())).isEqualTo(words);
    Files.delete(folder.resolve("lib/sizes"));
    assertThat(refused(command())).isEqualTo(words);
  }

  @Test
  void whatIsInstalledIsWhole() throws IOException, InterruptedException {
    Path copy = folder.resolve("copy");
    // Left by a copy that was interrupted.
    Files.createDirectories(copy.resolve(".flatness-lib.part/lib"));
    assertThat(run(command(), "install", copy.toString()))
        .isEqualTo("installed: " + copy + "/flatness\n");
    assertThat(copy.toFile().list()).containsExactlyInAnyOrder("flatness", "lib");
    assertThat(copy.resolve("lib").toFile().list()).containsExactlyInAnyOrder("a.jar", "sizes");
    assertThat(run(copy.resolve("flatness").toString())).contains("<dev.flatness.cli.Start>");
    assertThat(refused(command(), "install", copy.toString()))
        .contains("has a flatness or a lib already; name an empty or a new directory");
  }

  @Test
  void aLimitOfOpenFilesIsToldBeforeJavaFails() throws IOException, InterruptedException {
    assertThat(refused("/bin/bash", "-c", "ulimit -n 20; '" + command() + "'"))
        .isEqualTo(
            "flatness: only 20 files may be open at once, but Java needs 64; raise the limit: ulimit"
                + " -n 1024\n");
  }

  @Test
  void aJavaThatDoesNotStartIsToldInOneLine() throws IOException, InterruptedException {
    executable("jdk/bin/java", "#!/bin/sh\necho 'Unrecognized option: -Xfoo'\nexit 1\n");
    assertThat(refused("/usr/bin/env", "FLATNESS_JAVA_OPTIONS=-Xfoo", command()))
        .isEqualTo(
            "flatness: Java does not start: Unrecognized option: -Xfoo; check FLATNESS_JAVA_OPTIONS"
                + " and the limits of the shell (ulimit -a)\n");
    Files.delete(folder.resolve("jdk/bin/java"));
    assertThat(refused(command()))
        .isEqualTo(
            "flatness: JAVA_HOME is "
                + folder.resolve("jdk")
                + ", which has no bin/java; point it to a JDK 17 or newer\n");
    Files.createDirectories(folder.resolve("jdk/bin/java"));
    assertThat(refused(command())).contains("which has no bin/java");
  }

  @Test
  void aJavaThatIsNoProgramIsToldInWords() throws IOException, InterruptedException {
    executable("jdk/bin/java", "#!/nonexistent/interpreter\n");
    assertThat(refused(command()))
        .contains(
            "flatness: "
                + folder.resolve("jdk/bin/java")
                + " cannot be run; set JAVA_HOME to a JDK 17 or newer\n");
  }

  @Test
  void aCheckoutThatCannotBeBuiltIsToldInWords() throws IOException, InterruptedException {
    Files.writeString(folder.resolve("pom.xml"), "<project/>");
    Files.createDirectories(folder.resolve("flatness-cli"));
    Path target = Files.writeString(folder.resolve("flatness-cli/target"), "no folder");
    String dist = folder.resolve("flatness-cli/target/dist").toString();
    assertThat(refused(command()))
        .isEqualTo(
            "flatness: the command has to be built, but "
                + dist
                + " cannot be written to; make room, change its permissions or use a checkout of"
                + " your own\n");
    Files.delete(target);
    Path tools = Files.createDirectories(folder.resolve("tools"));
    offerTools();
    assertThat(refused("/usr/bin/env", "PATH=" + tools, command()))
        .isEqualTo("flatness: Maven is needed to build the command; install Maven 3.8 or newer\n");
    executable("tools/mvn", "#!/bin/sh\necho '[ERROR] no compiler'\nexit 1\n");
    assertThat(refused("/usr/bin/env", "PATH=" + tools, command()))
        .isEqualTo(
            "flatness: building the command, the first time only; this takes a minute\n"
                + "[ERROR] no compiler\n"
                + "flatness: the build failed; all of its output is in "
                + dist
                + "/build.log\n");
    // What ends in a way that nobody thought of is no failed claim either.
    executable("tools/mvn", "#!/bin/sh\nexit 0\n");
    assertThat(refused("/usr/bin/env", "PATH=" + tools, command()))
        .contains("flatness: the command has to be built");
  }

  @Test
  void benchmarksThatCannotBeBuiltAreToldInWords() throws IOException, InterruptedException {
    executable("bench", Files.readString(source().resolve("bench")));
    Files.createDirectories(folder.resolve("tools"));
    offerTools();
    String[] command = {"/usr/bin/env", "PATH=" + folder + "/tools", folder + "/bench", "gemm"};
    assertThat(refused(command)).isEqualTo("bench: Maven is needed; install Maven 3.8 or newer\n");
    executable("tools/mvn", "#!/bin/sh\nexit 1\n");
    assertThat(refused(command))
        .contains(
            "bench: the build failed; its output is in " + folder + "/flatness-bench/target/");
    Path target = folder.resolve("flatness-bench/target");
    Files.delete(target.resolve("bench-build.log"));
    Files.delete(target);
    Files.writeString(target, "no folder");
    assertThat(refused(command)).endsWith("use a checkout of your own\n");
  }

  @Test
  void twoBuildsAtOnceAreOneAfterTheOther() throws IOException, InterruptedException {
    for (String name : List.of("pom.xml", "LICENSE", "NOTICE")) {
      Files.writeString(folder.resolve(name), "<project/>");
    }
    Path target = Files.createDirectories(folder.resolve("flatness-cli/target"));
    Path tools = Files.createDirectories(folder.resolve("tools"));
    // A Maven that counts how often it builds, and fails where another is at work.
    executable(
        "tools/mvn",
        "#!/bin/sh\nmkdir '"
            + folder
            + "/at-work' || exit 1\nsleep 0.5\necho x >>'"
            + folder
            + "/builds'\nmkdir -p '"
            + target
            + "/dist/lib.new'\necho '{}' >'"
            + target
            + "/dist/third-parties.cdx.json'\necho jar >'"
            + target
            + "/flatness-cli-1.jar'\nrmdir '"
            + folder
            + "/at-work'\n");
    for (boolean flock : new boolean[] {true, false}) {
      Files.deleteIfExists(folder.resolve("builds"));
      Files.deleteIfExists(target.resolve("dist/stamp"));
      if (!flock) {
        offerTools();
      }
      String path = flock ? tools + ":" + System.getenv("PATH") : tools.toString();
      List<Process> processes = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        ProcessBuilder builder = new ProcessBuilder("/bin/bash", command());
        builder.environment().put("PATH", path);
        processes.add(start(builder));
      }
      for (Process process : processes) {
        assertThat(told(process)).contains("<dev.flatness.cli.Start>");
        assertThat(process.exitValue()).isZero();
      }
      assertThat(folder.resolve("builds")).hasContent("x\n");
    }
  }

  @Test
  void theCommandWithDl4jIsBuiltBesideThePlainOne() throws IOException, InterruptedException {
    for (String name : List.of("pom.xml", "LICENSE", "NOTICE")) {
      Files.writeString(folder.resolve(name), "<project/>");
    }
    Path target = Files.createDirectories(folder.resolve("flatness-cli/target"));
    Path tools = Files.createDirectories(folder.resolve("tools"));
    // A Maven that tells its profiles, and collects the jar of DL4J where they ask for it.
    executable(
        "tools/mvn",
        "#!/bin/sh\nfor word; do case \"$word\" in -Ddist.name=*) name=\"${word#*=}\" ;; dist*)"
            + " profiles=\"$word\" ;; esac; done\necho \"$name $profiles\" >>'"
            + folder
            + "/builds'\ncd '"
            + target
            + "' && mkdir -p \"$name/lib.new\" && echo '{}' >\"$name/third-parties.cdx.json\""
            + " && echo jar >flatness-cli-1.jar\n"
            + "case \"$profiles\" in *dl4j*) echo nd4j >\"$name/lib.new/flatness-nd4j-1.jar\" ;; esac\n");
    for (int i = 0; i < 2; i++) {
      for (boolean with : new boolean[] {true, false}) {
        ProcessBuilder builder = new ProcessBuilder("/bin/bash", command());
        builder.environment().put("PATH", tools + ":" + System.getenv("PATH"));
        if (with) {
          builder.environment().put("FLATNESS_DL4J", "yes");
        }
        String told = run(builder);
        assertThat(told).contains("<dev.flatness.cli.Start>");
        assertThat(told.contains("flatness-nd4j")).isEqualTo(with);
        assertThat(told.contains("building the command")).isEqualTo(i == 0);
      }
    }
    assertThat(folder.resolve("builds")).hasContent("dist-dl4j dist,frameworks,dl4j\ndist dist\n");
  }

  private String command() {
    return folder.resolve("flatness").toString();
  }

  /** Offers the tools that the launcher needs: no Maven, and no flock. */
  private void offerTools() throws IOException {
    for (String tool : TOOLS) {
      Path there = Path.of("/usr/bin/" + tool);
      Path real = Files.exists(there) ? there : Path.of("/bin/" + tool);
      executable("tools/" + tool, "#!/bin/sh\nexec " + real + " \"$@\"\n");
    }
  }

  private String run(String... command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(List.of(command));
    builder.environment().remove("COLUMNS");
    return run(builder);
  }

  private String run(ProcessBuilder builder) throws IOException, InterruptedException {
    return told(start(builder));
  }

  /** What is said by a command that ends with exit code 2. */
  private String refused(String... command) throws IOException, InterruptedException {
    Process process = start(new ProcessBuilder(List.of(command)));
    String told = told(process);
    assertThat(process.exitValue()).as(told).isEqualTo(2);
    return told;
  }

  private Process start(ProcessBuilder builder) throws IOException {
    builder.environment().putAll(Map.of("JAVA_HOME", folder.resolve("jdk").toString()));
    return builder.redirectErrorStream(true).start();
  }

  private static String told(Process process) throws IOException, InterruptedException {
    process.getOutputStream().close();
    String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return told;
  }

  private void executable(String name, String text) throws IOException {
    assertThat(Files.writeString(folder.resolve(name), text).toFile().setExecutable(true)).isTrue();
  }
}
