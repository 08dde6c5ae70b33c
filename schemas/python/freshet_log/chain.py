"""Which versions count, and whether their chunks are theirs: section 2 of the specification."""

from freshet_log.hashing import record_hash


class Chain:
    """What is known of a log besides its versions: claims, the newest commit, anchors."""

    def __init__(self, committed_only):
        self._committed_only = committed_only
        self._claims = {}
        self._writers = {}
        self._listed = {}
        self._indexed = False
        self._anchors = []
        self.committed = -1

    def claim(self, offset, claim):
        """Takes a claim of the log that is the model's own."""
        self._know(offset, claim)
        self._writers.setdefault(claim["epoch"], claim["writer"])

    def _know(self, offset, claim):
        self._claims[offset] = (claim["epoch"], claim["baseNumber"])

    def _commit(self, number):
        self.committed = max(self.committed, number)

    def logged_commit(self, number):
        """Takes a commit of the log; where there is an index, that has to say so too."""
        if not self._indexed:
            self._commit(number)

    def index(self, anchors, chain):
        """Takes over the newest AnchorIndex and ChainIndex, either None where there is none."""
        if anchors is not None:
            self._anchors = anchors["anchors"]
        if chain is not None:
            self._indexed = True
            self._listed = {claim["offset"]: claim["epoch"] for claim in chain["claims"]}
            for claim in chain["claims"]:
                self._know(claim["offset"], claim)
            if chain["committedNumber"] is not None:
                self._commit(chain["committedNumber"])

    def unlisted(self, offset, claim):
        """Whether the index should list a claim of the log, and does not."""
        below = bool(self._listed) and offset > min(self._listed)
        return below and self._listed.get(offset) != claim["epoch"]

    def outdated(self, offset, claim):
        """Whether a claim of the log comes after one of its own or a later attempt."""
        listed = self._listed.get(offset) == claim["epoch"]
        return not listed and claim["epoch"] <= self.epoch_at(offset)

    def foreign(self, offset, manifest):
        """What tells that a manifest is not of the attempt that owns the log there, or None."""
        epoch = self.epoch_at(offset)
        if epoch == 0:
            return None
        if manifest["writerEpoch"] != epoch:
            return "it must be of attempt %d, the newest, got %d" % (epoch, manifest["writerEpoch"])
        writer = self._writers.setdefault(epoch, manifest["writer"])
        if manifest["writer"] != writer:
            return "attempt %d must be that of writer %s, got %s" % (
                epoch,
                writer,
                manifest["writer"],
            )
        return None

    def live(self, offset, number):
        """Whether no claim takes back the version `number` that was closed at `offset`."""
        return all(
            at <= offset or (base is not None and base >= number)
            for at, (_, base) in self._claims.items()
        )

    def epoch_at(self, offset):
        """The epoch of the newest claim before `offset`, 0 where none is known."""
        before = [at for at in self._claims if at < offset]
        return self._claims[max(before)][0] if before else 0

    def start(self):
        """The offset of the newest claim without a base, else 0."""
        return max((at for at, (_, base) in self._claims.items() if base is None), default=0)

    def allowed(self, number):
        """Whether a reader of this isolation may hold that version yet."""
        return not self._committed_only or number <= self.committed

    def anchors(self, least):
        """Anchors of live versions at or above `least` that may be used, newest first."""
        usable = [
            anchor
            for anchor in self._anchors
            if anchor["number"] >= least
            and self.allowed(anchor["number"])
            and self.live(anchor["baseOffset"] - 1, anchor["number"])
        ]
        return usable[::-1]


class Chunks:
    """The chunks of one version as they come, before its manifest vouches for them."""

    def __init__(self, version, anchor=False):
        self.version = version
        self._anchor = anchor
        self._hashes = []
        self._problem = None
        self.parts = []

    def add(self, chunk, value):
        """Takes the next chunk and its record value, and keeps its parts."""
        self.parts += self.take(chunk, value)

    def take(self, chunk, value):
        """Takes the next chunk and gives its parts; none of one that is repeated or wrong."""
        index, hashed = chunk["index"], record_hash(value)
        if version_of(chunk) != self.version or chunk["anchor"] != self._anchor:
            self._problem = "chunks of %s must follow each other, got one of %s" % (
                name_of(self.version),
                name_of(version_of(chunk)),
            )
        elif index == len(self._hashes):
            self._hashes.append(hashed)
            return chunk["parts"]
        elif index > len(self._hashes) or index < 0:
            self._problem = "chunk %d of %s is missing, got chunk %d" % (
                len(self._hashes),
                name_of(self.version),
                index,
            )
        elif self._hashes[index] != hashed:
            self._problem = "chunk %d of %s came twice and differs" % (index, name_of(self.version))
        return []

    def restarted_by(self, chunk, value):
        """Whether a chunk begins the version anew: a first one, but not the one that is held."""
        first = chunk["index"] == 0 and bool(self._hashes)
        return first and self._hashes[0] != record_hash(value)

    def problem(self, manifest):
        """What is wrong with these chunks in the manifest's eyes, or None."""
        if version_of(manifest) != self.version:
            return "the manifest must follow the chunks of %s, got that of %s" % (
                name_of(self.version),
                name_of(version_of(manifest)),
            )
        if self._problem is not None:
            return self._problem
        for index, (due, came) in enumerate(zip(manifest["chunkHashes"], self._hashes)):
            if due != came:
                return "chunk %d must have hash %s, it has %s" % (index, due, came)
        if len(manifest["chunkHashes"]) != len(self._hashes):
            return "there must be %d chunks, %d came" % (
                len(manifest["chunkHashes"]),
                len(self._hashes),
            )
        return None


def version_of(record):
    """(epoch, number) of a chunk, a manifest, an anchor's position."""
    return record["epoch"], record["number"]


def parent_of(manifest):
    """(epoch, number), or None: the version is a whole state."""
    if manifest["parentNumber"] is None:
        return None
    return manifest["parentEpoch"], manifest["parentNumber"]


def name_of(version):
    return "%d:%d" % version
