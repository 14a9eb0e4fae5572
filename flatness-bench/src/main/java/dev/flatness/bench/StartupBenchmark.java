package dev.flatness.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The command line from start to exit, as a process; {@code bench} says where the launcher is. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2)
@Measurement(iterations = 10)
public class StartupBenchmark {
  /** The arguments. */
  @Param({"--help", "--version", "demo"})
  public String arguments;

  /** Starts the command and waits until it has ended. */
  @Benchmark
  public int start() throws IOException, InterruptedException {
    Path launcher = Path.of(System.getProperty("bench.home", ".")).resolve("flatness");
    Process process =
        new ProcessBuilder(launcher.toString(), arguments)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    int code = process.waitFor();
    if (code != 0) {
      throw new IOException(launcher + " " + arguments + " ended with " + code);
    }
    return code;
  }
}
