package dev.flatness.linalg;

import dev.flatness.internal.kernels.PlainGemm;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds the matrix products that work on this machine.
 *
 * <p>Providers come from {@link ServiceLoader}; the plain Java one is always among them. Each is
 * loaded at most once, and only when it is asked for.
 */
public final class Gemms {
  private Gemms() {}

  /**
   * Returns the best matrix product that loads here: the one of highest priority.
   *
   * @return plain Java where nothing else loads
   */
  public static Gemm best() {
    return Best.GEMM;
  }

  /**
   * Returns the plain Java matrix product, which is always there.
   *
   * @return one object for the whole process
   */
  public static Gemm plain() {
    return Registry.PLAIN;
  }

  /**
   * Returns the matrix product of a provider.
   *
   * @param id the provider's id, one of those {@link #candidates()} lists
   * @return the implementation
   * @throws IllegalArgumentException when there is no provider of that id
   * @throws IllegalStateException when the provider does not work here; the message says why
   */
  public static Gemm byId(String id) {
    for (Candidate candidate : Registry.CANDIDATES) {
      if (candidate.id().equals(id)) {
        GemmProvider.Outcome outcome = candidate.outcome();
        if (outcome instanceof GemmProvider.Loaded loaded) {
          return loaded.gemm();
        }
        throw new IllegalStateException(
            "matrix product \""
                + id
                + "\" is not available here: "
                + ((GemmProvider.Unavailable) outcome).reason());
      }
    }
    throw new IllegalArgumentException(
        "matrix product \""
            + id
            + "\" is not known; choose one of "
            + Registry.CANDIDATES.stream().map(Candidate::id).collect(Collectors.joining(", ")));
  }

  /**
   * Returns all providers, the best first, whether they work here or not.
   *
   * @return an immutable list
   */
  public static List<Candidate> candidates() {
    return Registry.CANDIDATES;
  }

  /** A provider that was found, with what came of loading it. */
  public static final class Candidate {
    private final GemmProvider provider;
    private GemmProvider.@Nullable Outcome outcome;

    private Candidate(GemmProvider provider) {
      this.provider = provider;
    }

    /**
     * Returns the provider's id.
     *
     * @return for instance {@code vector}
     */
    public String id() {
      return provider.id();
    }

    /**
     * Returns the provider's rank on this JDK.
     *
     * @return the rank; plain Java has 0
     */
    public int priority() {
      return provider.priority();
    }

    /**
     * Returns what loading it came to; loads it at the first call.
     *
     * @return the implementation, or why there is none
     */
    public synchronized GemmProvider.Outcome outcome() {
      if (outcome == null) {
        try {
          outcome = provider.load();
        } catch (Exception | LinkageError e) {
          outcome = new GemmProvider.Unavailable("it failed to load: " + e);
        }
      }
      return outcome;
    }
  }

  /** Built at first use and constant from then on. */
  private static final class Registry {
    static final Gemm PLAIN = new PlainGemm();
    static final List<Candidate> CANDIDATES = find();

    private static List<Candidate> find() {
      List<Candidate> found = new ArrayList<>();
      found.add(new Candidate(new PlainProvider()));
      Iterator<GemmProvider> services =
          ServiceLoader.load(GemmProvider.class, GemmProvider.class.getClassLoader()).iterator();
      while (true) {
        try {
          if (!services.hasNext()) {
            break;
          }
          found.add(new Candidate(services.next()));
        } catch (ServiceConfigurationError e) {
          found.add(new Candidate(new BrokenProvider(String.valueOf(e.getMessage()))));
        }
      }
      found.sort(
          Comparator.comparingInt(Candidate::priority).reversed().thenComparing(Candidate::id));
      return List.copyOf(found);
    }
  }

  /** Apart from the registry, so that listing the providers loads none of them. */
  private static final class Best {
    static final Gemm GEMM = choose();

    private static Gemm choose() {
      for (Candidate candidate : Registry.CANDIDATES) {
        if (candidate.outcome() instanceof GemmProvider.Loaded loaded) {
          return loaded.gemm();
        }
      }
      return Registry.PLAIN;
    }
  }

  private record PlainProvider() implements GemmProvider {
    @Override
    public String id() {
      return "plain";
    }

    @Override
    public int priority() {
      return 0;
    }

    @Override
    public Outcome load() {
      return new Loaded(Registry.PLAIN);
    }
  }

  /** Stands for a service entry that could not be instantiated, so that the list shows it. */
  private record BrokenProvider(String reason) implements GemmProvider {
    @Override
    public String id() {
      return "broken";
    }

    @Override
    public int priority() {
      return Integer.MIN_VALUE;
    }

    @Override
    public Outcome load() {
      return new Unavailable(reason);
    }
  }
}
