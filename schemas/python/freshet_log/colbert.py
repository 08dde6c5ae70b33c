"""The family colbert in NumPy float32: late interaction, "Texts that meet" of section 7."""

import numpy as np

from freshet_log.ctr import F32, sigmoid
from freshet_log.features import token_ids
from freshet_log.hashing import SHARED, id_of

_MASK_64 = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15
_FAR = 8
_MASK_WEIGHT = F32(0.05)
_LARGEST = F32(4)
_SHORTEST = F32(1e-6)
_SCALE = F32(1.5957691)
_CUBE = F32(0.044715)


def _mixed(x):
    z = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _MASK_64
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK_64
    return z ^ (z >> 31)


def hashed_signs(seed, row_id, width):
    """A vector of +1 and -1 that follows from a seed and an id."""
    key = _mixed(_mixed((seed + _GOLDEN) & _MASK_64) ^ row_id)
    signs = np.empty(width, F32)
    for i in range(width):
        if i % 64 == 0:
            bits = _mixed((key + _GOLDEN * (i // 64 + 1)) & _MASK_64)
        signs[i] = -1 if bits & 1 else 1
        bits >>= 1
    return signs


def _bent(activation, x):
    if activation == "relu":
        return np.maximum(x, F32(0))
    if activation == "gelu":
        return x * sigmoid(_SCALE * (x + _CUBE * x * x * x))
    if activation == "silu":
        return x * sigmoid(x)
    return sigmoid(x) if activation == "sigmoid" else x


class ColbertModel:
    """Scores with the tensors and rows of one state, read where they lie at each call."""

    def __init__(self, settings, features, state):
        self._settings = settings
        self._ranking = settings["ranking"]
        self._features = features
        self._state = state
        self._masks = [id_of("#[MASK] %d" % i) for i in range(self._ranking["augment"])]

    def logit(self, instance):
        """The logit before calibration."""
        scale, offset = self._state.tensor("head")
        logit = scale * self.match(instance) + offset
        features = self._features
        for feature in features.crosses:
            logit += self._addition(feature["name"], features.cross(feature, instance))
        for feature in features.biases:
            row_id = features.id(feature["from"][0], instance)
            logit += self._addition(feature["name"], row_id)
        return F32(logit)

    def probability(self, logit):
        """The calibrated probability of a logit."""
        a, b = self._state.tensor("calibration")
        return sigmoid(a * logit + b)

    def match(self, instance):
        """How well the document answers the query; 0 where either has no tokens."""
        query, document = self._tokens(instance, True), self._tokens(instance, False)
        if not query or not document:
            return F32(0)
        query += [[mask] for mask in self._masks[len(query) :]]
        best = (self.vectors(query, False) @ self.vectors(document, True).T).max(axis=1)
        weights = np.array([self._weight(token[0]) for token in query], F32)
        return (weights / weights.sum(dtype=F32)) @ best

    def vectors(self, tokens, of_document):
        """[tokens, vector] of length 1. Each token: the id of its word, then of its n-grams."""
        side = "documents." if of_document else ""
        x = [self._embedding(side, token) for token in tokens]
        marked = self._ranking["context"] > 0
        if marked:
            marker = id_of("#[D]" if of_document else "#[Q]")
            x = self._in_context(side, np.stack([self._embedding(side, [marker]), *x]))[1:]
        y = self._projected(side, np.stack(x))
        lengths = np.sqrt((y * y).sum(axis=1, dtype=F32, keepdims=True))
        return y / np.maximum(lengths, _SHORTEST)

    def _tokens(self, instance, of_query):
        tokens = []
        for feature in self._features.tokens:
            if (feature["from"][0] == "query.text") == of_query:
                tokens += token_ids(self._features.text(feature, instance), feature["words"])
        return tokens

    def _embedding(self, side, token):
        vector = self._entry(side, token[0])
        if len(token) > 1:
            share = F32(1 / np.sqrt(len(token) - 1))
            for ngram in token[1:]:
                vector = vector + share * self._entry(side, ngram)
        return vector

    def _entry(self, side, row_id):
        width = self._ranking["width"]
        entry = hashed_signs(self._settings["seed"], row_id, width)
        learnt = self._state.tables[side + "tokens.words"].get(row_id)
        return (entry if learnt is None else entry + learnt) * F32(1 / np.sqrt(width))

    def _in_context(self, side, x):
        def tensor(name):
            return self._state.tensor(side + "context." + name)

        places = np.arange(len(x))
        apart = np.clip(places[np.newaxis, :] - places[:, np.newaxis], -_FAR, _FAR)
        unit = F32(1 / np.sqrt(self._ranking["width"]))
        logits = (x @ tensor("Q")) @ (x @ tensor("K")).T * unit + tensor("near")[_FAR + apart]
        attention = np.exp(logits - logits.max(axis=1, keepdims=True))
        attention /= attention.sum(axis=1, dtype=F32, keepdims=True)
        x = x + attention @ (x @ tensor("V")) @ tensor("O")
        hidden = np.maximum(x @ tensor("W1") + tensor("b1"), F32(0))
        return x + hidden @ tensor("W2") + tensor("b2")

    def _projected(self, side, x):
        def tensor(name):
            return self._state.tensor(side + "projection." + name)

        projection = self._ranking["projection"]
        shape, activation = projection["shape"], projection["activation"]
        if shape == "linear":
            return x @ tensor("W")
        if shape == "feedforward":
            y = _bent(activation, x @ tensor("W1")) @ tensor("W2")
        else:
            gate = _bent(activation, x @ tensor("W1") + tensor("b1"))
            y = (gate * (x @ tensor("W2"))) @ tensor("W3")
        return y + x @ tensor("R") if projection["residual"] else y

    def _weight(self, word):
        learnt = self._state.tables["tokens.weights"].get(word)
        theta = F32(0) if learnt is None else np.clip(learnt[0], -_LARGEST, _LARGEST)
        start = _MASK_WEIGHT if word in self._masks else self._idf(word)
        return start * np.exp(theta)

    def _idf(self, word):
        counted = self._state.tables["tokens.frequencies"].get(word)
        held = F32(0) if counted is None else counted[0]
        documents = max(self._state.tensor("tokens.documents")[0], held)
        return np.log(1 + (documents - held + F32(0.5)) / (held + F32(0.5)))

    def _addition(self, table, row_id):
        row = self._state.tables[table].get(row_id)
        row = self._state.tables[table].get(SHARED) if row is None else row
        return F32(0) if row is None else row[0]
