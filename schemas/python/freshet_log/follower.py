"""Follows a model's log and serves what it can prove: section 6 of the specification.

Nothing here knows Kafka. A log is anything with

    poll(seconds)            the next [(offset, value)] of the log, maybe none
    at_end()                 whether everything up to the log's end has been given since seek
    seek(offset)             go on there
    seek_to_end()
    beginning()              the lowest offset there is
    index()                  (AnchorIndex, ChainIndex), newest values decoded, None where missing
    await_index(seconds)     waits for news of the index, at most so long
    anchor(position)         (manifest's value, iterator over the values of its chunks)

whose poll raises LostOffset where records are gone that it should give.
"""

from dataclasses import dataclass
from typing import Optional

from freshet_log.chain import Chain, Chunks, name_of, parent_of, version_of
from freshet_log.records import Codec, Unreadable
from freshet_log.state import Refused, State, layout

# A committed reader keeps versions that wait for their commit in at most so many bytes.
PENDING_BYTES = 256 << 20

# A record of the log and its twin in the index are one transaction, but two topics: within this
# time the twin is seen, or it is not there.
TWIN_SECONDS = 1.0
_TWIN_POLLS = 20


class LostOffset(Exception):
    """The log no longer holds what comes next."""


@dataclass(frozen=True)
class Verified:
    """A version of which chunks, parent, row counts and state hash were proven in memory.

    by: delta, whole or anchor. shown: scores come from it now; else the reader is catching up.
    """

    manifest: dict
    by: str
    shown: bool
    rows: int


@dataclass(frozen=True)
class NotVerified:
    """What was not applied, and why. version None: the record does not name one."""

    version: Optional[tuple]
    reason: str


class Proven:
    """A state in memory, the manifest that it was proven by, the offset at which that closed."""

    def __init__(self, state, manifest, offset):
        self.state = state
        self.manifest = manifest
        self.offset = offset
        self.damaged = False

    @property
    def version(self):
        return version_of(self.manifest)

    @property
    def number(self):
        return self.manifest["number"]


class Follower:
    """Keeps `shown`, the newest state that it could prove. Confined to one thread.

    A state changes only within `step`, and there either by a whole version or not at all.
    """

    def __init__(self, log, model, committed=False):
        self._log = log
        self._model = model
        self._chain = Chain(committed)
        self._codec = Codec.of_log()
        self.shown = None
        self.unreadable = 0
        self.foreign = 0
        self._events = []
        self._index = None
        self._doubtful = False
        self._chunks = None
        self._pending = []
        self._pending_bytes = 0
        self._dropped = False
        self._failed = None
        self._building = None
        self._mode = "rebuilding"
        self._rebuild = True

    def caught_up(self):
        """Whether everything up to the log's end is in what is shown, or was refused."""
        return self._log.at_end() and not self._rebuild and self._building is None

    def step(self, seconds):
        """Reads what there is, or waits for it; gives what happened."""
        self._learn_index()
        if self._rebuild:
            self._begin_rebuild()
        try:
            for offset, value in self._log.poll(seconds):
                self._accept(offset, value)
                if self._rebuild:
                    break
        except LostOffset as lost:
            self._refuse(None, str(lost))
            self._rebuild = True
        if self._mode == "rebuilding" and not self._rebuild and self._log.at_end():
            self._show_built()
        events, self._events = self._events, []
        return events

    def scrub(self):
        """Computes the hash of all that is shown anew; the next step heals what has changed."""
        if self.shown is not None and not self.shown.state.intact():
            self._damaged(self.shown)

    def _damaged(self, proven):
        proven.damaged = True
        self._refuse(proven.version, "the state in memory must be what was proven, it changed")
        self._rebuild = True

    def _refuse(self, version, reason):
        self._events.append(NotVerified(version, reason))

    # What comes besides versions.

    def _learn_index(self):
        index = self._log.index()
        if index == self._index:
            return
        self._index = index
        self._chain.index(*index)
        self._retract()
        least = -1 if self._failed is None else self._failed[1]
        self._rebuild |= self._mode == "waiting" and bool(self._chain.anchors(least))
        self._apply_pending()

    def _await_twin(self, missing):
        """Reads the index on while something is missing there; whether it stays missing."""
        polls = 1 if self._doubtful else _TWIN_POLLS
        while missing() and polls > 0:
            polls -= 1
            self._log.await_index(TWIN_SECONDS / _TWIN_POLLS)
            self._learn_index()
        self._doubtful = missing()
        return self._doubtful

    def _accept(self, offset, value):
        try:
            kind, record = self._codec.decode(value)
            if record["model"] != self._model:
                raise Unreadable("it belongs to the model " + record["model"])
        except Unreadable as wrong:
            self.unreadable += 1
            self._refuse(None, "the record at offset %d must be readable: %s" % (offset, wrong))
            return
        if kind == "Chunk":
            version = version_of(record)
            held = self._chunks
            if held is None or held.version != version or held.restarted_by(record, value):
                self._chunks = Chunks(version)
            self._chunks.add(record, value)
        elif kind == "Manifest":
            chunks, self._chunks = self._chunks, None
            self._version(offset, record, chunks or Chunks(version_of(record)))
        elif kind == "Claim":
            self._claim(offset, record)
        else:
            number = record["number"]
            self._chain.logged_commit(number)
            self._await_twin(lambda: self._chain.committed < number)
            self._apply_pending()

    def _foreign(self, version, offset, reason):
        self.foreign += 1
        self._refuse(version, "the record at offset %d is not of this log: %s" % (offset, reason))

    def _claim(self, offset, claim):
        if self._chain.outdated(offset, claim):
            reason = "a claim must be of a later attempt than those before it, got %d"
            self._foreign(None, offset, reason % claim["epoch"])
        elif self._await_twin(lambda: self._chain.unlisted(offset, claim)):
            reason = "the index must list its claims, that of attempt %d by %s it does not"
            self._foreign(None, offset, reason % (claim["epoch"], claim["writer"]))
        else:
            self._chain.claim(offset, claim)
            self._retract()

    def _retract(self):
        """Lets go of what the known claims take back."""
        live = self._chain.live
        self._pending = [p for p in self._pending if live(p[0], p[1]["number"])]
        if self._failed is not None and not live(*self._failed):
            self._failed = None
            self._rebuild |= self._mode == "waiting"
        held = self._held()
        if held is not None and not live(held.offset, held.number):
            self._rebuild = True

    # Versions.

    def _held(self):
        return self._building if self._mode == "rebuilding" else self.shown

    def _version(self, offset, manifest, chunks):
        foreign = self._chain.foreign(offset, manifest)
        if manifest["kind"] != "DELTA":
            foreign = "it must hold no anchors"
        if foreign is not None:
            self._foreign(version_of(manifest), offset, foreign)
            return
        held = self._held()
        if held is not None and manifest["number"] <= held.number:
            return
        if self._mode == "waiting" and parent_of(manifest) is not None:
            return
        if not self._chain.live(offset, manifest["number"]):
            return
        if self._chain.allowed(manifest["number"]):
            self._apply(offset, manifest, chunks)
        elif not self._dropped:
            self._pending.append((offset, manifest, chunks))
            self._pending_bytes += manifest["payloadBytes"]
            if self._pending_bytes > PENDING_BYTES:
                self._forget_pending()
                self._dropped = True

    def _forget_pending(self):
        self._pending, self._pending_bytes, self._dropped = [], 0, False

    def _apply_pending(self):
        held = self._held()
        if self._dropped:
            # Read again, now that it is known how far.
            self._rebuild |= held is None or self._chain.committed > held.number
            return
        while self._pending and not self._rebuild:
            if not self._chain.allowed(self._pending[0][1]["number"]):
                return
            offset, manifest, chunks = self._pending.pop(0)
            self._pending_bytes -= manifest["payloadBytes"]
            self._apply(offset, manifest, chunks)

    def _apply(self, offset, manifest, chunks):
        held = self._held()
        whole = parent_of(manifest) is None
        problem = None if whole else _parent_problem(held, manifest)
        problem = problem or chunks.problem(manifest)
        damaged = False
        if problem is None:
            target = Proven(State.of(manifest), None, offset) if whole else held
            try:
                target.state.apply(chunks.parts, lambda state: _prove(state, manifest))
            except Refused as refused:
                problem = str(refused)
                damaged = target is held and not held.state.intact()
        if problem is not None:
            self._fail(offset, manifest, problem, damaged)
            return
        target.manifest, target.offset = manifest, offset
        if self._failed is not None and manifest["number"] >= self._failed[1]:
            self._failed = None
        if self._mode == "rebuilding":
            self._building = target
        else:
            self.shown, self._mode = target, "following"
        self._verified(target, "whole" if whole else "delta", self._mode == "following")

    def _verified(self, proven, by, shown):
        self._doubtful = False
        rows = sum(proven.state.row_counts().values())
        self._events.append(Verified(proven.manifest, by, shown, rows))

    def _fail(self, offset, manifest, problem, damaged):
        """A first failure is answered by a rebuild, one more by waiting for an anchor."""
        again = self._failed is not None and self._failed[1] == manifest["number"]
        self._refuse(version_of(manifest), problem)
        self._forget_pending()
        if damaged:
            # This process's memory is to blame and not the version.
            self._damaged(self._held())
            return
        self._failed = (offset, manifest["number"])
        if self._mode == "rebuilding":
            self._show_built()
        if again:
            self._building, self._mode = None, "waiting"
        self._rebuild = not again or bool(self._chain.anchors(manifest["number"]))

    # Healing.

    def _begin_rebuild(self):
        """Starts beside what is shown: from the newest anchor that helps, else from the start."""
        least = self._failed[1] if self._failed is not None and self._mode == "waiting" else -1
        self._rebuild = False
        self._building, self._chunks = None, None
        self._forget_pending()
        beginning = self._log.beginning()
        for position in self._chain.anchors(least):
            if position["baseOffset"] < beginning:
                # What follows it is gone from the log.
                continue
            try:
                self._building = self._load(position)
            except (Refused, Unreadable, LostOffset) as wrong:
                self._refuse(version_of(position), "its anchor: %s" % wrong)
                continue
            self._mode = "rebuilding"
            self._log.seek(position["baseOffset"])
            self._verified(self._building, "anchor", False)
            return
        if least < 0 and beginning <= self._chain.start():
            self._mode = "rebuilding"
            self._log.seek(self._chain.start())
            return
        self._mode = "waiting"
        self._log.seek_to_end()

    def _load(self, position):
        value, chunk_values = self._log.anchor(position)
        kind, manifest = self._codec.decode(value)
        if (
            kind != "Manifest"
            or manifest["kind"] != "ANCHOR"
            or manifest["model"] != self._model
            or version_of(manifest) != version_of(position)
            or manifest["stateHash"] != position["stateHash"]
        ):
            raise Refused("the manifest at %d must be its own" % position["manifestOffset"])
        chunks, state, tensors = Chunks(version_of(manifest), anchor=True), State.of(manifest), []
        for value in chunk_values:
            kind, chunk = self._codec.decode(value)
            if kind != "Chunk":
                raise Refused("between an anchor's first chunk and its manifest must be chunks")
            # Nobody reads this state yet: rows go in as they come, so that one chunk is in memory.
            new = chunks.take(chunk, value)
            tensors += [part for part in new if "shape" in part]
            state.write([part for part in new if "shape" not in part])
        problem = chunks.problem(manifest)
        if problem is not None:
            raise Refused(problem)
        state.write(tensors)
        _prove(state, manifest)
        return Proven(state, manifest, position["baseOffset"] - 1)

    def _show_built(self):
        """Shows what was built, unless what is shown is newer and still good."""
        built, shown = self._building, self.shown
        if built is None:
            return
        good = (
            shown is not None
            and not shown.damaged
            and self._chain.live(shown.offset, shown.number)
            and shown.number >= built.number
        )
        self._building, self._mode = None, "following"
        if not good:
            self.shown = built
            self._verified(built, "rebuilt", True)


def _parent_problem(held, manifest):
    parent = parent_of(manifest)
    if held is None or held.version != parent:
        return "its parent %s must be held, which is %s" % (
            name_of(parent),
            "nothing" if held is None else name_of(held.version),
        )
    if held.manifest["stateHash"] != manifest["parentHash"]:
        return "its parent %s must have state hash %s, got %s" % (
            name_of(parent),
            held.manifest["stateHash"],
            manifest["parentHash"],
        )
    if layout(held.manifest) != layout(manifest):
        return "it must have the tensors and tables of its parent %s" % name_of(parent)
    return None


def _prove(state, manifest):
    due = {table["name"]: table["rowCount"] for table in manifest["tables"]}
    counts = state.row_counts()
    if counts != due:
        raise Refused("the state must have rows %s, it has %s" % (due, counts))
    if state.hash() != manifest["stateHash"]:
        raise Refused(
            "the state must have hash %s, it has %s" % (manifest["stateHash"], state.hash())
        )
