/** Arbitraries, oracles and contract suites for tests of code that uses or implements flatness. */
package dev.flatness.testkit;
