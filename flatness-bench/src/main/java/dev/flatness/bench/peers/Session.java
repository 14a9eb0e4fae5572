package dev.flatness.bench.peers;

/**
 * What the tasks of a run share.
 *
 * @param factory the peer
 * @param threads threads of both sides
 * @param rounds alternations
 */
record Session(PeerFactory factory, int threads, int rounds) {
  Peer peer(Work work) {
    return (Peer) factory.open(work.network(), work.data(), work.batch(), threads);
  }

  Line line(String task) {
    return new Line(task)
        .with("peer", factory.name())
        .with("threads", threads)
        .with("precision", "float32")
        .with("jdk", Runtime.version().feature());
  }
}
