"""From what is known of a candidate to ids and numbers: "Values to ids and numbers" of section 7."""

import math
import unicodedata
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Dict, List, Optional

import numpy as np

from freshet_log.hashing import MISSING, cross_of, id_of

_MS_PER_HOUR = 3_600_000
_EXACT_WHOLE = 2.0**53
_MOST_DIGITS = 17
# N-grams are those of a word's first so many characters.
_SPELT = 32
_LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True)
class Past:
    """One entry of a history."""

    item_id: str
    item: Dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Instance:
    """Everything that may be known of one candidate. Values: str, float or list of str.

    position: from 1; 0 = not shown yet. event_time: ms since 1970 UTC. histories: by their key.
    query: the text that the candidate answers, if any.
    """

    item_id: str
    item: Dict[str, object] = field(default_factory=dict)
    user_id: Optional[str] = None
    context: Dict[str, object] = field(default_factory=dict)
    position: int = 0
    event_time: int = 0
    histories: Dict[str, List[Past]] = field(default_factory=dict)
    query: Optional[str] = None

    @staticmethod
    def of(known):
        """From parsed JSON, with the keys of the README."""
        return Instance(
            item_id=known["itemId"],
            item=known.get("item", {}),
            user_id=known.get("userId"),
            context=known.get("context", {}),
            position=known.get("position", 0),
            event_time=known.get("eventTime", 0),
            histories={
                key: [Past(entry["itemId"], entry.get("item", {})) for entry in entries]
                for key, entries in known.get("histories", {}).items()
            },
            query=known.get("query"),
        )


def decimal_text(number):
    """A finite double's canonical text: of the correctly rounded decimals that read back as it,
    the one with the fewest digits, without an exponent; -0 is 0."""
    if number == int(number) and abs(number) <= _EXACT_WHOLE:
        return str(int(number))
    for digits in range(1, _MOST_DIGITS + 1):
        rounded = Context(prec=digits, rounding=ROUND_HALF_EVEN).create_decimal(Decimal(number))
        if float(rounded) == number:
            break
    text = format(rounded, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def value_id(value):
    """The id of a string or a number; a list is missing where one value is wanted."""
    if isinstance(value, str):
        return id_of(value) if value else MISSING
    if isinstance(value, (int, float)):
        return id_of(decimal_text(float(value))) if math.isfinite(value) else MISSING
    return MISSING


def bag_ids(value):
    if isinstance(value, list):
        return [id_of(text) for text in value if text]
    one = value_id(value)
    return [] if one == MISSING else [one]


def word_ids(value):
    """The ids of a text's words, in its order."""
    if not isinstance(value, str):
        return []
    spaced = "".join(
        sign if unicodedata.category(sign)[0] == "L" or unicodedata.category(sign) == "Nd" else " "
        for sign in value.lower()
    )
    return [id_of(word) for word in spaced.split(" ") if word]


def words_of(text, words):
    """A text's words and, where wanted, its punctuation marks, in its order: the first so many."""
    found, word = [], ""
    for sign in text + " ":
        category = unicodedata.category(sign)
        if category[0] == "L" or category == "Nd":
            word += sign
            continue
        if word:
            found.append(word.lower())
            word = ""
        if words["punctuation"] and category != "Cc" and category[0] != "Z":
            found.append(sign)
    return found[: words["length"]]


def token_ids(text, words):
    """Per token the id of its word, then those of its n-grams."""
    return [[id_of(word), *_ngram_ids(word, words["subwords"])] for word in words_of(text, words)]


def _ngram_ids(word, size):
    # Lengths are those of UTF-16; half a pair becomes a question mark, as everywhere in UTF-8.
    units = word.encode("utf-16-le")[: 2 * _SPELT]
    spelt = "<".encode("utf-16-le") + units + ">".encode("utf-16-le")
    count = len(spelt) // 2 - size + 1 if size and len(spelt) // 2 > size else 0
    return [
        id_of("#" + spelt[2 * i : 2 * (i + size)].decode("utf-16-le", "surrogatepass"))
        for i in range(count)
    ]


def hour(event_time):
    return event_time // _MS_PER_HOUR % 24


def weekday(event_time):
    return (event_time // (_MS_PER_HOUR * 24) + 3) % 7 + 1


def history_key(actions):
    return "+".join(sorted(actions))


class Features:
    """A model's features and histories, as its settings declare them."""

    def __init__(self, settings):
        self._features = settings["features"]
        self._keys = {
            history["name"]: history_key(history["actions"]) for history in settings["histories"]
        }
        self.ids = self._used("id")
        self.bags = self._used("bag", "text")
        self.crosses = self._used("cross")
        self.biases = self._used("bias")
        self.numbers = self._used("number")
        self.counters = self._used("counters")
        self.tokens = self._used("tokens")
        self.histories = settings["histories"]
        self._by_name = {feature["name"]: feature for feature in self._features}

    def _used(self, *uses):
        return [feature for feature in self._features if feature["as"] in uses]

    def feature(self, name):
        return self._by_name[name]

    def id(self, source, instance):
        """The id that `source` has for an instance."""
        if source == "user.id":
            return value_id(instance.user_id)
        if source == "query.text":
            return value_id(instance.query)
        if source == "position":
            return id_of(str(max(1, instance.position)))
        if source == "event.hour":
            return id_of(str(hour(instance.event_time)))
        if source == "event.weekday":
            return id_of(str(weekday(instance.event_time)))
        if source.startswith("context."):
            return value_id(instance.context.get(source[len("context.") :]))
        if source.startswith("item."):
            return self.item_id(source, instance.item_id, instance.item)
        entries = instance.histories.get(self._keys[source[: -len(".last")]], [])
        return value_id(entries[-1].item_id) if entries else MISSING

    def item_id(self, source, item_id, item):
        """The id that a source of the item has for an item, the candidate or a past one."""
        return value_id(item_id if source == "item.id" else item.get(source[len("item.") :]))

    def cross(self, feature, instance):
        parts = [self.id(source, instance) for source in feature["from"]]
        return MISSING if MISSING in parts else cross_of(parts)

    def bag(self, feature, instance):
        value = _attribute(feature["from"][0], instance)
        return word_ids(value) if feature["as"] == "text" else bag_ids(value)

    def text(self, feature, instance):
        """The text itself; empty for whatever is none."""
        value = _attribute(feature["from"][0], instance)
        return value if isinstance(value, str) else ""

    def number(self, feature, instance):
        """A float32 before standardisation, NaN where missing."""
        source = feature["from"][0]
        if source == "event.hour":
            value = hour(instance.event_time)
        elif source == "event.weekday":
            value = weekday(instance.event_time)
        else:
            value = _attribute(source, instance)
        if not isinstance(value, (int, float)) or not math.isfinite(value):
            return np.float32(np.nan)
        if feature["log"]:
            value = math.copysign(math.log1p(abs(value)), value)
        return np.float32(max(-_LARGEST, min(_LARGEST, value)))

    def past(self, history, instance):
        """The newest entries of a history, oldest first."""
        entries = instance.histories.get(history_key(history["actions"]), [])
        return entries[max(0, len(entries) - history["length"]) :]


def _attribute(source, instance):
    if source == "query.text":
        return instance.query
    where, _, name = source.partition(".")
    return (instance.item if where == "item" else instance.context).get(name)
