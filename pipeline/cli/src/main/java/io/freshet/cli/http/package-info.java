/** What the small web servers of the commands share: errors as JSON, metrics as text. */
@NullMarked
package io.freshet.cli.http;

import org.jspecify.annotations.NullMarked;
