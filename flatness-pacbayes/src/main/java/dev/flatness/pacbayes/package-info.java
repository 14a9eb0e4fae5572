/** PAC-Bayes: Gaussian priors and posteriors, their divergence, bounds and the risk in them. */
@NullMarked
package dev.flatness.pacbayes;

import org.jspecify.annotations.NullMarked;
