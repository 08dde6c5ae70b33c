package io.freshet.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.report.LogWatch;
import io.freshet.learning.colbert.PositionBias;
import io.freshet.modellog.Decision;
import io.freshet.modellog.KafkaCommands;
import io.freshet.modellog.KafkaModelLog;
import io.freshet.modellog.LogEntry;
import io.freshet.modellog.LogFeed;
import io.freshet.modellog.LogRecord;
import io.freshet.modellog.ModelIndex;
import io.freshet.modellog.Version;
import io.freshet.modellog.VersionFacts;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Shows what the log says of a version. */
@Command(
    name = "inspect",
    description = "Shows the manifest of a version, its lineage and its metrics.")
final class InspectCommand implements Callable<Integer> {

  private static final Duration POLL = Duration.ofMillis(200);

  @ParentCommand private Freshet freshet;

  @Mixin private KafkaOptions kafka;

  @Parameters(paramLabel = "MODEL", description = "Name of the model.")
  private String model;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The directory of a demo, running or not.")
  private @Nullable Path data;

  @Option(
      names = "--version",
      paramLabel = "[E:]N",
      converter = WantedVersion.Converter.class,
      description =
          "The version, with its epoch where several had the number (default: the newest).")
  private @Nullable WantedVersion version;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  private static final int DECISIONS = 20;

  private record Found(
      LogEntry.Manifest manifest,
      long offset,
      long versions,
      ModelIndex index,
      List<Decision> decisions) {}

  @Override
  public Integer call() throws JsonProcessingException {
    Found found = kafka.with(data, this::find);
    ObjectNode node = describe(found);
    if (json) {
      freshet
          .terminal()
          .say(
              JsonMapper.builder()
                  .enable(SerializationFeature.INDENT_OUTPUT)
                  .build()
                  .writeValueAsString(node));
    } else {
      print(node, "");
    }
    return 0;
  }

  private Found find(KafkaAccess access) {
    LogEntry.@Nullable Manifest manifest = null;
    long offset = -1;
    long versions = 0;
    try (LogFeed feed = KafkaModelLog.feed(access.client(), FollowCommand.names(access, model))) {
      long end = feed.end();
      while (feed.position() < end) {
        for (LogRecord record : feed.poll(POLL)) {
          if (record.entry() instanceof LogEntry.Manifest next) {
            versions++;
            if (version == null || version.is(next.facts().version())) {
              manifest = next;
              offset = record.offset();
            }
          }
        }
      }
      if (manifest == null) {
        throw new CommandFailed(
            "%s must hold %s, it holds %d other versions"
                .formatted(
                    FollowCommand.names(access, model).log(),
                    version == null ? "a version" : "version " + version,
                    versions));
      }
      List<Decision> decisions =
          new KafkaCommands(access.client(), FollowCommand.names(access, model)).decisions();
      return new Found(
          manifest,
          offset,
          versions,
          feed.index(),
          decisions.subList(Math.max(0, decisions.size() - DECISIONS), decisions.size()));
    }
  }

  private ObjectNode describe(Found found) {
    LogEntry.Manifest manifest = found.manifest;
    VersionFacts facts = manifest.facts();
    ObjectNode node = JsonMapper.builder().build().createObjectNode();
    node.put("model", model);
    node.put("version", facts.version().number()).put("epoch", facts.version().epoch());
    Version parent = facts.parent();
    node.put("parent", parent == null ? null : parent.toString());
    node.put("parentHash", parent == null ? null : facts.parentHash().toString());
    node.put("stateHash", facts.stateHash().toString());
    node.put("step", facts.step());
    node.put("eventTime", facts.eventTime());
    node.put("learntTo", time(facts.eventTime()));
    node.put("publishedAt", time(manifest.publishedAt()));
    node.put("writer", manifest.writer()).put("engine", facts.engine()).put("code", facts.code());
    node.put("seed", facts.seed()).put("gate", facts.gate());
    node.put("chunks", manifest.chunkHashes().size()).put("payloadBytes", manifest.payloadBytes());
    node.put("parameters", LogWatch.parameters(manifest));
    Version committed = found.index.committed();
    node.put("newestCommitted", committed == null ? null : committed.toString());
    node.put("offset", found.offset).put("versionsOnLog", found.versions);
    ObjectNode tables = node.putObject("tables");
    for (LogEntry.TableSummary table : manifest.tables()) {
      tables
          .putObject(table.name())
          .put("width", table.width())
          .put("rows", table.rowCount())
          .put("changed", table.rows())
          .put("deleted", table.tombstones());
    }
    ObjectNode tensors = node.putObject("tensors");
    new TreeMap<>(manifest.tensors()).forEach((name, shape) -> tensors.put(name, shape.toString()));
    ObjectNode metrics = node.putObject("metrics");
    new TreeMap<>(facts.metrics()).forEach(metrics::put);
    String notice = PositionBias.notice(facts.metrics());
    if (notice != null) {
      node.putArray("notices").add(notice);
    }
    ObjectNode lineage = node.putObject("lineage");
    new TreeMap<>(facts.lineage()).forEach(lineage::put);
    ObjectNode skipped = node.putObject("skipped");
    new TreeMap<>(facts.skipped())
        .forEach((partition, offsets) -> skipped.put(partition, offsets.size()));
    var anchors = node.putArray("anchors");
    for (ModelIndex.AnchorPosition anchor : found.index.anchors()) {
      anchors
          .addObject()
          .put("version", anchor.version().toString())
          .put("bytes", anchor.payloadBytes())
          .put("stateHash", anchor.stateHash().toString());
    }
    var decisions = node.putArray("decisions");
    for (Decision decision : found.decisions) {
      decisions
          .addObject()
          .put("decision", decision.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '))
          .put("epoch", decision.epoch())
          .put("step", decision.at().step())
          .put("text", decision.text())
          .put("stateHash", decision.stateHash().toString())
          .put("skippedExamples", decision.skippedExamples())
          .put("candidateHash", Objects.toString(decision.candidateHash(), null));
    }
    node.put("settings", facts.settings());
    return node;
  }

  private static String time(long milliseconds) {
    return milliseconds >= Long.MAX_VALUE - 1
        ? "the end of the source"
        : Instant.ofEpochMilli(milliseconds).toString();
  }

  private void print(ObjectNode node, String indent) {
    node.properties()
        .forEach(
            field -> {
              if (field.getValue() instanceof ObjectNode inner) {
                freshet.terminal().say(indent + field.getKey());
                print(inner, indent + "  ");
              } else {
                freshet
                    .terminal()
                    .say(
                        String.format(
                            Locale.ROOT,
                            "%s%-" + Math.max(1, 26 - indent.length()) + "s %s",
                            indent,
                            field.getKey(),
                            field.getValue().isTextual()
                                ? field.getValue().asText()
                                : field.getValue().toString()));
              }
            });
  }
}
