/**
 * Events as plain records: what the rest of Freshet handles. {@link io.freshet.schema.EventCodec}
 * reads and writes them as Avro, {@link io.freshet.schema.EventJson} as JSON lines. A record that
 * came out of either satisfies {@link io.freshet.schema.EventRules}.
 */
@NullMarked
package io.freshet.schema.event;

import org.jspecify.annotations.NullMarked;
