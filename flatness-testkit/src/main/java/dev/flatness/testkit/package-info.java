/** Arbitraries, oracles and contract suites for tests of code that uses or implements flatness. */
@NullMarked
package dev.flatness.testkit;

import org.jspecify.annotations.NullMarked;
