@NullMarked
package io.freshet.cluster;

import org.jspecify.annotations.NullMarked;
