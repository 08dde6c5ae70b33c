package io.freshet.faults;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hashing;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.modellog.TopicNames;
import io.freshet.schema.AvroCodec;
import io.freshet.schema.UndecodableRecord;
import io.freshet.schema.avro.log.Chunk;
import io.freshet.schema.avro.log.Claim;
import io.freshet.schema.avro.log.Commit;
import io.freshet.schema.avro.log.Manifest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Somebody who may write to models' logs and should not. What it writes looks as much like the
 * learner's own as it can: it copies the newest version, and names the learner's attempt.
 */
final class HostileWriter {

  private static final long LOOK_BACK = 400;
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int POLLS = 100;

  private final KafkaAccess kafka;
  private final AvroCodec codec =
      AvroCodec.of(Chunk.class, Manifest.class, Claim.class, Commit.class);

  HostileWriter(KafkaAccess kafka) {
    this.kafka = kafka;
  }

  /** The newest version of a log, as it lies there. */
  private record Newest(List<byte[]> chunks, Manifest manifest, byte[] manifestValue) {

    List<byte[]> records() {
      List<byte[]> records = new ArrayList<>(chunks);
      records.add(manifestValue);
      return records;
    }
  }

  /**
   * Writes into the log of {@code model} what {@code kind} says.
   *
   * @param other a model of the same job
   */
  void write(FaultKind kind, String model, String other, Random random) {
    List<byte[]> values = values(kind, model, other, random);
    try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
      for (byte[] value : values) {
        producer.send(new ProducerRecord<>(log(model), 0, null, value)).get();
      }
    } catch (ExecutionException e) {
      throw new FaultsFailed("the log must take what anybody writes: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FaultsFailed("interrupted while writing", e);
    }
  }

  /** Holds a transaction open in the log of {@code model} for so long, and aborts it. */
  void hold(String model, Duration time, Random random) {
    try (KafkaProducer<byte[], byte[]> producer =
        producer(Map.of(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "somebody"))) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(log(model), 0, null, noise(random))).get();
      FaultsClock.pass(time);
      producer.abortTransaction();
    } catch (ExecutionException e) {
      throw new FaultsFailed("the log must take what anybody writes: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FaultsFailed("interrupted while writing", e);
    }
  }

  private List<byte[]> values(FaultKind kind, String model, String other, Random random) {
    if (kind == FaultKind.GARBAGE) {
      return List.of(noise(random));
    }
    if (kind == FaultKind.FOREIGN_MODEL) {
      return newest(other).records();
    }
    Newest newest = newest(model);
    Manifest manifest = newest.manifest();
    long number = manifest.getNumber();
    return switch (kind) {
      case TRUNCATED -> {
        byte[] chunk = newest.chunks().get(random.nextInt(newest.chunks().size()));
        yield List.of(Arrays.copyOf(chunk, chunk.length / 2));
      }
      case CHUNK_REPEATED -> List.of(newest.chunks().get(random.nextInt(newest.chunks().size())));
      case VERSION_REPEATED -> newest.records();
      case CHUNK_LOST -> {
        List<byte[]> next = next(newest);
        next.remove(random.nextInt(2));
        yield next;
      }
      case CHUNKS_REORDERED -> {
        List<byte[]> next = next(newest);
        next.add(0, next.remove(1));
        yield next;
      }
      case BIT_FLIPPED -> {
        List<byte[]> next = next(newest);
        byte[] chunk = next.get(random.nextInt(2));
        int bit =
            8 * AvroCodec.HEADER_BYTES
                + random.nextInt(8 * (chunk.length - AvroCodec.HEADER_BYTES));
        chunk[bit / 8] ^= (byte) (1 << bit % 8);
        yield next;
      }
      case MANIFEST_ALONE -> List.of(next(newest).get(2));
      case FOREIGN_CLAIM ->
          List.of(
              codec.encode(
                  new Claim(
                      model,
                      manifest.getEpoch() + 7,
                      "nobody",
                      null,
                      null,
                      "0".repeat(32),
                      number,
                      manifest.getPublishedAt())));
      case FOREIGN_COMMIT ->
          List.of(
              codec.encode(
                  new Commit(
                      model,
                      manifest.getEpoch(),
                      number + 1_000,
                      manifest.getEpoch(),
                      manifest.getPublishedAt())));
      default -> throw new FaultsFailed("a hostile writer must know what to write, got " + kind);
    };
  }

  private static byte[] noise(Random random) {
    byte[] noise = new byte[1 + random.nextInt(4_000)];
    random.nextBytes(noise);
    return noise;
  }

  /**
   * The records of a version after the newest one, which its attempt did not write, in two chunks:
   * what follows alters them, since as they are they would be a version that changes nothing.
   */
  private List<byte[]> next(Newest newest) {
    Manifest manifest = newest.manifest();
    long number = manifest.getNumber() + 1;
    List<Object> parts = new ArrayList<>();
    for (byte[] value : newest.chunks()) {
      parts.addAll(((Chunk) decode(value)).getParts());
    }
    int half = Math.max(1, parts.size() / 2);
    List<byte[]> records = new ArrayList<>();
    records.add(chunk(manifest, number, 0, parts.subList(0, Math.min(half, parts.size()))));
    records.add(
        chunk(manifest, number, 1, parts.subList(Math.min(half, parts.size()), parts.size())));
    Manifest next = (Manifest) decode(newest.manifestValue());
    put(next, "number", number);
    put(next, "parentEpoch", manifest.getEpoch());
    put(next, "parentNumber", manifest.getNumber());
    put(next, "parentHash", manifest.getStateHash());
    put(next, "chunkHashes", List.of(hash(records.get(0)), hash(records.get(1))));
    put(next, "payloadBytes", records.get(0).length + (long) records.get(1).length);
    records.add(codec.encode(next));
    return records;
  }

  private static void put(Manifest manifest, String field, Object value) {
    manifest.put(manifest.getSchema().getField(field).pos(), value);
  }

  private byte[] chunk(Manifest manifest, long number, int index, List<Object> parts) {
    return codec.encode(
        new Chunk(manifest.getModel(), manifest.getEpoch(), number, false, index, parts));
  }

  private static String hash(byte[] value) {
    HashValue128 hash = Hashing.xxh3_128().hashBytesTo128Bits(value);
    return "%016x%016x".formatted(hash.getMostSignificantBits(), hash.getLeastSignificantBits());
  }

  /** Reads the end of a log until it holds a whole version. */
  private Newest newest(String model) {
    TopicPartition partition = new TopicPartition(log(model), 0);
    Map<String, Object> settings = new HashMap<>(kafka.client());
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    List<byte[]> open = new ArrayList<>();
    Newest newest = null;
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      consumer.seek(partition, Math.max(0, end - LOOK_BACK));
      for (int polls = 0;
          polls < POLLS && (newest == null || consumer.position(partition) < end);
          polls++) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          SpecificRecord decoded = decode(record.value());
          if (decoded instanceof Chunk chunk && chunk.getModel().equals(model)) {
            if (chunk.getIndex() == 0) {
              open.clear();
            }
            open.add(record.value());
          } else if (decoded instanceof Manifest manifest
              && manifest.getModel().equals(model)
              && manifest.getChunkHashes().equals(open.stream().map(HostileWriter::hash).toList())
              && !open.isEmpty()) {
            newest = new Newest(List.copyOf(open), manifest, record.value());
            open.clear();
          }
        }
      }
    }
    if (newest == null) {
      throw new FaultsFailed(log(model) + " must hold a version within 20 s, none came");
    }
    return newest;
  }

  private SpecificRecord decode(byte[] value) {
    try {
      return codec.decode(value);
    } catch (UndecodableRecord e) {
      // What this writer wrote itself before.
      return new Commit("", 0L, 0L, 0L, 0L);
    }
  }

  private static String log(String model) {
    return new TopicNames("", model).log();
  }

  private KafkaProducer<byte[], byte[]> producer(Map<String, Object> more) {
    Map<String, Object> settings = new HashMap<>(kafka.client());
    settings.putAll(more);
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }
}
