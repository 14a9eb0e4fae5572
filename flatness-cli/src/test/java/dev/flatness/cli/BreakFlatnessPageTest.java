package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page "Break flatness, then repair it", command by command. */
class BreakFlatnessPageTest {
  private static final Pattern BLOCK = Pattern.compile("```\n(.*?)```", Pattern.DOTALL);

  @Test
  void everyCommandRunsAndPrintsTheLinesThatFollow(@TempDir Path folder) throws IOException {
    Matcher block = BLOCK.matcher(Files.readString(Path.of("../docs/howto-break-flatness.md")));
    Terminal wide = new Terminal(true, false, 100, false);
    String printed = "";
    int commands = 0;
    int lines = 0;
    while (block.find()) {
      String text = block.group(1);
      if (text.startsWith("./flatness ")) {
        List<String> arguments = new ArrayList<>();
        for (String part : text.replace("\\\n", " ").trim().split("\\s+")) {
          arguments.add(part.startsWith("demo") && arguments.size() > 1 ? in(folder, part) : part);
        }
        CommandRun run =
            CommandRun.on(wide, arguments.subList(1, arguments.size()).toArray(String[]::new));
        assertThat(run.code()).as(text + run.err()).isZero();
        printed = run.out();
        commands++;
      } else {
        for (String line : text.lines().toList()) {
          // Changes of the size of rounding depend on the processor.
          String exact =
              "\\Q" + line.replaceAll("\\d(\\.\\d+)?e-1\\d|✓ 0", "\\\\E.{1,7}\\\\Q") + "\\E";
          assertThat(printed.lines()).as(line).anyMatch(shown -> shown.matches(exact));
          lines++;
        }
      }
    }
    assertThat(commands).isEqualTo(6);
    assertThat(lines).isGreaterThan(20);
  }

  private static String in(Path folder, String part) {
    return folder.resolve(part).toString();
  }

  @Test
  void whatClaimsToWithstandItDoesAndTheOthersMoveByOrders(@TempDir Path folder)
      throws IOException {
    String data = in(folder, "demo/data.csv");
    assertThat(CommandRun.of("demo", "--save", in(folder, "demo")).code()).isZero();
    assertThat(
            CommandRun.of(
                    "rescale",
                    "--model",
                    in(folder, "demo/network.onnx"),
                    "--data",
                    data,
                    "--random",
                    "--out",
                    in(folder, "demo/random.onnx"))
                .code())
        .isZero();
    Map<String, Double> before = numbers(folder, "network", data);
    Map<String, Double> after = numbers(folder, "random", data);
    for (String id : List.of("rho-sum", "psi-trace", "path-norm-1", "path-norm-2")) {
      assertThat(after.get(id) / before.get(id)).as(id).isBetween(1 - 1e-9, 1 + 1e-9);
    }
    for (String id : List.of("hessian-trace", "hessian-top-eigenvalue", "kappa-tau-sum")) {
      assertThat(after.get(id) / before.get(id)).as(id).isGreaterThan(1000);
    }
    assertThat(after.get("relative-flatness-normalized fc2"))
        .isCloseTo(before.get("relative-flatness-normalized fc2"), withinPercentage(1e-7));
    assertThat(after.get("relative-flatness fc3") / before.get("relative-flatness fc3"))
        .isGreaterThan(10);
  }

  private static Map<String, Double> numbers(Path folder, String name, String data)
      throws IOException {
    Path json = folder.resolve(name + ".json");
    CommandRun run =
        CommandRun.of(
            "measure",
            "--model",
            in(folder, "demo/" + name + ".onnx"),
            "--data",
            data,
            "--measures",
            "hessian-trace,hessian-top-eigenvalue,kappa-tau-sum,relative-flatness,"
                + "relative-flatness-normalized,rho-sum,psi-trace,path-norm-1,path-norm-2",
            "--quiet",
            "--json",
            json.toString());
    assertThat(run.code()).as(run.err()).isZero();
    Map<String, Double> numbers = new HashMap<>();
    for (JsonNode one : new ObjectMapper().readTree(json.toFile()).get("measures")) {
      String layer = one.has("layer") ? " " + one.get("layer").asText() : "";
      numbers.put(one.get("id").asText() + layer, one.get("value").asDouble());
    }
    return numbers;
  }
}
