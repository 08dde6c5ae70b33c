"""Avro single objects: schemas by fingerprint, and records decoded with them (section 1)."""

import io
import json
import pathlib

import avro.errors
import avro.io
import avro.schema

SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / "src" / "main"
_MARKER = b"\xc3\x01"
_EMPTY = 0xC15D213AA4D7A795
_ORDER = ("name", "type", "fields", "symbols", "items", "values", "size")
_PRIMITIVE = {"null", "boolean", "int", "long", "float", "double", "bytes", "string"}


class Unreadable(Exception):
    """A record value of which nothing is known but why it cannot be read."""


def _byte_table():
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = (value >> 1) ^ (_EMPTY & -(value & 1))
        table.append(value)
    return table


_TABLE = _byte_table()


def crc64(data):
    """CRC-64-AVRO (Rabin) of bytes, as Avro's specification defines it."""
    value = _EMPTY
    for byte in data:
        value = (value >> 8) ^ _TABLE[(value ^ byte) & 0xFF]
    return value


def canonical(schema, namespace=""):
    """A schema, as parsed JSON, in the parsing canonical form of Avro's specification."""
    if isinstance(schema, str):
        name = schema if schema in _PRIMITIVE or "." in schema or not namespace else (
            namespace + "." + schema
        )
        return json.dumps(name, ensure_ascii=False)
    if isinstance(schema, list):
        return "[" + ",".join(canonical(branch, namespace) for branch in schema) + "]"
    if schema["type"] in _PRIMITIVE:
        return json.dumps(schema["type"])
    kept = {"type": json.dumps(schema["type"], ensure_ascii=False)}
    if "name" in schema:
        name = schema["name"]
        if "." not in name:
            namespace = schema.get("namespace", namespace)
            name = namespace + "." + name if namespace else name
        else:
            namespace = name.rpartition(".")[0]
        kept["name"] = json.dumps(name, ensure_ascii=False)
    if "fields" in schema:
        kept["fields"] = "[%s]" % ",".join(
            '{"name":%s,"type":%s}'
            % (json.dumps(field["name"]), canonical(field["type"], namespace))
            for field in schema["fields"]
        )
    if "symbols" in schema:
        kept["symbols"] = json.dumps(schema["symbols"], separators=(",", ":"))
    for part in ("items", "values"):
        if part in schema:
            kept[part] = canonical(schema[part], namespace)
    if "size" in schema:
        kept["size"] = str(int(schema["size"]))
    return "{%s}" % ",".join('"%s":%s' % (key, kept[key]) for key in _ORDER if key in kept)


def fingerprint(schema):
    """The CRC-64-AVRO fingerprint of a schema, as parsed JSON."""
    return crc64(canonical(schema).encode("utf-8"))


class _Exactly(io.BytesIO):
    """Bytes of which nobody gets fewer than asked for."""

    def read(self, size=-1):
        data = super().read(size)
        if len(data) < size:
            raise Unreadable("a value must not end early, %d bytes are missing" % (size - len(data)))
        return data


class Codec:
    """Decodes single objects of some kinds, whatever released version of them wrote a record."""

    def __init__(self, kinds, root=SCHEMAS):
        """kinds: paths below src/main/avro without .avsc, such as log/Manifest."""
        self._readers = {}
        released = root / "resources" / "io" / "freshet" / "schema" / "released"
        for kind in kinds:
            current = root / "avro" / (kind + ".avsc")
            name = current.stem
            old = released.glob("v*/" + current.name)
            own = avro.schema.parse(current.read_text("utf-8"))
            for file in [current, *sorted(old)]:
                text = file.read_text("utf-8")
                mark = fingerprint(json.loads(text))
                reader = avro.io.DatumReader(avro.schema.parse(text), own)
                self._readers.setdefault(mark, (name, reader))

    @staticmethod
    def of_log():
        return Codec(["log/" + kind for kind in ("Chunk", "Manifest", "Claim", "Commit")])

    @staticmethod
    def of_index():
        return Codec(["log/" + kind for kind in ("AnchorIndex", "ChainIndex", "ServedName")])

    def decode(self, value):
        """(kind, record as a dict); raises Unreadable."""
        if value is None or value[:2] != _MARKER or len(value) < 10:
            start = "none" if value is None else value[:10].hex()
            raise Unreadable("a value must begin with c301 and a fingerprint, got " + start)
        mark = int.from_bytes(value[2:10], "little")
        if mark not in self._readers:
            names = sorted({name for name, _ in self._readers.values()})
            raise Unreadable(
                "a value must be one of %s, its fingerprint is %016x" % (", ".join(names), mark)
            )
        kind, reader = self._readers[mark]
        data = _Exactly(value[10:])
        try:
            record = reader.read(avro.io.BinaryDecoder(data))
        except (Unreadable, avro.errors.AvroException) as wrong:
            raise Unreadable("%s: %s" % (kind, wrong)) from wrong
        except (ValueError, IndexError, AssertionError, OverflowError, MemoryError) as wrong:
            raise Unreadable("%s must be Avro, reading it gave %r" % (kind, wrong)) from wrong
        left = len(value) - 10 - data.tell()
        if left:
            raise Unreadable("nothing may follow a %s, got %d bytes" % (kind, left))
        return kind, record
