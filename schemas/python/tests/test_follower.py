"""What a reader does, whatever a log holds: section 6."""

import unittest

from freshet_log.follower import Follower, NotVerified, Verified
from tests.canned import MODEL, CannedLog, Writer, chain_index


class FollowerTest(unittest.TestCase):
    def setUp(self):
        self.log = CannedLog()
        self.refused = []
        self.verified = []
        self.shown = []

    def follower(self, committed=False):
        return Follower(self.log, MODEL, committed)

    def read(self, follower):
        """Steps until nothing more comes."""
        while True:
            events = follower.step(0)
            for event in events:
                if isinstance(event, NotVerified):
                    self.refused.append(event.reason)
                else:
                    (self.shown if event.shown else self.verified).append(
                        event.manifest["number"]
                    )
            if not events and follower.caught_up():
                return

    def holds(self, follower, writer):
        self.assertEqual(follower.shown.version, writer.tip[:2])
        state = follower.shown.state
        self.assertEqual(state.hash(), writer.hash())
        self.assertTrue(state.intact())
        self.assertEqual(state.tensor("b").tolist(), list(writer.tensor))
        rows = {row_id: float(state.tables["t"].get(row_id)[0]) for row_id in state.tables["t"].ids()}
        self.assertEqual(rows, writer.rows)

    def test_follows_versions_with_new_changed_and_deleted_rows(self):
        writer = Writer(self.log, 1)
        writer.publish(1.0, {0: 0.0, 2**64 - 1: 5.0})
        follower = self.follower()
        self.read(follower)
        self.holds(follower, writer)
        for step in range(2, 60):
            writer.publish(float(step), {step: 1.0, 0: float(step)}, [step - 1] if step > 2 else [])
        self.read(follower)
        self.holds(follower, writer)
        self.assertEqual(self.refused, [])
        self.assertEqual(self.shown, list(range(1, 60)))

    def test_a_reader_that_comes_later_begins_at_the_newest_anchor(self):
        writer = Writer(self.log, 1)
        writer.publish(1.0, {0: 0.0})
        writer.anchor()
        writer.publish(2.0, {5: 1.0})
        writer.anchor()
        writer.publish(3.0, {6: 1.0})
        follower = self.follower()
        self.read(follower)
        self.holds(follower, writer)
        self.assertEqual(self.verified, [2, 3])
        self.assertEqual(self.shown, [3])

    def test_a_zombie_s_versions_are_never_applied_by_a_cold_reader(self):
        first = Writer(self.log, 1)
        base = first.publish(1.0, {0: 0.0})
        state = first.state()
        first.publish(2.0, {7: 7.0})
        second = Writer(self.log, 2, base, state)
        second.publish(30.0, {8: 8.0})
        follower = self.follower()
        self.read(follower)
        self.holds(follower, second)
        self.assertEqual(self.refused, [])

    def test_what_is_held_is_rebuilt_when_a_claim_takes_it_back(self):
        first = Writer(self.log, 1)
        base = first.publish(1.0, {0: 0.0})
        state = first.state()
        first.publish(2.0, {7: 7.0})
        follower = self.follower()
        self.read(follower)
        second = Writer(self.log, 2, base, state)
        second.anchor()
        self.read(follower)
        self.holds(follower, second)
        second.publish(3.0, {8: 8.0})
        self.read(follower)
        self.holds(follower, second)
        self.assertEqual(self.refused, [])

    def test_a_base_s_anchor_of_another_attempt_is_taken(self):
        first = Writer(self.log, 1)
        base = first.publish(1.0, {0: 0.0})
        state = first.state()
        first.publish(2.0)
        self.log.first = self.log.end()
        second = Writer(self.log, 2, base, state)
        second.anchor()
        follower = self.follower()
        self.read(follower)
        self.holds(follower, second)

    def test_a_fresh_start_retracts_everything_and_begins_with_a_whole_state(self):
        first = Writer(self.log, 1)
        first.publish(1.0, {0: 0.0, 9: 9.0})
        follower = self.follower()
        self.read(follower)
        second = Writer(self.log, 2)
        self.read(follower)
        self.assertEqual(follower.shown.version, first.tip[:2])
        second.publish(5.0, {0: 1.0})
        self.read(follower)
        self.holds(follower, second)

    def test_a_whole_version_replaces_what_is_held(self):
        writer = Writer(self.log, 1)
        writer.publish(1.0, {0: 0.0})
        follower = self.follower()
        self.read(follower)
        writer.publish(2.0, {4: 4.0}, whole=True)
        self.read(follower)
        self.holds(follower, writer)

    def test_versions_of_an_attempt_that_was_taken_over_are_refused(self):
        first = Writer(self.log, 1)
        base = first.publish(1.0, {0: 0.0})
        second = Writer(self.log, 2, base, first.state())
        first.publish(2.0)
        follower = self.follower()
        self.read(follower)
        self.assertIn("must be of attempt 2, the newest, got 1", self.refused[0])
        self.assertEqual(follower.foreign, 1)
        second.number = 2
        second.publish(3.0)
        self.read(follower)
        self.holds(follower, second)

    def spoilt(self, spoil, reason):
        """A version that comes spoilt is not applied; an anchor heals."""
        writer = Writer(self.log, 1)
        writer.publish(1.0, {0: 0.0, 1: 1.0})
        follower = self.follower()
        self.read(follower)
        before = follower.shown.state.hash()
        writer.publish(2.0, {3: 3.0}, [1], spoil=spoil)
        writer.publish(3.0, {4: 4.0})
        self.read(follower)
        self.assertIn(reason, self.refused[0])
        self.assertEqual(follower.shown.number, 1)
        self.assertEqual(follower.shown.state.hash(), before)
        self.assertTrue(follower.shown.state.intact())
        writer.anchor()
        writer.publish(4.0, {5: 5.0})
        self.read(follower)
        self.holds(follower, writer)

    def test_a_lost_chunk_is_refused_and_healed_from_an_anchor(self):
        self.spoilt(lambda records: [records[0], *records[2:]], "must be 2 chunks, 1 came")

    def test_a_lost_first_chunk_is_refused_and_healed_from_an_anchor(self):
        self.spoilt(lambda records: records[1:], "chunk 0 of 1:2 is missing")

    def test_chunks_out_of_order_are_refused_and_healed_from_an_anchor(self):
        self.spoilt(lambda records: [records[1], records[0], records[2]], "chunk 0 of 1:2 is missing")

    def test_a_flipped_bit_in_a_chunk_is_refused_and_healed_from_an_anchor(self):
        def flip(records):
            chunk = bytearray(records[1])
            chunk[-2] ^= 1
            return [records[0], bytes(chunk), records[2]]

        self.spoilt(flip, "chunk 1 must have hash")

    def test_a_repeated_chunk_changes_nothing(self):
        writer = Writer(self.log, 1)
        writer.publish(1.0, {0: 0.0}, spoil=lambda records: [records[0], *records])
        writer.publish(2.0, {3: 3.0}, spoil=lambda records: [*records[:2], *records[1:]])
        follower = self.follower()
        self.read(follower)
        self.holds(follower, writer)
        self.assertEqual(self.refused, [])

    def test_a_repeated_version_changes_nothing(self):
        writer = Writer(self.log, 1)
        writer.publish(1.0, {0: 0.0})
        writer.publish(2.0, {3: 3.0}, spoil=lambda records: [*records, *records])
        writer.publish(3.0)
        follower = self.follower()
        self.read(follower)
        self.holds(follower, writer)
        self.assertEqual(self.refused, [])

    def test_a_state_that_does_not_hash_as_promised_is_undone(self):
        writer = Writer(self.log, 1)
        writer.publish(1.0, {0: 0.0, 1: 1.0})
        follower = self.follower()
        self.read(follower)
        before = follower.shown.state.hash()
        honest = writer.hash
        writer.hash = lambda: "f" * 32
        writer.publish(2.0, {0: 9.0, 2: 2.0}, [1])
        self.read(follower)
        self.assertIn("must have hash " + "f" * 32, self.refused[0])
        self.assertEqual(follower.shown.state.hash(), before)
        self.assertTrue(follower.shown.state.intact())
        writer.hash = honest
        writer.publish(3.0, whole=True)
        self.read(follower)
        self.holds(follower, writer)

    def test_a_bit_that_flips_in_memory_is_found_when_its_row_is_touched_and_healed(self):
        writer = Writer(self.log, 1)
        writer.publish(1.0, {0: 0.0, 1: 1.0})
        follower = self.follower()
        self.read(follower)
        follower.shown.state.tables["t"].get(1)[0] = 1.25
        writer.publish(2.0, {1: 2.0})
        self.read(follower)
        self.assertIn("it changed", self.refused[1])
        self.holds(follower, writer)

    def test_a_bit_that_flips_in_a_row_that_nothing_touches_is_found_by_a_scrub_and_healed(self):
        writer = Writer(self.log, 1)
        writer.publish(1.0, {0: 0.0, 1: 1.0})
        follower = self.follower()
        self.read(follower)
        follower.scrub()
        self.read(follower)
        self.assertEqual(self.refused, [])
        follower.shown.state.tables["t"].get(1)[0] = 1.25
        follower.scrub()
        self.read(follower)
        self.assertIn("it changed", self.refused[0])
        self.holds(follower, writer)

    def test_garbage_and_records_of_other_models_are_counted_and_skipped(self):
        writer = Writer(self.log, 1)
        self.log.append(b"\xde\xad")
        self.log.append(b"\xc3\x01" + bytes(8) + b"unknown")
        writer.publish(1.0, {0: 0.0})
        foreign = CannedLog()
        Writer(foreign, 9)
        self.log.append(foreign.values[0].replace(b"\x02m", b"\x02x", 1))
        writer.publish(2.0)
        follower = self.follower()
        self.read(follower)
        self.holds(follower, writer)
        self.assertEqual(follower.unreadable, 3)

    def test_a_damaged_anchor_is_passed_over_for_an_older_one(self):
        writer = Writer(self.log, 1)
        writer.publish(1.0, {0: 0.0})
        writer.anchor()
        writer.publish(2.0, {1: 1.0})
        writer.anchor()
        at = max(self.log.anchor_values) - 1
        chunk = bytearray(self.log.anchor_values[at])
        chunk[-1] ^= 1
        self.log.anchor_values[at] = bytes(chunk)
        follower = self.follower()
        self.read(follower)
        self.assertIn("its anchor", self.refused[0])
        self.assertEqual(self.verified, [1, 2])
        self.holds(follower, writer)

    def test_a_reader_whose_offset_is_gone_heals_from_an_anchor(self):
        writer = Writer(self.log, 1)
        writer.publish(1.0, {0: 0.0})
        follower = self.follower()
        self.read(follower)
        writer.publish(2.0)
        writer.publish(3.0, {1: 1.0})
        writer.anchor()
        self.log.first = self.log.end()
        self.read(follower)
        self.assertIn("is gone", self.refused[0])
        self.holds(follower, writer)

    def test_an_anchor_that_the_log_no_longer_goes_on_from_is_not_taken(self):
        writer = Writer(self.log, 1)
        writer.publish(1.0, {0: 0.0})
        writer.anchor()
        writer.publish(2.0)
        self.log.first = self.log.end()
        follower = self.follower()
        self.read(follower)
        self.assertIsNone(follower.shown)
        writer.anchor()
        self.read(follower)
        self.holds(follower, writer)
        self.assertEqual(self.refused, [])

    def test_a_cold_reader_without_anchor_and_beginning_waits_for_an_anchor(self):
        writer = Writer(self.log, 1)
        writer.publish(1.0, {0: 0.0})
        self.log.first = self.log.end()
        writer.publish(2.0)
        follower = self.follower()
        self.read(follower)
        self.assertIsNone(follower.shown)
        writer.anchor()
        self.read(follower)
        self.holds(follower, writer)

    def test_a_committed_reader_waits_for_commits(self):
        writer = Writer(self.log, 1)
        writer.publish(1.0, {0: 0.0})
        follower = self.follower(committed=True)
        self.read(follower)
        self.assertIsNone(follower.shown)
        writer.commit()
        self.read(follower)
        self.holds(follower, writer)
        writer.publish(2.0)
        writer.publish(3.0)
        writer.commit(2)
        self.read(follower)
        self.assertEqual(follower.shown.number, 2)
        writer.publish(4.0)
        writer.commit()
        self.read(follower)
        self.holds(follower, writer)

    def test_a_committed_reader_never_sees_what_is_retracted_and_uses_no_newer_anchor(self):
        first = Writer(self.log, 1)
        base = first.publish(1.0, {0: 0.0})
        state = first.state()
        first.commit()
        first.publish(2.0)
        first.anchor()
        follower = self.follower(committed=True)
        self.read(follower)
        self.assertEqual(follower.shown.number, 1)
        second = Writer(self.log, 2, base, state)
        second.publish(9.0)
        second.commit()
        self.read(follower)
        self.holds(follower, second)
        self.assertEqual(self.refused, [])
        self.assertEqual(self.shown, [1, 3])

    def test_claims_of_the_index_are_known_before_the_log_is_read(self):
        first = Writer(self.log, 1)
        base = first.publish(1.0, {0: 0.0})
        state = first.state()
        first.publish(2.0)
        first.anchor()
        second = Writer(self.log, 2, base, state)
        self.log.chain = chain_index(first, second)
        second.publish(3.0)
        follower = self.follower()
        self.read(follower)
        self.holds(follower, second)
        self.assertEqual(self.log.seeks, [0])
        self.assertEqual(self.verified, [1, 3])

    def test_a_claim_that_the_index_does_not_list_is_not_this_log_s(self):
        writer = Writer(self.log, 1)
        writer.publish(1.0, {0: 0.0})
        self.log.chain = chain_index(writer)
        copied = Writer(self.log, 7, writer="x")
        copied.publish(5.0, {0: 9.0})
        writer.number = 2
        writer.publish(2.0)
        follower = self.follower()
        self.read(follower)
        self.holds(follower, writer)
        self.assertIn("the index must list its claims, that of attempt 7 by x", self.refused[0])
        self.assertEqual(follower.foreign, 2)

    def test_a_claim_is_waited_for_in_the_index(self):
        first = Writer(self.log, 1)
        base = first.publish(1.0, {0: 0.0})
        self.log.chain = chain_index(first)
        second = Writer(self.log, 2, base, first.state())
        second.publish(2.0)
        self.log.late_index = [self.log.chain, chain_index(first, second)]
        follower = self.follower()
        self.read(follower)
        self.holds(follower, second)
        self.assertEqual(self.refused, [])

    def test_versions_of_another_writer_with_the_newest_epoch_are_refused(self):
        writer = Writer(self.log, 1)
        writer.publish(1.0, {0: 0.0})
        impostor = Writer(CannedLog(), 1, writer="x")
        impostor.log, impostor.number = self.log, 1
        impostor.publish(8.0, {0: 8.0})
        writer.publish(2.0)
        follower = self.follower()
        self.read(follower)
        self.holds(follower, writer)
        self.assertIn("attempt 1 must be that of writer w, got x", self.refused[0])

    def test_a_commit_counts_once_the_index_says_so_too(self):
        writer = Writer(self.log, 1)
        writer.publish(1.0, {0: 0.0})
        self.log.chain = chain_index(writer)
        writer.commit()
        follower = self.follower(committed=True)
        self.read(follower)
        self.assertIsNone(follower.shown)
        writer.publish(2.0)
        writer.commit()
        self.log.late_index = [chain_index(writer, committed=2)]
        self.read(follower)
        self.holds(follower, writer)

    def test_a_first_chunk_that_differs_begins_its_version_anew(self):
        writer = Writer(self.log, 1)
        writer.publish(1.0, {0: 0.0})
        stray = Writer(CannedLog(), 1)
        stray.tip, stray.number, stray.tensor = writer.tip, 2, (9.0, 9.0)
        self.log.append(stray.chunks({}, ())[0])
        writer.publish(2.0)
        follower = self.follower()
        self.read(follower)
        self.holds(follower, writer)
        self.assertEqual(self.refused, [])

    def test_events_say_how_a_version_came(self):
        writer = Writer(self.log, 1)
        writer.publish(1.0, {0: 0.0})
        writer.anchor()
        follower = self.follower()
        events = follower.step(0) + follower.step(0)
        self.assertEqual([event.by for event in events], ["anchor", "rebuilt"])
        self.assertTrue(all(isinstance(event, Verified) for event in events))


if __name__ == "__main__":
    unittest.main()
