"""The vectors of section 8 come out of this reader."""

import json
import pathlib
import unittest

import numpy as np

from freshet_log.hashing import (
    StateHash,
    block_bytes,
    cross_of,
    id_of,
    record_hash,
    row_bytes,
    row_prefix,
)
from freshet_log.records import SCHEMAS, Codec, Unreadable, fingerprint
from freshet_log.state import FLOAT, State

SPECIFICATION = pathlib.Path(__file__).resolve().parents[2] / "MODEL-LOG.md"


def vectors():
    text = SPECIFICATION.read_text("utf-8")
    block = text.split("```vectors\n")[1].split("```")[0]
    return dict(line.split(" = ", 1) for line in block.splitlines() if line)


def floats(*values):
    return np.array(values, FLOAT)


def state_of(tensors, tables, parts):
    state = State(tensors, tables)
    state.apply(parts, lambda whole: None)
    return state


class VectorsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.vectors = vectors()

    def due(self, name):
        return self.vectors[name]

    def test_every_fingerprint_of_the_page_is_that_of_its_schema(self):
        named = [name for name in self.vectors if name.startswith("fingerprint ")]
        self.assertGreaterEqual(len(named), 7)
        for name in named:
            file = SCHEMAS / "avro" / "log" / (name.split(" ")[1] + ".avsc")
            schema = json.loads(file.read_text("utf-8"))
            self.assertEqual("%016x" % fingerprint(schema), self.due(name), name)

    def test_every_released_schema_has_the_fingerprint_of_the_index(self):
        released = SCHEMAS / "resources" / "io" / "freshet" / "schema" / "released"
        lines = (released / "index").read_text("utf-8").split("\n")
        for file, due in (line.split(" ") for line in lines if line):
            schema = json.loads((released / file).read_text("utf-8"))
            self.assertEqual("%016x" % fingerprint(schema), due, file)

    def test_ids_of_strings(self):
        named = [name for name in self.vectors if name.startswith("id ")]
        self.assertGreaterEqual(len(named), 4)
        for name in named:
            text = json.loads(name[len("id ") :])
            self.assertEqual("%016x" % id_of(text), self.due(name), name)

    def test_the_id_of_a_cross(self):
        crossed = cross_of([id_of("i17"), id_of("c4")])
        self.assertEqual("%016x" % crossed, self.due('cross "i17" "c4"'))

    def test_a_row_s_bytes_and_hash(self):
        row = row_bytes(row_prefix("item"), 42, floats(1.5, -0.0))
        self.assertEqual(row.hex(), self.due("row bytes"))
        self.assertEqual(record_hash(row), self.due("row hash"))

    def test_a_block_s_bytes_and_hash(self):
        block = block_bytes("mlp.0.b", (3,), 0, floats(1, 2, 3))
        self.assertEqual(block.hex(), self.due("block bytes"))
        self.assertEqual(record_hash(block), self.due("block hash"))

    def test_a_tensor_of_two_blocks(self):
        large = np.arange(5000, dtype=FLOAT) * FLOAT.type(0.5)
        part = {"name": "large", "shape": [50, 100], "first": 0, "values": large.tobytes()}
        state = state_of({"large": (50, 100)}, {}, [part])
        self.assertEqual(state.hash(), self.due("large tensor hash"))

    def test_a_state_s_hash_kept_and_computed_anew(self):
        state = state_of(
            {"mlp.0.b": (3,)},
            {"item": 2},
            [
                {
                    "name": "mlp.0.b",
                    "shape": [3],
                    "first": 0,
                    "values": floats(1, 2, 3).tobytes(),
                },
                {
                    "table": "item",
                    "width": 2,
                    "ids": np.array([42, 2**64 - 1], "<u8").tobytes(),
                    "values": floats(1.5, -0.0, 0.25, 3).tobytes(),
                },
            ],
        )
        self.assertEqual(state.hash(), self.due("state hash"))
        self.assertTrue(state.intact())

    def test_a_hash_does_not_know_what_came_and_went(self):
        kept = StateHash()
        kept.add(b"a")
        kept.add(b"b")
        kept.subtract(b"a")
        alone = StateHash()
        alone.add(b"b")
        self.assertEqual(str(kept), str(alone))

    def test_a_chunk_decodes_to_what_the_page_says(self):
        value = bytes.fromhex(self.due("chunk value"))
        self.assertEqual(record_hash(value), self.due("chunk hash"))
        kind, chunk = Codec.of_log().decode(value)
        self.assertEqual(kind, "Chunk")
        tensor, rows, gone = chunk.pop("parts")
        self.assertEqual(
            chunk, {"model": "din", "epoch": 1, "number": 2, "anchor": False, "index": 0}
        )
        self.assertEqual(tensor["values"], floats(1, -1).tobytes())
        self.assertEqual((rows["width"], rows["values"]), (1, floats(1.5).tobytes()))
        self.assertEqual(gone["ids"], (7).to_bytes(8, "little"))

    def test_a_value_cut_anywhere_or_made_longer_is_unreadable(self):
        codec, value = Codec.of_log(), bytes.fromhex(self.due("chunk value"))
        for length in range(len(value)):
            with self.assertRaises(Unreadable):
                codec.decode(value[:length])
        with self.assertRaises(Unreadable):
            codec.decode(value + b"\0")

    def test_a_record_of_another_kind_is_unreadable_by_its_fingerprint(self):
        value = bytes.fromhex(self.due("chunk value"))
        with self.assertRaisesRegex(Unreadable, "fingerprint is 0dec823e39bc8093"):
            Codec.of_index().decode(value)


if __name__ == "__main__":
    unittest.main()
