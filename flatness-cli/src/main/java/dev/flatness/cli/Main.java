package dev.flatness.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import picocli.CommandLine;

/** The entry point of the command. */
public final class Main {
  private Main() {}

  /**
   * Runs the command and ends the process with its exit code.
   *
   * @param arguments the command's name and its options
   */
  public static void main(String[] arguments) {
    claimStandardError();
    StandardOutput output = new StandardOutput(new FileOutputStream(FileDescriptor.out));
    PrintWriter out = writer(output);
    PrintWriter err = writer(System.err);
    Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> Failures.report(failure, err));
    int code = run(Terminal.ofThisProcess(), out, err, arguments);
    out.flush();
    code = Failures.afterOutput(code, output.failure(), err);
    err.flush();
    System.exit(code);
  }

  /**
   * Runs a command in this process, for programs that must not end with it.
   *
   * @param out receives standard output
   * @param err receives standard error
   * @param arguments the command's name and its options
   * @return the exit code
   */
  public static int run(PrintWriter out, PrintWriter err, String... arguments) {
    return run(Terminal.NONE, out, err, arguments);
  }

  /** Runs a command in this process; the exit code is the result. */
  static int run(Terminal terminal, PrintWriter out, PrintWriter err, String... arguments) {
    try {
      return commandLine(terminal, out, err).execute(arguments);
    } catch (Throwable failure) {
      return Failures.report(failure, err);
    }
  }

  private static CommandLine commandLine(Terminal terminal, PrintWriter out, PrintWriter err) {
    CommandLine line = new CommandLine(new FlatnessCommand(terminal));
    line.setOut(out);
    line.setErr(err);
    line.setUsageHelpWidth(Math.min(terminal.columns(), 100));
    line.setColorScheme(
        CommandLine.Help.defaultColorScheme(
            terminal.output() && terminal.colors()
                ? CommandLine.Help.Ansi.ON
                : CommandLine.Help.Ansi.OFF));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setAbbreviatedOptionsAllowed(false);
    line.registerConverter(long.class, new Quantities.WholeConverter());
    line.registerConverter(double.class, new Quantities.NumberConverter());
    line.registerConverter(Double.class, new Quantities.NumberConverter());
    line.registerConverter(Path.class, new Quantities.FileConverter());
    line.setParameterExceptionHandler(Failures::badUsage);
    line.setExecutionExceptionHandler(Failures::failed);
    return line;
  }

  /**
   * The launcher filters what the virtual machine itself says on standard error and hands the
   * unfiltered stream over under another number, which Java has no public way to open.
   */
  private static void claimStandardError() {
    Integer number = Integer.getInteger("flatness.stderr");
    if (number == null) {
      return;
    }
    try {
      Constructor<FileDescriptor> descriptor =
          FileDescriptor.class.getDeclaredConstructor(int.class);
      descriptor.setAccessible(true);
      OutputStream stream = new FileOutputStream(descriptor.newInstance(number));
      System.setErr(new PrintStream(stream, true, StandardCharsets.UTF_8));
    } catch (ReflectiveOperationException | RuntimeException closed) {
      // The filtered stream shows the same lines, only a moment later.
      assert closed != null;
    }
  }

  private static PrintWriter writer(OutputStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }
}
