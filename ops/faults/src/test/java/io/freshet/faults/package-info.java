@NullMarked
package io.freshet.faults;

import org.jspecify.annotations.NullMarked;
