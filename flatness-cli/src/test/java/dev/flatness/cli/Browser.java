package dev.flatness.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A headless Chromium that is driven through its debugging protocol. */
final class Browser implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long PATIENCE = 120;

  private final Process process;
  private final WebSocket socket;
  private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
  private final BlockingQueue<String> loaded = new LinkedBlockingQueue<>();
  private final List<String> complaints = new CopyOnWriteArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private String session = "";
  private int number;

  private Browser(Process process, URI address) {
    this.process = process;
    this.socket =
        HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(address, new Listener()).join();
  }

  /** Where Chromium is: the variable CHROMIUM, or the path. */
  static Optional<Path> installed() {
    String named = System.getenv("CHROMIUM");
    Stream<Path> places =
        named != null
            ? Stream.of(Path.of(named))
            : Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .flatMap(
                    folder ->
                        Stream.of(
                            Path.of(folder, "chromium"), Path.of(folder, "chromium-browser")));
    return places.filter(Files::isExecutable).findFirst();
  }

  static Browser start(Path program, Path profile) throws IOException {
    Process process =
        new ProcessBuilder(
                program.toString(),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--use-angle=swiftshader",
                "--enable-unsafe-swiftshader",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--no-first-run",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    BufferedReader errors = process.errorReader(StandardCharsets.UTF_8);
    String line = errors.readLine();
    while (line != null && !line.startsWith("DevTools listening on ")) {
      line = errors.readLine();
    }
    if (line == null) {
      throw new IOException(program + " did not start");
    }
    Thread drain =
        new Thread(
            () -> {
              try {
                while (errors.readLine() != null) {
                  // Nobody reads it; a full pipe would stop the browser.
                }
              } catch (IOException closed) {
                return;
              }
            });
    drain.setDaemon(true);
    drain.start();
    Browser browser =
        new Browser(process, URI.create(line.substring("DevTools listening on ".length())));
    browser.openTab();
    return browser;
  }

  private void openTab() {
    String target =
        call("Target.createTarget", Map.of("url", "about:blank")).get("targetId").asText();
    session =
        call("Target.attachToTarget", Map.of("targetId", target, "flatten", true))
            .get("sessionId")
            .asText();
    call("Page.enable", Map.of());
    call("Runtime.enable", Map.of());
    call("Log.enable", Map.of());
    call("Network.enable", Map.of());
  }

  /** Opens a file and waits until it is loaded. */
  void open(Path file) {
    complaints.clear();
    requests.clear();
    loaded.clear();
    call("Page.navigate", Map.of("url", file.toUri().toString()));
    try {
      if (loaded.poll(PATIENCE, TimeUnit.SECONDS) == null) {
        throw new IllegalStateException(file + " was not loaded in " + PATIENCE + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Evaluates an expression, a promise included. */
  JsonNode evaluate(String expression) {
    JsonNode answer =
        call(
            "Runtime.evaluate",
            Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
    if (answer.has("exceptionDetails")) {
      throw new IllegalStateException(expression + ": " + answer.get("exceptionDetails"));
    }
    return answer.path("result").path("value");
  }

  /** Waits until an expression is true. */
  void await(String expression) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE);
    while (!evaluate(expression).asBoolean()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(expression + " did not come true: " + complaints);
      }
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  /** Presses a key. */
  void press(String key, int code) {
    for (String type : List.of("keyDown", "keyUp")) {
      ObjectNode event = JSON.createObjectNode();
      event.put("type", type).put("key", key).put("code", key).put("windowsVirtualKeyCode", code);
      if (key.equals("Enter") && type.equals("keyDown")) {
        event.put("text", "\r");
      }
      call("Input.dispatchKeyEvent", JSON.convertValue(event, Map.class));
    }
  }

  void theme(String scheme) {
    call(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  void size(int width, int height, boolean phone) {
    call(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", phone));
  }

  /** Writes the whole page as an image. */
  void screenshot(Path target) {
    String root = "document.documentElement.";
    Map<String, Object> whole =
        Map.of(
            "x", 0,
            "y", 0,
            "width", evaluate(root + "clientWidth").asInt(),
            "height", evaluate(root + "scrollHeight").asInt(),
            "scale", 1);
    JsonNode shot =
        call("Page.captureScreenshot", Map.of("captureBeyondViewport", true, "clip", whole));
    byte[] image = Base64.getDecoder().decode(shot.get("data").asText());
    try {
      Files.createDirectories(target.toAbsolutePath().getParent());
      Files.write(target, image);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the console said of errors and warnings since the last page was opened. */
  List<String> complaints() {
    return complaints;
  }

  /** What was requested since the last page was opened but the page itself and inline data. */
  List<String> requests() {
    return requests.stream()
        .filter(url -> !url.startsWith("data:") && !url.startsWith("blob:"))
        .toList();
  }

  private synchronized JsonNode call(String method, Map<?, ?> parameters) {
    int id = ++number;
    ObjectNode message = JSON.createObjectNode();
    message.put("id", id).put("method", method);
    message.set("params", JSON.valueToTree(parameters));
    if (!session.isEmpty()) {
      message.put("sessionId", session);
    }
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    answers.put(id, answer);
    socket.sendText(message.toString(), true).join();
    JsonNode reply = answer.orTimeout(PATIENCE, TimeUnit.SECONDS).join();
    if (reply.has("error")) {
      throw new IllegalStateException(method + ": " + reply.get("error"));
    }
    return reply.get("result");
  }

  private void receive(String text) {
    JsonNode message;
    try {
      message = JSON.readTree(text);
    } catch (IOException e) {
      complaints.add("unreadable message " + e.getMessage());
      return;
    }
    if (message.has("id")) {
      CompletableFuture<JsonNode> answer = answers.remove(message.get("id").asInt());
      if (answer != null) {
        answer.complete(message);
      }
      return;
    }
    JsonNode event = message.path("params");
    switch (message.path("method").asText()) {
      case "Page.loadEventFired" -> loaded.add("loaded");
      case "Runtime.exceptionThrown" -> complaints.add(event.toString());
      case "Runtime.consoleAPICalled" -> {
        if (List.of("error", "warning", "assert").contains(event.path("type").asText())) {
          complaints.add(event.path("args").toString());
        }
      }
      case "Log.entryAdded" -> {
        String level = event.path("entry").path("level").asText();
        if (level.equals("error")) {
          complaints.add(event.path("entry").path("text").asText());
        }
      }
      case "Network.requestWillBeSent" -> {
        if (!event.path("type").asText().equals("Document")) {
          requests.add(event.path("request").path("url").asText());
        }
      }
      default -> {
        // Other events say nothing about the page.
      }
    }
  }

  @Override
  public void close() {
    socket.abort();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    try {
      process.waitFor(PATIENCE, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Puts the parts of messages together. */
  private final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        receive(text.toString());
        text.setLength(0);
      }
      from.request(1);
      return null;
    }
  }
}
