/** Changes of variables θ = g(η), and loss surfaces pulled back to them. */
package dev.flatness.coordinates;
