"""Ids of values and the terms of a state's hash: sections 4 and 5 of the specification."""

import struct

import xxhash

SHARED = 0
MISSING = 1
_FIRST_FREE = 2

BLOCK_FLOATS = 4096
_MASK = (1 << 64) - 1


def _free(value):
    return _FIRST_FREE if value in (SHARED, MISSING) else value


def id_of(text):
    """The 64-bit id of a string."""
    return _free(xxhash.xxh3_64_intdigest(text.encode("utf-8", "replace")))


def cross_of(ids):
    """The id of a combination of ids, none of them missing."""
    return _free(xxhash.xxh3_64_intdigest(struct.pack("<%dQ" % len(ids), *ids)))


def record_hash(value):
    """The hash of a chunk's whole record value, 32 hexadecimal digits."""
    return "%032x" % xxhash.xxh3_128_intdigest(value)


def row_prefix(table):
    """What every row's term of a table begins with."""
    name = table.encode("utf-8")
    return struct.pack("<BH", 1, len(name)) + name


def row_bytes(prefix, row_id, floats):
    """The bytes of one row's term; floats are a little-endian float32 array."""
    return prefix + struct.pack("<QI", row_id, floats.size) + floats.tobytes()


def block_bytes(name, shape, block, floats):
    """The bytes of the term of one block of a tensor."""
    utf8 = name.encode("utf-8")
    head = struct.pack("<BH", 2, len(utf8)) + utf8
    dimensions = struct.pack("<B%dI" % len(shape), len(shape), *shape)
    return head + dimensions + struct.pack("<I", block) + floats.tobytes()


class StateHash:
    """The sum of all terms in two 64-bit lanes, kept as terms come and go."""

    def __init__(self):
        self._high = 0
        self._low = 0

    def add(self, term):
        self._change(term, 1)

    def subtract(self, term):
        self._change(term, -1)

    def _change(self, term, sign):
        value = xxhash.xxh3_128_intdigest(term)
        self._high = (self._high + sign * (value >> 64)) & _MASK
        self._low = (self._low + sign * (value & _MASK)) & _MASK

    def __str__(self):
        return "%016x%016x" % (self._high, self._low)
