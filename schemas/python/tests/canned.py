"""A log in memory and a writer of it, which shares no state or hash code with the reader."""

import io
import json
import struct

import avro.io
import avro.schema
import xxhash

from freshet_log.follower import LostOffset
from freshet_log.records import SCHEMAS, Codec, Unreadable, fingerprint

MODEL = "m"
ZEROS = "0" * 32


def encoded(kind, record):
    text = (SCHEMAS / "avro" / "log" / (kind + ".avsc")).read_text("utf-8")
    schema = avro.schema.parse(text)
    out = io.BytesIO()
    avro.io.DatumWriter(schema).write_data(schema, record, avro.io.BinaryEncoder(out))
    return b"\xc3\x01" + struct.pack("<Q", fingerprint(json.loads(text))) + out.getvalue()


class CannedLog:
    """What follower.py says a log is: everything written so far is there at once."""

    def __init__(self):
        self.values = {}
        self.anchor_values = {}
        self.anchors = None
        self.chain = None
        self.first = 0
        self._at = 0
        self.seeks = []
        self.late_index = []

    def append(self, value):
        # Every record is followed by a hole, as transactions leave them.
        offset = 2 * len(self.values)
        self.values[offset] = value
        return offset

    def end(self):
        return 2 * len(self.values)

    def poll(self, _):
        if self._at < self.first:
            raise LostOffset("offset %d is gone" % self._at)
        records = [(at, value) for at, value in self.values.items() if at >= self._at]
        self._at = max(self._at, self.end())
        return records

    def at_end(self):
        return self._at >= self.end()

    def seek(self, offset):
        self.seeks.append(offset)
        self._at = offset

    def seek_to_end(self):
        self._at = self.end()

    def beginning(self):
        return self.first

    def index(self):
        return self.anchors, self.chain

    def await_index(self, _):
        if self.late_index:
            self.chain = self.late_index.pop(0)

    def anchor(self, position):
        chunks = [
            value
            for at, value in self.anchor_values.items()
            if position["firstOffset"] <= at < position["manifestOffset"]
        ]
        return self.anchor_values[position["manifestOffset"]], iter(chunks)


class Writer:
    """One attempt. Its model has the tensor b [2] and the table t of width 1."""

    def __init__(self, log, epoch, base=None, state=None, writer="w"):
        """base: (epoch, number, hash) or None; state: what the base holds."""
        self.log = log
        self.epoch = epoch
        self.base = base
        self.writer = writer
        self.claimed_at = log.end()
        self.tensor, rows = state or ((0.0, 0.0), {})
        self.rows = dict(rows)
        self.tip = base
        self.number = highest(log)
        self.last = None
        log.append(
            encoded(
                "Claim",
                {
                    "model": MODEL,
                    "epoch": epoch,
                    "writer": self.writer,
                    "baseEpoch": base and base[0],
                    "baseNumber": base and base[1],
                    "baseHash": base[2] if base else ZEROS,
                    "highestNumber": self.number,
                    "claimedAt": 0,
                },
            )
        )

    def state(self):
        return self.tensor, dict(self.rows)

    def hash(self):
        terms = [b"\x02\x01\x00b\x01" + struct.pack("<IIff", 2, 0, *self.tensor)]
        for row_id, value in self.rows.items():
            terms.append(b"\x01\x01\x00t" + struct.pack("<QIf", row_id, 1, value))
        hashes = [xxhash.xxh3_128_digest(term) for term in terms]
        high = sum(int.from_bytes(one[:8], "big") for one in hashes) % 2**64
        low = sum(int.from_bytes(one[8:], "big") for one in hashes) % 2**64
        return "%016x%016x" % (high, low)

    def chunks(self, rows, gone, anchor=False):
        """The version's chunks: one with the tensor, one with deletions and rows."""
        parts = [
            [
                {
                    "name": "b",
                    "shape": [2],
                    "first": 0,
                    "values": struct.pack("<ff", *self.tensor),
                }
            ],
            [],
        ]
        if gone:
            ids = struct.pack("<%dQ" % len(gone), *gone)
            parts[1].append({"table": "t", "width": 1, "ids": ids})
        if rows:
            ids = struct.pack("<%dQ" % len(rows), *rows)
            values = struct.pack("<%df" % len(rows), *rows.values())
            parts[1].append({"table": "t", "width": 1, "ids": ids, "values": values})
        return [
            encoded(
                "Chunk",
                {
                    "model": MODEL,
                    "epoch": self.epoch if not anchor else self.tip[0],
                    "number": self.number if not anchor else self.tip[1],
                    "anchor": anchor,
                    "index": index,
                    "parts": some,
                },
            )
            for index, some in enumerate(parts)
        ]

    def manifest(self, chunks, parent, **changes):
        epoch, number, state_hash = self.tip
        return encoded(
            "Manifest",
            {
                "model": MODEL,
                "epoch": epoch,
                "number": number,
                "kind": "DELTA",
                "writerEpoch": self.epoch,
                "writer": self.writer,
                "parentEpoch": parent and parent[0],
                "parentNumber": parent and parent[1],
                "parentHash": parent[2] if parent else ZEROS,
                "chunkHashes": [xxhash.xxh3_128_hexdigest(one) for one in chunks],
                "payloadBytes": sum(len(one) for one in chunks),
                "stateHash": state_hash,
                "learnerHash": None,
                "tables": [
                    {
                        "name": "t",
                        "width": 1,
                        "rows": 0,
                        "tombstones": 0,
                        "rowCount": len(self.rows),
                    }
                ],
                "tensors": [{"name": "b", "shape": [2]}],
                "step": number,
                "eventTime": 0,
                "lineage": {},
                "skipped": {},
                "reproducible": True,
                "tolerance": None,
                "metrics": {},
                "gate": "",
                "settings": "{}",
                "seed": 0,
                "engine": "",
                "code": "",
                "publishedAt": 0,
                "baseOffset": None,
                **changes,
            },
        )

    def publish(self, value, rows=None, gone=(), whole=False, spoil=lambda records: records):
        """A version with tensor (value, value); `spoil` may change its records on their way."""
        self.number += 1
        self.tensor = (value, value)
        for row_id in gone:
            del self.rows[row_id]
        self.rows.update(rows or {})
        parent = None if whole else self.tip
        self.tip = (self.epoch, self.number, self.hash())
        chunks = self.chunks(dict(self.rows) if whole or parent is None else rows or {}, gone)
        records = spoil([*chunks, self.manifest(chunks, parent)])
        for record in records:
            self.log.append(record)
        return self.tip

    def anchor(self, **changes):
        """An anchor of the newest version, or of the base while there is none."""
        chunks = self.chunks(self.rows, (), anchor=True)
        base_offset = self.log.end()
        manifest = self.manifest(chunks, None, kind="ANCHOR", baseOffset=base_offset, **changes)
        first = len(self.log.anchor_values)
        for record in [*chunks, manifest]:
            self.log.anchor_values[len(self.log.anchor_values)] = record
        position = {
            "epoch": self.tip[0],
            "number": self.tip[1],
            "stateHash": self.tip[2],
            "firstOffset": first,
            "manifestOffset": len(self.log.anchor_values) - 1,
            "baseOffset": base_offset,
            "payloadBytes": 0,
        }
        before = self.log.anchors["anchors"] if self.log.anchors else []
        self.log.anchors = {"model": MODEL, "anchors": [*before, position]}

    def commit(self, number=None):
        self.log.append(
            encoded(
                "Commit",
                {
                    "model": MODEL,
                    "epoch": self.epoch,
                    "number": self.number if number is None else number,
                    "writerEpoch": self.epoch,
                    "committedAt": 0,
                },
            )
        )


def chain_index(*writers, committed=None):
    """What the index says once these attempts have claimed."""
    return {
        "model": MODEL,
        "claims": [
            {
                "offset": writer.claimed_at,
                "epoch": writer.epoch,
                "baseEpoch": writer.base and writer.base[0],
                "baseNumber": writer.base and writer.base[1],
                "baseHash": writer.base[2] if writer.base else ZEROS,
                "highestNumber": 0,
            }
            for writer in writers
        ],
        "committedEpoch": committed and 1,
        "committedNumber": committed,
    }


def highest(log):
    codec, number = Codec.of_log(), 0
    for value in log.values.values():
        try:
            kind, record = codec.decode(value)
        except Unreadable:
            continue
        if kind == "Manifest":
            number = max(number, record["number"])
    return number
