/** The Python reader of the model log against logs that learners write and scores that Java has. */
@NullMarked
package io.freshet.cli.python;

import org.jspecify.annotations.NullMarked;
