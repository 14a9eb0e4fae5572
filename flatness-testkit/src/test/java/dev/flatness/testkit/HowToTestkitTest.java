package dev.flatness.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page's examples are tests of this module, word for word. */
class HowToTestkitTest {
  private static final Pattern JAVA =
      Pattern.compile("```java\n(.*?\\bclass (\\w+).*?)```", Pattern.DOTALL);

  @Test
  void everyExampleIsATestThatRuns() throws IOException {
    List<String> names =
        JAVA.matcher(Files.readString(Path.of("../docs/howto-testkit.md")))
            .results()
            .map(
                example -> {
                  assertThat(source(example.group(2))).content().contains(example.group(1));
                  return example.group(2);
                })
            .toList();
    assertThat(names).containsExactly("RosenbrockTest", "LossTest", "ClaimsTest", "RescalingTest");
  }

  private static Path source(String name) {
    return Path.of("src/test/java/dev/flatness/testkit/" + name + ".java");
  }
}
