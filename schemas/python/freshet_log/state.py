"""A model's state in this process's memory, which proves itself: sections 3 and 5."""

import numpy as np

from freshet_log.hashing import BLOCK_FLOATS, StateHash, block_bytes, row_bytes, row_prefix

FLOAT = np.dtype("<f4")
_FIRST_ROWS = 16


class Refused(Exception):
    """What must hold of a version and does not; the state is as it was before."""


class Table:
    """Rows of one width by 64-bit id. Rows lie anywhere; the hash does not depend on it."""

    def __init__(self, name, width):
        self.name = name
        self.width = width
        self.prefix = row_prefix(name)
        self._at = {}
        self._free = []
        self._values = np.zeros((_FIRST_ROWS, width), FLOAT)

    def __len__(self):
        return len(self._at)

    def ids(self):
        return self._at.keys()

    def get(self, row_id):
        """The row of that id as it lies in memory, or None."""
        at = self._at.get(row_id)
        return None if at is None else self._values[at]

    def put(self, row_id, values):
        at = self._at.get(row_id)
        if at is None:
            at = self._free.pop() if self._free else len(self._at)
            if at == len(self._values):
                self._values = np.concatenate([self._values, np.zeros_like(self._values)])
            self._at[row_id] = at
        self._values[at] = values

    def remove(self, row_id):
        self._free.append(self._at.pop(row_id))

    def term(self, row_id):
        """The bytes of a row's term of the hash, or None where there is no such row."""
        row = self.get(row_id)
        return None if row is None else row_bytes(self.prefix, row_id, row)


class State:
    """Tensors (flat, row-major) and tables, with the hash kept as they change.

    One thread at a time. Rows and tensors change in place, within `apply` only.
    """

    def __init__(self, tensors, tables):
        """tensors: shape by name; tables: width by name. All zero and empty."""
        self.shapes = {name: tuple(shape) for name, shape in tensors.items()}
        self.tables = {name: Table(name, width) for name, width in tables.items()}
        self._tensors = {
            name: np.zeros(int(np.prod(shape, dtype=np.int64)), FLOAT)
            for name, shape in self.shapes.items()
        }
        self._hash = self.recompute()

    @staticmethod
    def of(manifest):
        """The empty state of the layout that a manifest lists."""
        return State(*layout(manifest))

    def tensor(self, name):
        return self._tensors[name].reshape(self.shapes[name])

    def hash(self):
        return str(self._hash)

    def row_counts(self):
        return {name: len(table) for name, table in self.tables.items()}

    def recompute(self):
        """The hash of everything as it lies in memory now."""
        whole = StateHash()
        for name in self._tensors:
            for term in self._tensor_terms(name):
                whole.add(term)
        for table in self.tables.values():
            for row_id in table.ids():
                whole.add(table.term(row_id))
        return whole

    def intact(self):
        """Whether memory still is what the hash that was kept says."""
        return str(self.recompute()) == str(self._hash)

    def _tensor_terms(self, name):
        data = self._tensors[name]
        for start in range(0, data.size, BLOCK_FLOATS):
            block = data[start : start + BLOCK_FLOATS]
            yield block_bytes(name, self.shapes[name], start // BLOCK_FLOATS, block)

    def apply(self, parts, prove):
        """Applies a version's parts and calls `prove`, which raises Refused where it does not hold.

        Whatever is refused is undone.
        """
        undo = []
        try:
            self.write(parts, undo.append)
            prove(self)
        except Refused:
            for step, *arguments in reversed(undo):
                step(*arguments)
            raise

    def write(self, parts, undo=lambda step: None):
        """Writes parts, of tensors all; `undo` takes what would take each change back."""
        for tensor, values in self._whole_tensors(parts).items():
            undo((self._set_tensor, tensor, self._tensors[tensor].copy()))
            self._set_tensor(tensor, values)
        for part in parts:
            if "shape" not in part:
                self._write_rows(part, undo)

    def _set_tensor(self, name, values):
        for term in self._tensor_terms(name):
            self._hash.subtract(term)
        self._tensors[name][:] = values
        for term in self._tensor_terms(name):
            self._hash.add(term)

    def _set_row(self, table, row_id, values):
        """values None: the row goes."""
        before = table.term(row_id)
        if before is not None:
            self._hash.subtract(before)
        if values is not None:
            table.put(row_id, values)
            self._hash.add(table.term(row_id))
        elif before is not None:
            table.remove(row_id)

    def _write_rows(self, part, undo):
        table = self.tables.get(part["table"])
        if table is None or table.width != part["width"]:
            raise Refused(
                "rows must belong to a table of the state, got table %s of width %d"
                % (part["table"], part["width"])
            )
        ids = words(part["ids"], "<u8", "ids of " + table.name)
        values = [None] * len(ids)
        if "values" in part:
            floats = words(part["values"], FLOAT, "rows of " + table.name)
            if floats.size != len(ids) * table.width:
                raise Refused(
                    "%d rows of %s must have %d floats, got %d"
                    % (len(ids), table.name, len(ids) * table.width, floats.size)
                )
            values = floats.reshape(len(ids), table.width)
        for row_id, new in zip(ids.tolist(), values):
            old = table.get(row_id)
            undo((self._set_row, table, row_id, None if old is None else old.copy()))
            self._set_row(table, row_id, new)

    def _whole_tensors(self, parts):
        tensors, covered = {}, {}
        for part in parts:
            if "shape" not in part:
                continue
            name, first = part["name"], part["first"]
            if self.shapes.get(name) != tuple(part["shape"]):
                raise Refused(
                    "a tensor must be one of the state, got %s of shape %s, it has %s"
                    % (name, list(part["shape"]), self.shapes.get(name))
                )
            values = words(part["values"], FLOAT, "tensor " + name)
            size = self._tensors[name].size
            if first < 0 or first + values.size > size:
                raise Refused(
                    "a part of tensor %s must lie within its %d floats, got %d to %d"
                    % (name, size, first, first + values.size)
                )
            tensors.setdefault(name, np.zeros(size, FLOAT))[first : first + values.size] = values
            covered.setdefault(name, np.zeros(size, bool))[first : first + values.size] = True
        for name, there in covered.items():
            if not there.all():
                raise Refused(
                    "tensor %s must be whole, float %d is missing" % (name, int(there.argmin()))
                )
        return tensors


def layout(manifest):
    """(shape by tensor, width by table) as a manifest lists them."""
    return (
        {tensor["name"]: tuple(tensor["shape"]) for tensor in manifest["tensors"]},
        {table["name"]: table["width"] for table in manifest["tables"]},
    )


def words(data, kind, what):
    """Little-endian numbers from bytes."""
    kind = np.dtype(kind)
    if len(data) % kind.itemsize:
        raise Refused(
            "%s must be words of %d bytes, got %d bytes" % (what, kind.itemsize, len(data))
        )
    return np.frombuffer(data, kind)
