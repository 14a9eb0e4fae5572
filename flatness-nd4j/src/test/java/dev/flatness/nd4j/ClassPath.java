package dev.flatness.nd4j;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs programs on the class path of the tests in a Java of their own. */
final class ClassPath {
  /** Without them, JDK 24 and newer print warnings about native code and Unsafe. */
  static final List<String> FLAGS_OF_JDK_24 =
      List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");

  private ClassPath() {}

  /** What a program printed, and how it ended. */
  record Run(int code, List<String> lines, String errors) {}

  /** Entries made absolute: a program runs in another folder. */
  static List<String> entries() {
    return Stream.of(
            System.getProperty("java.class.path")
                .split(Pattern.quote(System.getProperty("path.separator"))))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .toList();
  }

  static String text() {
    return entries().stream().collect(Collectors.joining(System.getProperty("path.separator")));
  }

  static Run run(Path javaHome, List<String> flags, Path folder, String program)
      throws IOException, InterruptedException {
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    List<String> command = new ArrayList<>();
    command.add(javaHome.resolve("bin/java").toString());
    command.add("-Dfile.encoding=UTF-8");
    command.addAll(flags);
    command.addAll(List.of("-cp", text(), program));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    // Java says on standard error that it read them.
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS"));
    Process process = builder.start();
    if (!process.waitFor(3, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IllegalStateException("it does not end: " + command);
    }
    return new Run(process.exitValue(), Files.readAllLines(out), Files.readString(err));
  }
}
