package io.freshet.cli.report;

import io.freshet.schema.avro.Evaluation;
import io.freshet.schema.avro.EvaluationRow;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The predictions file: CSV as in RFC 4180, one row per model and example, model after model, each
 * in training order. Numbers read back to the same bits; what is not known is an empty field.
 */
public final class PredictionsFile {

  /** The header line. */
  public static final String HEADER =
      "model,family,step,exampleId,impressionTime,readyTime,userId,itemId,queryId,position,label,"
          + "weight,prediction,raw,predictionAtTraining,trueProbability,propensity,grade";

  private PredictionsFile() {}

  /**
   * Writes all that {@code store} holds of {@code models}, in this order.
   *
   * @param file gzip when its name ends in .gz
   */
  public static void write(Path file, EvaluationStore store, List<String> models) {
    boolean zipped = String.valueOf(file.getFileName()).endsWith(".gz");
    AtomicFile.write(
        file,
        bytes -> {
          OutputStream to = zipped ? new GZIPOutputStream(bytes, 1 << 16) : bytes;
          Writer out = new BufferedWriter(new OutputStreamWriter(to, StandardCharsets.UTF_8));
          out.write(HEADER);
          out.write(Csv.END_OF_LINE);
          for (String model : models) {
            store.read(model, evaluation -> writeUnchecked(out, evaluation));
          }
          out.flush();
          if (to instanceof GZIPOutputStream gzip) {
            gzip.finish();
          }
        });
  }

  private static void writeUnchecked(Writer out, Evaluation evaluation) {
    try {
      for (EvaluationRow row : evaluation.getRows()) {
        write(out, evaluation, row);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Writer out, Evaluation evaluation, EvaluationRow row)
      throws IOException {
    Csv.field(out, evaluation.getModel()).append(',');
    Csv.field(out, evaluation.getFamily()).append(',');
    out.append(Long.toString(evaluation.getStep())).append(',');
    Csv.field(out, row.getExampleId()).append(',');
    out.append(Long.toString(row.getImpressionTime())).append(',');
    out.append(Long.toString(row.getReadyTime())).append(',');
    Csv.field(out, row.getUserId()).append(',');
    Csv.field(out, row.getItemId()).append(',');
    Csv.field(out, row.getQueryId()).append(',');
    out.append(Integer.toString(row.getPosition())).append(',');
    out.append(Float.toString(row.getLabel())).append(',');
    out.append(Float.toString(row.getWeight())).append(',');
    out.append(Float.toString(row.getPrediction())).append(',');
    out.append(Float.toString(row.getRaw())).append(',');
    out.append(Float.toString(row.getPredictionAtTraining())).append(',');
    number(out, row.getTrueProbability()).append(',');
    number(out, row.getPropensity()).append(',');
    number(out, row.getGrade()).append(Csv.END_OF_LINE);
  }

  private static Writer number(Writer out, @Nullable Number value) throws IOException {
    if (value != null) {
      out.write(value.toString());
    }
    return out;
  }
}
