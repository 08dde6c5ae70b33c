package io.freshet.scoring.ctr;

import io.freshet.scoring.feature.FeatureLayout;
import io.freshet.scoring.feature.FeatureLayout.CounterSlot;
import io.freshet.scoring.feature.FeatureLayout.HistorySlot;
import io.freshet.scoring.feature.FeatureLayout.IdSlot;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettings.Activation;
import io.freshet.scoring.settings.ModelSettings.Attention;
import io.freshet.scoring.settings.ModelSettings.Network;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import io.freshet.scoring.state.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The shape of one click-through network: every tensor and table, and where every input lies. Names
 * and offsets come from here only, for the scorer and for the learner.
 *
 * <pre>
 * x     = per history: pooled, query∘pooled | per id slot: row | per bag slot: mean of rows | dense
 * dense = per number: value, missing indicator | per counter slot: its values | per history: ln(1+n)
 * </pre>
 */
public final class CtrShape {

  /** Names a model's calibrator: (a, b) of sigmoid(a·logit + b). */
  public static final String CALIBRATION = "calibration";

  /** Names (positives, total) over all examples, the prior of every counter's rate. */
  public static final String COUNTERS_BASE = "counters.base";

  /** [size of dense]: running mean, variance and count of every dense input. */
  public static final String DENSE_MEAN = "dense.mean";

  public static final String DENSE_VARIANCE = "dense.var";
  public static final String DENSE_COUNT = "dense.count";

  /** [size of dense]: the linear map past the network. */
  public static final String SKIP = "skip.W";

  /** [units of the last hidden layer] and [1]: the network's linear output. */
  public static final String MLP_OUT_WEIGHT = "mlp.out.W";

  public static final String MLP_OUT_BIAS = "mlp.out.b";

  private static final float PRELU_START = 0.25f;

  private final FeatureLayout layout;
  private final Pooling pooling;
  private final Attention attention;
  private final boolean linearSkip;
  private final List<TensorSpec> tensors = new ArrayList<>();
  private final List<TableSpec> tables;
  private final List<List<LayerSpec>> attentionLayers = new ArrayList<>();
  private final List<LayerSpec> mlp;
  private final int[] historyOffsets;
  private final int[] idOffsets;
  private final int[] bagOffsets;
  private final int denseOffset;
  private final int inputSize;
  private final int[] counterOffsets;
  private final int counterSize;
  private final int denseSize;

  /** A network whose top are the hidden layers of the settings. */
  public CtrShape(ModelSettings settings, FeatureLayout layout, Pooling pooling) {
    this(settings, layout, pooling, null);
  }

  /**
   * @param top the tensors of another top than hidden layers, given the floats of x; null for these
   */
  public CtrShape(
      ModelSettings settings,
      FeatureLayout layout,
      Pooling pooling,
      @Nullable IntFunction<List<TensorSpec>> top) {
    this.layout = layout;
    this.pooling = pooling;
    this.attention = settings.attention();
    this.historyOffsets = new int[layout.histories().size()];
    this.idOffsets = new int[layout.ids().size()];
    this.bagOffsets = new int[layout.bags().size()];
    this.counterOffsets = new int[layout.counters().size()];

    int counterValues = 0;
    for (int c = 0; c < counterOffsets.length; c++) {
      counterOffsets[c] = counterValues;
      counterValues += CounterRows.values(layout.counters().get(c).halfLivesMs().size());
    }
    this.counterSize = counterValues;
    this.denseSize = 2 * layout.numbers().size() + counterSize + layout.histories().size();

    int at = 0;
    for (int h = 0; h < historyOffsets.length; h++) {
      historyOffsets[h] = at;
      at += 2 * layout.histories().get(h).width();
    }
    for (int i = 0; i < idOffsets.length; i++) {
      idOffsets[i] = at;
      at += layout.ids().get(i).width();
    }
    for (int b = 0; b < bagOffsets.length; b++) {
      bagOffsets[b] = at;
      at += layout.bags().get(b).width();
    }
    this.denseOffset = at;
    this.inputSize = at + denseSize;

    Network network = settings.network();
    this.linearSkip = network.linearSkip() && denseSize > 0;
    for (int h = 0; h < historyOffsets.length; h++) {
      attentionLayers.add(pooling == Pooling.ATTENTION ? addAttention(h) : List.of());
    }
    if (top == null) {
      this.mlp = addLayers("mlp", inputSize, network.units(), network.activation());
    } else {
      this.mlp = List.of();
      tensors.addAll(top.apply(inputSize));
    }
    addStatisticsAndSkip();
    this.tables = tables(layout);
  }

  private List<LayerSpec> addAttention(int h) {
    HistorySlot history = layout.histories().get(h);
    return addLayers(
        "att." + history.name(), 4 * history.width(), attention.units(), attention.activation());
  }

  private List<LayerSpec> addLayers(
      String prefix, int inputs, List<Integer> units, Activation activation) {
    List<LayerSpec> layers = new ArrayList<>();
    int in = inputs;
    for (int i = 0; i < units.size(); i++) {
      LayerSpec layer = new LayerSpec(prefix + "." + i, in, units.get(i), activation);
      layers.add(layer);
      addLayer(layer);
      in = layer.out();
    }
    trainable(prefix + ".out.W", InitialValues.Normal.glorot(in, 1), in);
    trainable(prefix + ".out.b", new InitialValues.Constant(0), 1);
    return List.copyOf(layers);
  }

  private void addLayer(LayerSpec layer) {
    trainable(
        layer.weight(),
        InitialValues.Normal.glorot(layer.in(), layer.out()),
        layer.in(),
        layer.out());
    trainable(layer.bias(), new InitialValues.Constant(0), layer.out());
    switch (layer.activation()) {
      case SIGMOID, RELU -> {}
      case PRELU -> trainable(layer.alpha(), new InitialValues.Constant(PRELU_START), layer.out());
      case DICE -> {
        trainable(layer.alpha(), new InitialValues.Constant(0), layer.out());
        statistic(layer.mean(), new InitialValues.Constant(0), layer.out());
        statistic(layer.variance(), new InitialValues.Constant(1), layer.out());
      }
    }
  }

  private void addStatisticsAndSkip() {
    if (linearSkip) {
      trainable(SKIP, new InitialValues.Constant(0), denseSize);
    }
    if (denseSize > 0) {
      statistic(DENSE_MEAN, new InitialValues.Constant(0), denseSize);
      statistic(DENSE_VARIANCE, new InitialValues.Constant(1), denseSize);
      statistic(DENSE_COUNT, new InitialValues.Constant(0), denseSize);
    }
    if (counterSize > 0) {
      statistic(COUNTERS_BASE, new InitialValues.Listed(List.of(1f, 10f)), 2);
    }
    statistic(CALIBRATION, new InitialValues.Listed(List.of(1f, 0f)), 2);
  }

  private void trainable(String name, InitialValues initial, int... shape) {
    add(name, TensorSpec.Role.TRAINABLE, initial, shape);
  }

  private void statistic(String name, InitialValues initial, int... shape) {
    add(name, TensorSpec.Role.STATISTIC, initial, shape);
  }

  private void add(String name, TensorSpec.Role role, InitialValues initial, int... shape) {
    tensors.add(new TensorSpec(name, Arrays.stream(shape).boxed().toList(), role, initial));
  }

  private static List<TableSpec> tables(FeatureLayout layout) {
    List<TableSpec> tables = new ArrayList<>();
    addTables(tables, layout.ids(), TableSpec.Kind.ID);
    addTables(tables, layout.bags(), TableSpec.Kind.BAG);
    addTables(tables, layout.crosses(), TableSpec.Kind.CROSS);
    addTables(tables, layout.biases(), TableSpec.Kind.BIAS);
    for (CounterSlot slot : layout.counters()) {
      int width = CounterRows.width(slot.halfLivesMs().size());
      tables.add(new TableSpec(slot.name(), width, TableSpec.Kind.COUNTERS));
    }
    return List.copyOf(tables);
  }

  private static void addTables(List<TableSpec> tables, List<IdSlot> slots, TableSpec.Kind kind) {
    slots.forEach(slot -> tables.add(new TableSpec(slot.name(), slot.width(), kind)));
  }

  /**
   * The state that a reader starts from: all tensors zero, all tables empty, no shared rows yet.
   */
  public ModelState emptyState() {
    return new ModelState(
        tensors.stream().map(spec -> Tensor.zeros(spec.name(), spec.dimensions())).toList(),
        tables.stream().map(spec -> new RowTable(spec.name(), spec.width())).toList());
  }

  public FeatureLayout layout() {
    return layout;
  }

  public Pooling pooling() {
    return pooling;
  }

  /** The activation unit's settings; without meaning where histories are pooled by their mean. */
  public Attention attention() {
    return attention;
  }

  /** All dense tensors, in the order in which they are drawn, saved and shown. */
  public List<TensorSpec> tensors() {
    return List.copyOf(tensors);
  }

  /** All tables: those of ids, bags, crosses, biases and counters, each in the layout's order. */
  public List<TableSpec> tables() {
    return tables;
  }

  /** The hidden layers of history {@code h}'s activation unit; empty when pooled by the mean. */
  public List<LayerSpec> attentionLayers(int h) {
    return attentionLayers.get(h);
  }

  /** [units of the unit's last hidden layer]: weights of its linear output. */
  public String attentionOutWeight(int h) {
    return "att." + layout.histories().get(h).name() + ".out.W";
  }

  /** [1]. */
  public String attentionOutBias(int h) {
    return "att." + layout.histories().get(h).name() + ".out.b";
  }

  /** The hidden layers of the network on x; empty where its top is another. */
  public List<LayerSpec> mlp() {
    return mlp;
  }

  /** Whether dense inputs also reach the logit by {@link #SKIP}. */
  public boolean linearSkip() {
    return linearSkip;
  }

  /** Floats of x. */
  public int inputSize() {
    return inputSize;
  }

  /** Where history {@code h}'s pooled vector starts in x. */
  public int pooledOffset(int h) {
    return historyOffsets[h];
  }

  /** Where query∘pooled of history {@code h} starts in x. */
  public int productOffset(int h) {
    return historyOffsets[h] + layout.histories().get(h).width();
  }

  /** Where id slot {@code slot}'s row starts in x. */
  public int idOffset(int slot) {
    return idOffsets[slot];
  }

  /** Where bag slot {@code slot}'s mean starts in x. */
  public int bagOffset(int slot) {
    return bagOffsets[slot];
  }

  /** Where dense starts in x; it reaches to the end. */
  public int denseOffset() {
    return denseOffset;
  }

  /** Floats of dense. */
  public int denseSize() {
    return denseSize;
  }

  /** Where number {@code i} lies in dense; its missing indicator follows it. */
  public int numberOffset(int i) {
    return 2 * i;
  }

  /** Where counter slot {@code slot}'s values start in dense. */
  public int counterOffset(int slot) {
    return 2 * layout.numbers().size() + counterOffsets[slot];
  }

  /** Where ln(1+n) of history {@code h}'s length n lies in dense. */
  public int lengthOffset(int h) {
    return 2 * layout.numbers().size() + counterSize + h;
  }

  /** Floats of an example's counter features, over all slots. */
  public int counterSize() {
    return counterSize;
  }

  /** Where counter slot {@code slot} starts in an example's counter features. */
  public int counterValueOffset(int slot) {
    return counterOffsets[slot];
  }
}
