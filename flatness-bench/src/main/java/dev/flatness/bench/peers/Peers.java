package dev.flatness.bench.peers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./bench peers}: one JSON line a task on standard output, progress on standard error. */
@Command(
    name = "bench peers",
    mixinStandardHelpOptions = true,
    description = {
      "Times this library and libtorch on the same work in alternation; one JSON line a task.",
      "Larger ratios are better for us. Exit code 1 if a line is invalid, 2 for bad usage."
    })
public final class Peers implements Callable<Integer> {
  @Parameters(arity = "0..*", paramLabel = "TASK", description = "Tasks; all if none is named.")
  private List<String> chosen = new ArrayList<>();

  @Option(
      names = "--rounds",
      defaultValue = "11",
      description = "Rounds; default ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--threads",
      defaultValue = "2",
      description = "Threads; default ${DEFAULT-VALUE}.")
  private int threads;

  @Option(
      names = "--random",
      paramLabel = "SEED",
      description = "Instead: products of two networks drawn from this seed.")
  private Long random;

  @Option(names = "--list", description = "List the tasks and exit.")
  private boolean list;

  private boolean valid = true;

  private interface Task {
    void run(Consumer<Line> lines) throws Exception;
  }

  /** Runs the command. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Peers()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    PeerFactory factory =
        ServiceLoader.load(PeerFactory.class)
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "no peer on the class path; build with the Maven profile peers"));
    Map<String, Task> tasks = tasks(new Session(factory, threads, rounds));
    if (list) {
      tasks.keySet().forEach(System.out::println);
      return 0;
    }
    for (String name : chosen) {
      if (!tasks.containsKey(name)) {
        System.err.println("there is no task " + name + "; there are " + tasks.keySet());
        return 2;
      }
    }
    for (Map.Entry<String, Task> task : tasks.entrySet()) {
      if (chosen.isEmpty() || chosen.contains(task.getKey())) {
        System.err.println("# " + task.getKey());
        task.getValue().run(this::print);
      }
    }
    return valid ? 0 : 1;
  }

  private void print(Line line) {
    valid &= line.valid();
    System.out.println(line);
  }

  private Map<String, Task> tasks(Session session) {
    PassTasks passes = new PassTasks(session);
    Map<String, Task> tasks = new LinkedHashMap<>();
    if (random != null) {
      for (Work work : Work.random(random)) {
        System.err.println("# " + work.name() + ": " + work.network());
        tasks.put("product-" + work.name(), lines -> passes.product(work, 1, lines));
        tasks.put("product-" + work.name() + "-block8", lines -> passes.product(work, 8, lines));
      }
      return tasks;
    }
    tasks.put("product-mlp", lines -> passes.product(Work.mlp(), 1, lines));
    tasks.put("product-mlp-block8", lines -> passes.product(Work.mlp(), 8, lines));
    tasks.put("product-lenet", lines -> passes.product(Work.lenet(512), 1, lines));
    tasks.put("product-lenet-block8", lines -> passes.product(Work.lenet(512), 8, lines));
    tasks.put("product-plainnet18", lines -> passes.product(Work.plainnet18(), 1, lines));
    tasks.put("gradient-mlp", lines -> passes.gradient(Work.mlp(), lines));
    tasks.put("gradient-lenet", lines -> passes.gradient(Work.lenet(512), lines));
    tasks.put("gradient-plainnet18", lines -> passes.gradient(Work.plainnet18(), lines));
    tasks.put("landscape-lenet", new LandscapeTask(session)::run);
    MeasureTasks measures = new MeasureTasks(session);
    tasks.put("trace-exact", measures::traceExact);
    tasks.put("relative-flatness-last-layer", measures::lastLayer);
    tasks.put("top-eigenvalue", measures::topEigenvalue);
    tasks.put("trace-smooth", measures::traceSmooth);
    tasks.put(
        "threads-2-vs-1",
        lines -> {
          passes.threads(Work.mlp(), "", lines);
          passes.threads(Work.lenet(512), "-lenet", lines);
          passes.threads(Work.plainnet18(), "-plainnet18", lines);
        });
    Path home = Path.of(System.getProperty("bench.home", "."));
    ProcessTasks processes = new ProcessTasks(session, home);
    tasks.put("jdk17-vs-25", processes::jdks);
    tasks.put("memory-10x", processes::memory);
    tasks.put("startup-help", processes::help);
    tasks.put("startup-info", processes::info);
    return tasks;
  }
}
