package dev.flatness.dl4j;

/** Adds what stands for a layer or vertex of DL4J to the network that is built. */
@FunctionalInterface
interface Step {
  /** Changes nothing. */
  Step NOTHING = (assembly, inputs) -> inputs[0];

  /**
   * Adds the nodes.
   *
   * @param assembly the network so far
   * @param inputs the nodes that are read
   * @return the node that holds the value
   */
  int add(Assembly assembly, int... inputs);

  /** Returns this step followed by another, which reads its value. */
  default Step then(Step next) {
    if (next == NOTHING) {
      return this;
    }
    return this == NOTHING ? next : (assembly, inputs) -> next.add(assembly, add(assembly, inputs));
  }
}
