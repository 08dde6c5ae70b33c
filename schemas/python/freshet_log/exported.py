"""A version as `freshet export` writes it: safetensors files and JSON, proven as one from the log."""

import json
import pathlib

import numpy as np

from freshet_log.follower import Proven
from freshet_log.state import FLOAT, Refused, State

_TYPES = {"F32": FLOAT, "I64": np.dtype("<i8")}


def arrays(file):
    """The arrays of a safetensors file by name."""
    data = pathlib.Path(file).read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    body = memoryview(data)[8 + length :]
    found = {}
    for name, said in header.items():
        start, end = said["data_offsets"]
        kind = _TYPES.get(said["dtype"])
        if kind is None:
            raise Refused("%s of %s must be one of %s, got %s" % (name, file, sorted(_TYPES), said["dtype"]))
        found[name] = np.frombuffer(body[start:end], kind).reshape(said["shape"])
    return found


def load(directory):
    """The version in `directory`; Refused where its hash does not come out of what was read."""
    directory = pathlib.Path(directory)
    model = json.loads((directory / "model.json").read_text("utf-8"))
    tensors = arrays(directory / model["tensorsFile"])
    state = State(
        {name: shape for name, shape in model["tensors"].items()},
        {name: table["width"] for name, table in model["tables"].items()},
    )
    parts = [
        {"name": name, "shape": shape, "first": 0, "values": tensors[name].tobytes()}
        for name, shape in model["tensors"].items()
    ]
    for name, table in model["tables"].items():
        rows = arrays(directory / table["file"])
        parts.append(
            {
                "table": name,
                "width": table["width"],
                "ids": rows["ids"].tobytes(),
                "values": rows["values"].tobytes(),
            }
        )
    state.write(parts)
    if state.hash() != model["stateHash"]:
        raise Refused("%s must have hash %s, it has %s" % (directory, model["stateHash"], state.hash()))
    manifest = {
        "epoch": model["epoch"],
        "number": model["version"],
        "stateHash": model["stateHash"],
        "eventTime": model["eventTime"],
        "settings": json.dumps(model["settings"]),
    }
    return Proven(state, manifest, None)
