package io.freshet.job;

import io.freshet.job.input.DeadLetter;
import io.freshet.job.input.DeadLetters;
import io.freshet.job.input.Decoded;
import io.freshet.job.input.InputRecord;
import io.freshet.job.input.InputRecordSerializer;
import io.freshet.job.input.KeptWatermark;
import io.freshet.job.input.SplitDecoded;
import io.freshet.job.learner.EntrySerializer;
import io.freshet.job.learner.EvaluationSerializer;
import io.freshet.job.learner.LearnerLoopFactory;
import io.freshet.job.learner.ReferenceLoopFactory;
import io.freshet.job.learner.SequencedFactory;
import io.freshet.job.learner.SequencedOperatorFactory;
import io.freshet.job.order.LateFilter;
import io.freshet.job.timeline.HistoryChange;
import io.freshet.job.timeline.ItemTimeline;
import io.freshet.job.timeline.QueryTimeline;
import io.freshet.job.timeline.Searches;
import io.freshet.job.timeline.TimelineSettings;
import io.freshet.job.timeline.UserEvent;
import io.freshet.job.timeline.UserEventSerializer;
import io.freshet.job.timeline.UserEvents;
import io.freshet.job.timeline.UserTimeline;
import io.freshet.scoring.feature.HistoryKey;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettingsJson;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/** The whole machine on one screen: streams in, streams out, no broker. */
public final class TrainingTopology {

  /** What comes out. */
  public record Outputs(
      DataStream<Evaluation> evaluations,
      DataStream<HistoryChange> histories,
      DataStream<DeadLetter> deadLetters) {}

  private TrainingTopology() {}

  /**
   * @param decoded records with event times and per-partition watermarks
   */
  public static Outputs build(DataStream<Decoded> decoded, JobSettings job) {
    TimelineSettings timelines = TimelineSettings.of(job.models());
    DeadLetters letters = new DeadLetters(job.inputs());

    SingleOutputStreamOperator<InputRecord> records =
        decoded
            .transform("kept-watermark", decoded.getType(), new KeptWatermark())
            .setParallelism(decoded.getParallelism()) // a redistribution would mix up partitions
            .uid("kept-watermark")
            .process(new SplitDecoded())
            .returns(InputRecordSerializer.INSTANCE.type(InputRecord.class))
            .setParallelism(decoded.getParallelism())
            .uid("decoded");

    SingleOutputStreamOperator<InputRecord> inTime =
        records
            .keyBy(InputRecord::partition, Types.INT)
            .process(new LateFilter(job.models().stream().outOfOrdernessMs(), letters))
            .returns(InputRecordSerializer.INSTANCE.type(InputRecord.class))
            .uid("late-filter")
            .name("late-filter");

    DataStream<UserEvent> shown =
        inTime
            .filter(UserEvents::concernsItem)
            .keyBy(UserEvents::itemKey, Types.STRING)
            .process(new ItemTimeline(timelines))
            .returns(UserEventSerializer.INSTANCE.type(UserEvent.class))
            .uid("item-timeline")
            .name("item-timeline");

    DataStream<UserEvent> outcomes =
        inTime
            .filter(UserEvents::isOutcome)
            .map(UserEvents::outcome)
            .returns(UserEventSerializer.INSTANCE.type(UserEvent.class));

    DataStream<UserEvent> ofUsers = shown.union(outcomes);
    if (timelines.histories().actions().contains(HistoryKey.QUERY)) {
      ofUsers =
          ofUsers.union(
              inTime
                  .filter(UserEvents::isAskedByUser)
                  .map(UserEvents::asked)
                  .returns(UserEventSerializer.INSTANCE.type(UserEvent.class)));
    }

    SingleOutputStreamOperator<Entry> entries =
        ofUsers
            .keyBy(UserEvents::userKey, Types.STRING)
            .process(new UserTimeline(timelines, letters))
            .returns(EntrySerializer.INSTANCE.type(Entry.class))
            .uid("user-timeline")
            .name("user-timeline");

    DataStream<DeadLetter> deadLetters =
        records
            .getSideOutput(DeadLetters.TAG)
            .union(inTime.getSideOutput(DeadLetters.TAG), entries.getSideOutput(DeadLetters.TAG));
    DataStream<Entry> rankingEntries = entries;
    if (job.models().models().stream().anyMatch(Searches::areLearntBy)) {
      SingleOutputStreamOperator<Entry> grouped =
          inTime
              .filter(Searches::concerns)
              .connect(entries.filter(Searches::concerns))
              .keyBy(Searches::key, Searches::key, Types.STRING)
              .process(new QueryTimeline(timelines, letters))
              .returns(EntrySerializer.INSTANCE.type(Entry.class))
              .uid("query-timeline")
              .name("query-timeline");
      deadLetters = deadLetters.union(grouped.getSideOutput(DeadLetters.TAG));
      rankingEntries = grouped;
    }

    List<DataStream<Evaluation>> evaluations = new ArrayList<>();
    for (ModelSettings model : job.models().models()) {
      evaluations.add(
          learn(
              Searches.areLearntBy(model) ? rankingEntries : entries,
              model.name(),
              job.slots(),
              evaluations.size(),
              new LearnerLoopFactory(
                  ModelSettingsJson.write(model),
                  timelines.histories(),
                  job.logs(),
                  job.inputs(),
                  job.code())));
    }
    if (job.references()) {
      String shared = ModelSettingsJson.write(shared(job.models().models()));
      evaluations.add(
          learn(
              entries,
              "references",
              job.slots(),
              evaluations.size(),
              new ReferenceLoopFactory(shared, timelines.histories(), timelines.labelAction())));
    }
    return new Outputs(
        union(evaluations), entries.getSideOutput(UserTimeline.CHANGES), deadLetters);
  }

  /** The model whose features and batches the references share: the first that does not rank. */
  private static ModelSettings shared(List<ModelSettings> models) {
    return models.stream()
        .filter(model -> !Searches.areLearntBy(model))
        .findFirst()
        .orElse(models.get(0));
  }

  private static DataStream<Evaluation> learn(
      DataStream<Entry> entries,
      String name,
      SlotRequests slots,
      int turn,
      SequencedFactory factory) {
    return entries
        .transform(
            "learner-" + name,
            EvaluationSerializer.INSTANCE.type(Evaluation.class),
            new SequencedOperatorFactory(factory, turn))
        .uid("learner-" + name)
        .setParallelism(1)
        .setMaxParallelism(1)
        .slotSharingGroup(slots.of("learner-" + name, name));
  }

  private static DataStream<Evaluation> union(List<DataStream<Evaluation>> streams) {
    DataStream<Evaluation> all = streams.get(0);
    for (DataStream<Evaluation> next : streams.subList(1, streams.size())) {
      all = all.union(next);
    }
    return all;
  }
}
