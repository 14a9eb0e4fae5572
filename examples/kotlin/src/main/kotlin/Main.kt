package example

import dev.flatness.Flatness
import dev.flatness.data.DataSource
import dev.flatness.data.Datasets
import dev.flatness.data.Preprocessing
import dev.flatness.loss.SoftmaxCrossEntropy
import dev.flatness.onnx.OnnxReader
import java.nio.file.Path
import java.util.Locale

/** Reads a network and its data from files and measures every layer. */
fun main() {
    val network = OnnxReader.withDefaults().read(Path.of("network.onnx")).network()
    Datasets.open(
        DataSource.of(Path.of("data.csv")),
        network.inputShape(),
        Preprocessing.withDefaults(),
    ).use { data ->
        val report = Flatness.of(network)
            .on(data, SoftmaxCrossEntropy.onLogits())
            .measure("relative-flatness-normalized", "kappa-tau", "hessian-trace")
            .seed(7)
            .report()
        println("loss %.6f".format(Locale.ROOT, report.evaluation().loss()))
        for (estimate in report.estimates().filterNot { it.value().isNaN() }) {
            val where = estimate.layer().orElse("network")
            println("%-28s  %-7s  %9.4f".format(Locale.ROOT, estimate.id(), where, estimate.value()))
        }
    }
}
