"""The families din, base and noise-mlp in NumPy float32: "The network" and "Counters" of section 7."""

import numpy as np

from freshet_log.hashing import SHARED
from freshet_log.state import Refused

F32 = np.float32
_PRIOR_EXAMPLES = F32(5)
_MS_PER_HOUR = 3_600_000


class CtrModel:
    """Scores with the tensors and rows of one state, read where they lie at each call."""

    def __init__(self, settings, features, state):
        self._settings = settings
        self._features = features
        self._state = state
        self._attention = settings["family"] == "din"

    def logit(self, instance):
        """The logit before calibration."""
        features, parts = self._features, []
        rows = {
            feature["name"]: self._row(feature["name"], features.id(feature["from"][0], instance))
            for feature in features.ids
        }
        lengths = []
        for history in features.histories:
            entries = features.past(history, instance)
            lengths.append(len(entries))
            query = np.concatenate([rows[name] for name in history["of"]])
            pooled = self._pool(history, query, entries)
            parts += [pooled, query * pooled]
        parts += [rows[feature["name"]] for feature in features.ids]
        for feature in features.bags:
            ids = features.bag(feature, instance)
            bag = [self._row(feature["name"], one) for one in ids]
            parts.append(np.mean(bag, axis=0, dtype=F32) if bag else self._zeros(feature))
        dense = self._dense(instance, lengths)
        x = np.concatenate([*parts, dense])
        logit = self._top(x)
        if self._settings["network"]["linearSkip"] and dense.size:
            logit += dense @ self._state.tensor("skip.W")
        for feature in features.crosses:
            logit += self._row(feature["name"], features.cross(feature, instance))[0]
        for feature in features.biases:
            source = feature["from"][0]
            logit += self._row(feature["name"], features.id(source, instance))[0]
        return F32(logit)

    def probability(self, logit):
        """The calibrated probability of a logit."""
        a, b = self._state.tensor("calibration")
        return sigmoid(a * logit + b)

    def _top(self, x):
        """What the network makes of its input."""
        return self._stack("mlp", self._settings["network"], x[np.newaxis])[0]

    def _zeros(self, feature):
        return np.zeros(self._state.tables[feature["name"]].width, F32)

    def _row(self, table, row_id):
        row = self._state.tables[table].get(row_id)
        if row is None:
            row = self._state.tables[table].get(SHARED)
        if row is None:
            raise Refused("table %s must hold the shared row before it can score" % table)
        return row

    def _pool(self, history, query, entries):
        if not entries:
            return np.zeros_like(query)
        keys = []
        for entry in entries:
            fields = []
            for name in history["of"]:
                source = self._features.feature(name)["from"][0]
                past = self._features.item_id(source, entry.item_id, entry.item)
                fields.append(self._row(name, past))
            keys.append(np.concatenate(fields))
        keys = np.stack(keys)
        if not self._attention:
            return np.mean(keys, axis=0, dtype=F32)
        settings = self._settings["attention"]
        queries = np.broadcast_to(query, keys.shape)
        unit_input = np.concatenate([queries, keys, queries - keys, queries * keys], axis=1)
        weights = self._stack("att." + history["name"], settings, unit_input)
        if settings["normalize"] == "softmax":
            weights = np.exp(weights - weights.max())
            weights = weights / weights.sum(dtype=F32)
        elif settings["normalize"] == "mean":
            weights = weights / F32(len(entries))
        return weights @ keys

    def _stack(self, prefix, settings, x):
        """Hidden layers and the linear output: [n, in] to [n]."""
        for i in range(len(settings["units"])):
            layer = "%s.%d" % (prefix, i)
            x = x @ self._tensor(layer, "W") + self._tensor(layer, "b")
            x = self._activate(settings["activation"], layer, x)
        return x @ self._tensor(prefix, "out.W") + self._tensor(prefix, "out.b")

    def _tensor(self, layer, name):
        return self._state.tensor(layer + "." + name)

    def _activate(self, activation, layer, x):
        if activation == "sigmoid":
            return sigmoid(x)
        if activation == "relu":
            return np.maximum(x, F32(0))
        alpha = self._tensor(layer, "alpha")
        if activation == "prelu":
            return np.where(x > 0, x, alpha * x)
        deviation = np.sqrt(self._tensor(layer, "var") + F32(1e-8))
        p = sigmoid((x - self._tensor(layer, "mean")) / deviation)
        return p * x + (F32(1) - p) * alpha * x

    def _dense(self, instance, lengths):
        features, raw, indicator = self._features, [], []
        for feature in features.numbers:
            number = features.number(feature, instance)
            raw += [number, F32(np.isnan(number))]
            indicator += [False, True]
        for feature in features.counters:
            row_id = features.id(feature["from"][0], instance)
            row = self._row(feature["name"], row_id)
            values = self._counters(feature["halfLivesMs"], row, instance.event_time)
            raw += values
            indicator += [False] * len(values)
        raw += [np.log(F32(1 + length)) for length in lengths]
        indicator += [False] * len(lengths)
        if not raw:
            return np.zeros(0, F32)
        raw = np.array(raw, F32)
        mean, variance = self._state.tensor("dense.mean"), self._state.tensor("dense.var")
        z = np.clip((raw - mean) / np.sqrt(variance + F32(1e-6)), F32(-5), F32(5))
        z = np.where(np.isnan(raw), F32(0), z)
        return np.where(indicator, raw, z)

    def _counters(self, half_lives, row, time):
        endless = 2 * len(half_lives)
        first, last = _time(row, endless + 2), _time(row, endless + 4)
        seen = row[endless + 1] > 0
        gap = max(0, time - last) if seen else 0
        age = max(0, time - first) if seen else 0
        base = self._state.tensor("counters.base")
        rate = base[0] / base[1]
        values = []
        for i in range(len(half_lives) + 1):
            kept = F32(2.0 ** (-gap / half_lives[i])) if i < len(half_lives) else F32(1)
            positives, total = row[2 * i] * kept, row[2 * i + 1] * kept
            hits = positives + _PRIOR_EXAMPLES * rate
            misses = total - positives + _PRIOR_EXAMPLES * (F32(1) - rate)
            values.append(np.log(hits / misses))
        values.append(np.log(F32(1) + row[endless + 1]))
        values.append(np.log(F32(1) + F32(age / _MS_PER_HOUR)))
        values.append(np.log(F32(1) + F32(gap / _MS_PER_HOUR)))
        return values


def _time(row, at):
    """Milliseconds since 1970 UTC from two floats: whole hours, milliseconds within the hour."""
    return int(row[at]) * _MS_PER_HOUR + int(row[at + 1])


def sigmoid(x):
    with np.errstate(over="ignore"):
        return F32(1) / (F32(1) + np.exp(-x))
