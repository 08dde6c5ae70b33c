/**
 * A shop that does not exist: users with drifting interests, a catalogue that never rests, and
 * clicks whose true probability is known. Everything is a closed-form function of (seed, time) or
 * drawn within one block of event time, so the stream starts at any index without being replayed
 * from zero.
 */
@NullMarked
package io.freshet.source.simulator;

import org.jspecify.annotations.NullMarked;
