package io.freshet.modellog;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** One model's commands and decisions, as those see them who command. */
public final class KafkaCommands {

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final Map<String, ?> kafka;
  private final TopicNames names;
  private final DecisionCodec codec;

  /**
   * @param kafka client properties, at least {@code bootstrap.servers}
   */
  public KafkaCommands(Map<String, ?> kafka, TopicNames names) {
    this.kafka = kafka;
    this.names = names;
    this.codec = new DecisionCodec(names.model());
  }

  /** What was decided on the model's learner beside its versions, by ascending steps. */
  public List<Decision> decisions() {
    KafkaMedium medium = new KafkaMedium(kafka, names);
    DecisionWriter reader = new DecisionWriter(names.model(), medium);
    try {
      reader.begin();
    } finally {
      medium.close();
    }
    return reader.before();
  }

  /**
   * Sends a command and waits for what is decided on it.
   *
   * @param nanoTime of the caller's clock
   * @return null where nothing was decided within {@code patience}; the command then waits for a
   *     learner
   * @throws BrokenLog if the brokers do not take it
   */
  public @Nullable Decision send(Command command, Duration patience, LongSupplier nanoTime) {
    KafkaMedium medium = new KafkaMedium(kafka, names);
    try {
      long from = medium.end(LogMedium.Topic.DECISIONS);
      write(command);
      long until = nanoTime.getAsLong() + patience.toNanos();
      List<Decision> found = new ArrayList<>();
      while (found.isEmpty() && nanoTime.getAsLong() - until < 0) {
        medium.poll(
            LogMedium.Topic.DECISIONS,
            from,
            (offset, key, value) -> {
              Decision decision = codec.decision(value);
              Command.Sent sent = decision == null ? null : decision.sent();
              if (decision != null && sent != null && sent.command().id().equals(command.id())) {
                found.add(decision);
              }
            });
        LockSupport.parkNanos(PAUSE_NANOS);
      }
      return found.isEmpty() ? null : found.get(0);
    } finally {
      medium.close();
    }
  }

  private void write(Command command) {
    Map<String, Object> settings = new HashMap<>(kafka);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
      producer
          .send(new ProducerRecord<>(names.commands(), 0, names.model(), codec.command(command)))
          .get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokenLog("interrupted while writing " + names.commands(), e);
    } catch (ExecutionException | KafkaException e) {
      throw new BrokenLog(
          "%s must take the command: %s".formatted(names.commands(), e.getMessage()), e);
    }
  }
}
