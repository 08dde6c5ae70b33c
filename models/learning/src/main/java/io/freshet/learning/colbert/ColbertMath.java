package io.freshet.learning.colbert;

import io.freshet.learning.Example;
import io.freshet.scoring.colbert.ColbertScorer;
import io.freshet.scoring.colbert.ColbertShape;
import io.freshet.scoring.colbert.QueryWeights;
import io.freshet.scoring.colbert.TextEncoder;
import io.freshet.scoring.colbert.TextPass;
import io.freshet.scoring.ctr.TensorSpec;
import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.kernel.Kernels;
import io.freshet.scoring.kernel.MaxSim;
import io.freshet.scoring.settings.RankingSettings;
import io.freshet.scoring.settings.RankingSettings.Loss;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Forward and backward of late interaction over one batch, by hand; changes nothing. Texts are read
 * by the very classes that score. What learns by what:
 *
 * <ul>
 *   <li>scale, offset, crosses and biases: by the log loss of every example's logit, so that it is
 *       a probability of a click whatever the ranking loss is;
 *   <li>words, weights of query tokens, encoder and projection: by the ranking loss of what a query
 *       showed and by in-batch negatives; by the log loss where an example answers no query, or
 *       where the loss is pointwise. Clicks weigh by {@link RankedBatch#clickWeights}.
 * </ul>
 */
final class ColbertMath {

  private static final float NEVER_SHOWN = 1e-6f;

  private final ColbertShape shape;
  private final RankingSettings ranking;
  private final ModelState state;
  private final ColbertScorer scorer;
  private final Kernels kernels;
  private final QueryWeights weights;
  private final TextEncoder queryEncoder;
  private final TextEncoder documentEncoder;
  private final MaxSim maxSim;
  private final Negatives negatives;
  private final int k;
  private final int teacher;
  private final List<RowTable> additions;

  ColbertMath(ColbertShape shape, ModelState state, ColbertScorer scorer, Kernels kernels) {
    this.shape = shape;
    this.ranking = shape.ranking();
    this.state = state;
    this.scorer = scorer;
    this.kernels = kernels;
    this.weights = new QueryWeights(shape, state);
    this.queryEncoder = new TextEncoder(shape, state, kernels, false);
    this.documentEncoder = new TextEncoder(shape, state, kernels, true);
    this.maxSim = new MaxSim(kernels);
    this.negatives = new Negatives(shape.settings().seed(), ranking.negatives().count());
    this.k = ranking.vector();
    this.teacher = shape.layout().numbers().indexOf(ranking.teacher());
    this.additions = shape.additions().stream().map(slot -> state.table(slot.name())).toList();
  }

  /**
   * @param step that the batch will be, counted from 1
   */
  ColbertStep step(RankedBatch batch, Entries entries, long step) {
    return new Pass(batch, entries).step(step);
  }

  /** One query and one document, met. */
  private record Meeting(int query, int document, float match, float[] best, int[] where) {}

  private final class Pass {

    private final RankedBatch batch;
    private final Entries entries;
    private final Map<String, float[]> gradients = new HashMap<>();
    private final List<TextPass> queries = new ArrayList<>();
    private final List<float[]> shares = new ArrayList<>();
    private final List<float[]> ofQueries = new ArrayList<>();
    private final List<float[]> ofShares = new ArrayList<>();
    private final List<float[]> documents = new ArrayList<>();
    private final List<TextPass> documentPasses = new ArrayList<>();
    private final List<float[]> ofDocuments = new ArrayList<>();
    private final boolean documentsLearn = ranking.documentShare() > 0;
    private int met = -1;

    Pass(RankedBatch batch, Entries entries) {
      this.batch = batch;
      this.entries = entries;
      for (TensorSpec spec : shape.tensors()) {
        if (spec.role() == TensorSpec.Role.TRAINABLE) {
          gradients.put(spec.name(), new float[spec.size()]);
        }
      }
      readTexts();
    }

    private void readTexts() {
      for (int q = 0; q < batch.queries().size(); q++) {
        TextPass pass = new TextPass(ranking);
        queryEncoder.encode(batch.queries().get(q), pass);
        float[] share = new float[pass.count()];
        float sum = weights.write(batch.queries().get(q), share);
        for (int i = 0; i < share.length; i++) {
          share[i] /= sum;
        }
        queries.add(pass);
        shares.add(share);
        ofQueries.add(new float[pass.count() * k]);
        ofShares.add(new float[pass.count()]);
      }
      for (int d = 0; d < batch.documents().size(); d++) {
        float[] vectors = scorer.vectors(batch.documents().get(d));
        documents.add(vectors);
        if (documentsLearn) {
          TextPass pass = new TextPass(ranking);
          documentEncoder.encode(batch.documents().get(d), pass);
          documentPasses.add(pass);
          ofDocuments.add(new float[vectors.length]);
        }
      }
    }

    ColbertStep step(long step) {
      Meeting[] meetings = new Meeting[batch.size()];
      float[] logits = new float[batch.size()];
      float[][] ofAdditions = new float[additions.size()][];
      Arrays.setAll(ofAdditions, a -> new float[entries.additions(a)]);
      for (int e = 0; e < meetings.length; e++) {
        meetings[e] = meet(batch.query()[e], batch.document()[e]);
        logits[e] = logit(e, meetings[e].match);
      }
      double[] ofMatches = new double[batch.size()];
      double loss = logLoss(logits, meetings, ofMatches, ofAdditions);
      double rankingLoss = rank(meetings, ofMatches);
      for (int e = 0; e < meetings.length; e++) {
        back(meetings[e], ofMatches[e]);
      }
      if (ranking.negatives().count() > 0) {
        rankingLoss += rankNegatives(meetings, step);
      }
      float[] ofWords = new float[entries.words() * ranking.width()];
      float[] ofWeights = new float[entries.weights()];
      backTexts(ofWords, ofWeights);
      return new ColbertStep(logits, loss, rankingLoss, gradients, ofWords, ofWeights, ofAdditions);
    }

    private Meeting meet(int query, int document) {
      TextPass pass = queries.get(query);
      int tokens = pass.count();
      if (met != query) {
        maxSim.query(pass.vectors(), pass.first() * k, tokens, k);
        met = query;
      }
      float[] best = new float[tokens];
      int[] where = new int[tokens];
      float[] vectors = documents.get(document);
      maxSim.matches(vectors, 0, vectors.length / k, best, where, 0);
      float match = 0;
      for (int i = 0; i < tokens; i++) {
        match = Math.fma(shares.get(query)[i], best[i], match);
      }
      return new Meeting(query, document, match, best, where);
    }

    private float logit(int e, float match) {
      float logit = scorer.texts().logit(match);
      long[] ids = ColbertShape.additions(batch.examples().get(e).features());
      for (int a = 0; a < ids.length; a++) {
        logit += addition(additions.get(a), ids[a]);
      }
      return logit;
    }

    private static float addition(RowTable table, long id) {
      int row = table.find(id);
      row = row < 0 ? table.find(Ids.SHARED) : row;
      return row < 0 ? 0 : table.values(row)[table.valueOffset(row)];
    }

    private double logLoss(
        float[] logits, Meeting[] meetings, double[] ofMatches, float[][] ofAdditions) {
      float[] ofHead = new float[2];
      float scale = state.tensor(ColbertShape.HEAD).data()[0];
      double sum = 0;
      for (int e = 0; e < logits.length; e++) {
        Example example = batch.examples().get(e);
        double logit = logits[e];
        double label = example.label();
        double weight = (double) example.weight() / logits.length;
        sum +=
            weight
                * (Math.max(logit, 0)
                    - logit * label
                    + StrictMath.log1p(StrictMath.exp(-Math.abs(logit))));
        double error = weight * (1 / (1 + StrictMath.exp(-logit)) - label);
        ofHead[0] += (float) (error * meetings[e].match);
        ofHead[1] += (float) error;
        long[] ids = ColbertShape.additions(example.features());
        for (int a = 0; a < ids.length; a++) {
          ofAdditions[a][entries.addition(a, ids[a])] += (float) error;
        }
        if (ranking.loss() == Loss.POINTWISE || example.group() == 0) {
          ofMatches[e] += error * scale * batch.clickWeights()[e];
        }
      }
      gradients.put(ColbertShape.HEAD, ofHead);
      return sum;
    }

    private double rank(Meeting[] meetings, double[] ofMatches) {
      double sum = 0;
      double each = 1.0 / Math.max(1, batch.lists().size());
      float temperature = (float) ranking.temperature();
      for (int[] list : batch.lists()) {
        float[] scores = new float[list.length];
        float[] clicks = new float[list.length];
        for (int i = 0; i < list.length; i++) {
          scores[i] = meetings[list[i]].match / temperature;
          clicks[i] = click(list[i]);
        }
        double[] gradient = new double[list.length];
        sum += ListLoss.add(ranking.loss(), scores, clicks, gradient, each);
        sum += distil(list, scores, gradient, each);
        for (int i = 0; i < list.length; i++) {
          ofMatches[list[i]] += gradient[i] / temperature;
        }
      }
      return sum;
    }

    /** What a click weighs; 0 where there is none. */
    private float click(int e) {
      Example example = batch.examples().get(e);
      return example.label() > 0 ? example.weight() * batch.clickWeights()[e] : 0;
    }

    /** Only of lists of which the teacher scored every document. */
    private double distil(int[] list, float[] scores, double[] gradient, double each) {
      if (teacher < 0 || list.length < 2) {
        return 0;
      }
      float[] wanted = new float[list.length];
      for (int i = 0; i < list.length; i++) {
        wanted[i] = batch.examples().get(list[i]).features().numbers()[teacher];
        if (!Float.isFinite(wanted[i])) {
          return 0;
        }
      }
      return ListLoss.distil(scores, wanted, gradient, each * ranking.teacherWeight());
    }

    /**
     * Softmax of a clicked document against drawn ones, each score less the logarithm of its share
     * of all that is shown (Yi et al., RecSys 2019): what is shown often is drawn often.
     */
    private double rankNegatives(Meeting[] meetings, long step) {
      double sum = 0;
      float temperature = (float) ranking.temperature();
      double each = ranking.negatives().weight() / Math.max(1, batch.lists().size());
      for (int l = 0; l < batch.lists().size(); l++) {
        int[] list = batch.lists().get(l);
        int query = batch.query()[list[0]];
        List<Integer> drawn = null;
        List<Meeting> met = new ArrayList<>();
        for (int e : list) {
          if (!(click(e) > 0) || queries.get(query).count() == 0) {
            continue;
          }
          if (drawn == null) {
            drawn = negatives.draw(batch, query, step, l);
            drawn.forEach(document -> met.add(meet(query, document)));
          }
          float[] scores = new float[1 + met.size()];
          float[] clicks = new float[scores.length];
          clicks[0] = click(e);
          scores[0] = corrected(meetings[e], temperature);
          for (int i = 0; i < met.size(); i++) {
            scores[1 + i] = corrected(met.get(i), temperature);
          }
          double[] gradient = new double[scores.length];
          sum += ListLoss.add(Loss.SOFTMAX, scores, clicks, gradient, each);
          back(meetings[e], gradient[0] / temperature);
          for (int i = 0; i < met.size(); i++) {
            back(met.get(i), gradient[1 + i] / temperature);
          }
        }
      }
      return sum;
    }

    private float corrected(Meeting meeting, float temperature) {
      float share = Math.max(NEVER_SHOWN, batch.shares()[meeting.document]);
      return meeting.match / temperature - (float) StrictMath.log(share);
    }

    /**
     * d match = Σ share_i·d best_i + best_i·d share_i; a token that wins nothing learns nothing.
     */
    private void back(Meeting meeting, double ofMatch) {
      if (ofMatch == 0) {
        return;
      }
      TextPass pass = queries.get(meeting.query);
      float[] ofQuery = ofQueries.get(meeting.query);
      float[] ofShare = ofShares.get(meeting.query);
      float[] share = shares.get(meeting.query);
      float[] vectors = documents.get(meeting.document);
      for (int i = 0; i < pass.count(); i++) {
        ofShare[i] += (float) ofMatch * meeting.best[i];
        if (meeting.where[i] < 0) {
          continue;
        }
        float factor = (float) ofMatch * share[i];
        int from = meeting.where[i] * k;
        for (int j = 0; j < k; j++) {
          ofQuery[i * k + j] = Math.fma(factor, vectors[from + j], ofQuery[i * k + j]);
        }
        if (documentsLearn) {
          float[] ofDocument = ofDocuments.get(meeting.document);
          float reached = factor * (float) ranking.documentShare();
          int own = (pass.first() + i) * k;
          for (int j = 0; j < k; j++) {
            ofDocument[from + j] = Math.fma(reached, pass.vectors()[own + j], ofDocument[from + j]);
          }
        }
      }
    }

    private void backTexts(float[] ofWords, float[] ofWeights) {
      TextGradient ofQueryTexts = new TextGradient(shape, state, kernels, false, gradients);
      for (int q = 0; q < queries.size(); q++) {
        long[] tokens = batch.queries().get(q);
        float[] dx = ofQueryTexts.backward(queries.get(q), ofQueries.get(q));
        addWords(tokens, dx, queries.get(q).first(), ofWords);
        addWeights(tokens, shares.get(q), ofShares.get(q), ofWeights);
      }
      TextGradient ofDocumentTexts = new TextGradient(shape, state, kernels, true, gradients);
      for (int d = 0; d < documentPasses.size(); d++) {
        TextPass pass = documentPasses.get(d);
        float[] dx = ofDocumentTexts.backward(pass, ofDocuments.get(d));
        addWords(batch.documents().get(d), dx, pass.first(), ofWords);
      }
    }

    /** To the rows of words and n-grams; a marker's vector does not learn. */
    private void addWords(long[] tokens, float[] dx, int first, float[] ofWords) {
      int width = ranking.width();
      float unit = (float) (1 / Math.sqrt(width));
      int row = first;
      for (int from = 0; from < tokens.length; row++) {
        int to = from + 1;
        while (tokens[to] != Ids.SHARED) {
          to++;
        }
        for (int i = from; i < to; i++) {
          float factor = i == from ? unit : unit * TextEncoder.share(to - from - 1);
          int at = entries.word(tokens[i]) * width;
          for (int j = 0; j < width; j++) {
            ofWords[at + j] = Math.fma(factor, dx[row * width + j], ofWords[at + j]);
          }
        }
        from = to + 1;
      }
    }

    /** share_i = w_i/Σw and w = idf·e^θ: dθ_i = share_i·(d share_i − Σ share·d share). */
    private void addWeights(long[] tokens, float[] share, float[] ofShare, float[] ofWeights) {
      float mean = 0;
      for (int i = 0; i < share.length; i++) {
        mean = Math.fma(share[i], ofShare[i], mean);
      }
      int token = 0;
      boolean head = true;
      for (long id : tokens) {
        if (head) {
          float gradient = share[token] * (ofShare[token] - mean);
          if (weights.moves(id, gradient)) {
            ofWeights[entries.weight(id)] += gradient;
          }
          token++;
        }
        head = id == Ids.SHARED;
      }
    }
  }
}
