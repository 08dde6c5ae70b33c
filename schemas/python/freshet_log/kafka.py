"""A model's log in Kafka, by the client confluent_kafka: section 1 of the specification."""

import time

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from freshet_log.follower import LostOffset
from freshet_log.records import Codec, Unreadable

_BATCH = 500
# Within which a broker answers a question or ends a partition that is read to its end.
_ANSWER_SECONDS = 30.0


class KafkaLog:
    """What follower.py says a log is. Confined to one thread."""

    def __init__(self, kafka, model, prefix=""):
        """kafka: client properties, such as {"bootstrap.servers": "localhost:9092"}."""
        self._model = model
        self._topic = prefix + "models." + model + ".log"
        self._anchors = prefix + "models." + model + ".anchors"
        self._kafka = kafka
        self._log = consumer(kafka)
        self._at_end = False
        self._index_codec = Codec.of_index()
        self._index = {"anchors/" + model: None, "chain/" + model: None}
        require_topic(self._log, self._topic)
        index_topic = prefix + "models.index"
        require_topic(self._log, index_topic)
        self._index_consumer = consumer(kafka)
        low, _ = _ask(self._index_consumer.get_watermark_offsets, TopicPartition(index_topic, 0))
        self._index_consumer.assign([TopicPartition(index_topic, 0, low)])
        end = time.monotonic() + _ANSWER_SECONDS
        while not self._learn_index(1.0):
            if time.monotonic() > end:
                raise TimeoutError("%s must be read to its end in time" % index_topic)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._log.close()
        self._index_consumer.close()

    def poll(self, seconds):
        records = []
        for message in messages_of(self._log, seconds):
            if value_or_end(message):
                records.append((message.offset(), message.value()))
            else:
                self._at_end = True
        return records

    def at_end(self):
        return self._at_end

    def seek(self, offset):
        self._at_end = False
        self._log.assign([TopicPartition(self._topic, 0, offset)])

    def seek_to_end(self):
        _, high = _ask(self._log.get_watermark_offsets, TopicPartition(self._topic, 0))
        self.seek(high)

    def beginning(self):
        low, _ = _ask(self._log.get_watermark_offsets, TopicPartition(self._topic, 0))
        return low

    def index(self):
        self._learn_index(0)
        return self._index["anchors/" + self._model], self._index["chain/" + self._model]

    def await_index(self, seconds):
        self._learn_index(seconds)

    def _learn_index(self, seconds):
        """Reads what there is; whether that was everything."""
        at_end = False
        for message in messages_of(self._index_consumer, seconds):
            if not value_or_end(message):
                at_end = True
                continue
            key = (message.key() or b"").decode("utf-8", "replace")
            if key in self._index:
                try:
                    self._index[key] = self._index_codec.decode(message.value())[1]
                except Unreadable:
                    # Without it the log is read from its beginning; the next record repairs it.
                    self._index[key] = None
        return at_end

    def anchor(self, position):
        manifest = next(self._anchor_values(position["manifestOffset"], None))
        return manifest, self._anchor_values(position["firstOffset"], position["manifestOffset"])

    def _anchor_values(self, first, end):
        """Values of the anchors topic from one offset until before another; None: the first."""
        reader = consumer(self._kafka)
        try:
            reader.assign([TopicPartition(self._anchors, 0, first)])
            while True:
                message = reader.poll(_ANSWER_SECONDS)
                if message is None or not value_or_end(message):
                    raise LostOffset("an anchor must lie at %d to %s, it ended" % (first, end))
                if end is None:
                    if message.offset() != first:
                        raise LostOffset("a manifest must lie at %d, it is gone" % first)
                    yield message.value()
                elif message.offset() >= end:
                    return
                else:
                    yield message.value()
        finally:
            reader.close()


def consumer(kafka):
    """A consumer that reads what is committed, remembers nothing and never guesses offsets."""
    return Consumer(
        {
            "group.id": "freshet-log-reader",
            **kafka,
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "auto.offset.reset": "error",
            "enable.partition.eof": True,
            "allow.auto.create.topics": False,
        }
    )


def require_topic(client, topic):
    """The topic's partitions; refuses one that does not exist."""
    found = client.list_topics(topic, timeout=_ANSWER_SECONDS).topics[topic]
    if found.error is not None:
        raise KafkaException(KafkaError(found.error.code(), "topic %s: %s" % (topic, found.error)))
    return sorted(found.partitions)


def messages_of(client, seconds):
    """What has come, or the first that comes within `seconds`: consume() would wait for a batch."""
    first = client.poll(seconds)
    return [] if first is None else [first, *client.consume(_BATCH, 0)]


def value_or_end(message):
    """Whether a message has a value; False: the partition ended. Raises what else it says."""
    error = message.error()
    if error is None:
        return True
    if error.code() == KafkaError._PARTITION_EOF:
        return False
    if error.code() in (KafkaError._AUTO_OFFSET_RESET, KafkaError.OFFSET_OUT_OF_RANGE):
        raise LostOffset("%s no longer holds what comes next: %s" % (message.topic(), error.str()))
    raise KafkaException(error)


def _ask(question, partition):
    answer = question(partition, timeout=_ANSWER_SECONDS)
    if answer is None:
        raise KafkaException(KafkaError(KafkaError._TIMED_OUT, "asking of %s" % partition.topic))
    return answer
