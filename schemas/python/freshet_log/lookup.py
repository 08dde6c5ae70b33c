"""Users' histories and items' attributes as they lie in Kafka, for scoring pairs."""

from confluent_kafka import TopicPartition

from freshet_log.features import Past
from freshet_log.kafka import consumer, messages_of, require_topic, value_or_end
from freshet_log.records import Codec, Unreadable

_SECONDS = 30.0


class Lookup:
    """Everything that features.users and catalog.items held when it was made."""

    def __init__(self, kafka, prefix=""):
        self._histories = {}
        self._items = {}
        self.unreadable = 0
        codec = Codec(["UserHistories", "Item", "Heartbeat"])
        client = consumer(kafka)
        try:
            for topic in (prefix + "features.users", prefix + "catalog.items"):
                for value in _values(client, topic):
                    try:
                        self._take(*codec.decode(value))
                    except Unreadable:
                        self.unreadable += 1
        finally:
            client.close()

    def _take(self, kind, record):
        if kind == "UserHistories":
            self._histories[record["userId"]] = {
                key: [Past(entry["itemId"], entry["item"]) for entry in entries]
                for key, entries in record["histories"].items()
            }
        elif kind == "Item":
            known = self._items.get(record["itemId"])
            if known is None or known[0] <= record["eventTime"]:
                attributes = {} if record["removed"] else record["attributes"]
                self._items[record["itemId"]] = (record["eventTime"], attributes)

    def histories(self, user_id):
        return self._histories.get(user_id, {})

    def item(self, item_id):
        return self._items.get(item_id, (0, {}))[1]


def _values(client, topic):
    """Every value of a topic up to its present end; what a later record removed is left out."""
    values, newest = [], {}
    partitions = []
    for number in require_topic(client, topic):
        low, _ = client.get_watermark_offsets(TopicPartition(topic, number), timeout=_SECONDS)
        partitions.append(TopicPartition(topic, number, low))
    client.assign(partitions)
    left = {partition.partition for partition in partitions}
    while left:
        messages = messages_of(client, _SECONDS)
        if not messages:
            raise TimeoutError("%s must be read to its end, the broker gives nothing" % topic)
        for message in messages:
            if not value_or_end(message):
                left.discard(message.partition())
            elif message.value() is None:
                newest.pop(message.key(), None)
            elif message.key() is None:
                values.append(message.value())
            else:
                newest.setdefault(message.key(), []).append(message.value())
    return [*values, *(value for one in newest.values() for value in one)]
