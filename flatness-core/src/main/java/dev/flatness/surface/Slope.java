package dev.flatness.surface;

/**
 * Loss and gradient at one point.
 *
 * @param loss L(θ)
 * @param gradient ∇L(θ), one entry a parameter; copied neither here nor by its reader
 */
public record Slope(double loss, double[] gradient) {}
