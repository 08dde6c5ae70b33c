/** Rebuilds versions from the event log and compares them with what the model log says. */
@NullMarked
package io.freshet.cli.audit;

import org.jspecify.annotations.NullMarked;
