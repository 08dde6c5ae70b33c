"use strict";
// Asks for /live.json every second and shows it. No figure is computed here.

const PALETTE = ["#0b7a75", "#d9480f", "#5f3dc4", "#1971c2", "#a61e4d", "#5c940d"];
const SOFT = ["#8a9a96", "#b0a18c", "#9d97b5", "#8fa8bd", "#b596a4", "#a3b08c"];
const byId = (id) => document.getElementById(id);
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const colours = new Map();

function number(value, digits) {
  if (value === null || value === undefined) return "–";
  if (digits !== undefined) return value.toFixed(digits);
  return Math.round(value).toLocaleString("en");
}
function bytes(value) {
  if (value === null || value === undefined) return "–";
  for (const [unit, size] of [["GiB", 2 ** 30], ["MiB", 2 ** 20], ["KiB", 2 ** 10]]) {
    if (value >= size) return (value / size).toFixed(value >= 10 * size ? 0 : 1) + " " + unit;
  }
  return Math.round(value) + " B";
}
function span(seconds) {
  const s = Math.floor(seconds), two = (n) => String(n).padStart(2, "0");
  return (s >= 3600 ? Math.floor(s / 3600) + ":" : "") + two(Math.floor(s / 60) % 60) + ":" + two(s % 60);
}
function cell(row, text, className) {
  const td = row.insertCell();
  td.textContent = text;
  if (className) td.className = className;
  return td;
}

class Plot {
  constructor(id, format) {
    this.host = byId(id);
    this.format = format;
    this.names = [];
  }
  series(name) {
    const oracle = name === "oracle", soft = colours.get(name).reference;
    return {
      label: name, stroke: colours.get(name).colour, width: soft || oracle ? 1.25 : 2,
      dash: oracle ? [2, 3] : soft ? [6, 4] : undefined,
      points: { show: false }, spanGaps: true,
      value: (_, value) => (value === null || value === undefined ? "–" : this.format(value)),
    };
  }
  show(seconds, columns) {
    const names = [...colours.keys()].filter((name) => name in columns);
    const data = [seconds, ...names.map((name) => columns[name])];
    if (names.join() !== this.names.join() || !this.plot) {
      this.names = names;
      this.host.replaceChildren();
      const axis = { stroke: css("--soft"), grid: { stroke: css("--line"), width: 1 }, ticks: { show: false }, font: "11px system-ui" };
      this.plot = new uPlot({
        width: this.width(), height: 190, cursor: { y: false }, legend: { live: true },
        scales: { x: { time: false } },
        axes: [
          { ...axis, size: 26, values: (_, ticks) => ticks.map(span) },
          { ...axis, size: 54, values: (_, ticks) => ticks.map((t) => this.format(t)) },
        ],
        series: [{ label: "at", value: (_, v) => (v === null || v === undefined ? "–" : span(v)) }, ...names.map((n) => this.series(n))],
      }, data, this.host);
    } else {
      this.plot.setData(data);
    }
    // Nobody points at the plot: the legend says what is true now.
    if (this.plot.cursor.left < 0 || this.plot.cursor.left === undefined) {
      this.plot.setLegend({ idx: seconds.length - 1 }, false);
    }
  }
  width() {
    return Math.max(280, this.host.clientWidth);
  }
  resize() {
    if (this.plot) this.plot.setSize({ width: this.width(), height: 190 });
  }
}

const short = (v) => (v >= 1e6 ? (v / 1e6).toFixed(1) + "M" : v >= 1e4 ? Math.round(v / 1e3) + "k" : String(Math.round(v)));
const plots = {
  logLoss: new Plot("logLoss", (v) => v.toFixed(3)),
  auc: new Plot("auc", (v) => v.toFixed(3)),
  staleness: new Plot("staleness", short),
  rates: new Plot("rates", short),
};
addEventListener("resize", () => Object.values(plots).forEach((plot) => plot.resize()));

function colour(view) {
  colours.clear();
  let strong = 0, soft = 0;
  for (const model of view.models) {
    const reference = model.family === "reference";
    colours.set(model.name, { reference, colour: reference ? SOFT[soft++ % SOFT.length] : PALETTE[strong++ % PALETTE.length] });
  }
  colours.set("oracle", { reference: false, colour: css("--ink") });
  colours.set("events", { reference: false, colour: PALETTE[3] });
  colours.set("examples", { reference: false, colour: PALETTE[0] });
}

function tiles(view) {
  const events = Object.values(view.events).reduce((sum, n) => sum + n, 0);
  const stale = view.models.map((m) => m.stalenessMs).filter((ms) => ms !== null);
  const shown = [
    [number(events), "events"],
    [number(view.eventsPerSecond), "events / s"],
    [number(view.examplesPerSecond), "examples learnt / s"],
    [number(view.waitingExamples), "examples waiting"],
    [number(view.backlogEvents), "events behind"],
    [stale.length ? number(Math.max(...stale)) + " ms" : "–", "staleness"],
    [view.readyToServedMsP50 === null ? "–" : number(view.readyToServedMsP50) + " ms", "ready → served, p50"],
    [view.readyToServedMsP99 === null ? "–" : number(view.readyToServedMsP99) + " ms", "ready → served, p99"],
    [view.scoringMsP50 === null ? "–" : view.scoringMsP50.toFixed(2) + " ms", "scoring 10, p50"],
    [bytes(view.residentBytes), "process memory"],
  ];
  byId("tiles").replaceChildren(...shown.map(([value, label]) => {
    const tile = document.createElement("div"), b = document.createElement("b"), s = document.createElement("span");
    tile.className = "tile"; b.textContent = value; s.textContent = label;
    tile.append(b, s);
    return tile;
  }));
}

function tables(view) {
  const models = document.createElement("tbody");
  for (const m of view.models) {
    const row = models.insertRow();
    if (m.family === "reference") row.className = "reference";
    const name = cell(row, m.name), swatch = document.createElement("i");
    swatch.className = "swatch"; swatch.style.background = colours.get(m.name).colour;
    name.prepend(swatch);
    cell(row, m.family); cell(row, number(m.examples)); cell(row, number(m.step));
    cell(row, number(m.logLoss, 4)); cell(row, number(m.recentLogLoss, 4));
    cell(row, number(m.auc, 4)); cell(row, number(m.recentAuc, 4)); cell(row, number(m.calibration, 3));
    cell(row, number(m.ndcg10, 4)); cell(row, number(m.mrr10, 4));
    cell(row, m.version === null ? "–" : m.epoch + ":" + m.version); cell(row, number(m.served));
    cell(row, number(m.parameters)); cell(row, number(m.tableRows));
    cell(row, bytes(m.bytesPerDelta)); cell(row, bytes(m.bytesPerAnchor));
    cell(row, m.gate === null ? "–" : number(m.gate.passed) + " / " + number(m.gate.refused), m.gate !== null && m.gate.refused ? "no" : "");
    cell(row, m.stalenessMs === null ? "–" : number(m.stalenessMs) + " ms");
  }
  byId("models").tBodies[0].replaceWith(models);

  const versions = document.createElement("tbody");
  for (const v of view.versions) {
    const row = versions.insertRow();
    cell(row, v.model); cell(row, v.version); cell(row, v.whole ? "whole" : "delta");
    cell(row, number(v.rows)); cell(row, bytes(v.bytes));
    cell(row, v.gate.split(":")[0], v.gate.startsWith("refused") ? "no" : "").title = v.gate;
    cell(row, v.stateHash.slice(0, 16), "hash");
    cell(row, v.verified === null ? "–" : v.verified ? "✓" : "✗", v.verified === null ? "" : v.verified ? "yes" : "no");
  }
  byId("versions").tBodies[0].replaceWith(versions);

  byId("deadCounts").textContent = Object.entries(view.deadLetters).map(([kind, n]) => kind + " " + number(n)).join(" · ") || "none";
  const dead = document.createElement("tbody");
  for (const d of view.newestDeadLetters) {
    const row = dead.insertRow();
    cell(row, d.kind); cell(row, d.reason); cell(row, d.where);
  }
  byId("dead").tBodies[0].replaceWith(dead);
}

function show(view) {
  colour(view);
  byId("about").textContent = view.source + " · " + view.labels + " · " + span(view.wallSeconds) +
    (view.sourceTime === null ? "" : " · source clock " + new Date(view.sourceTime).toISOString().slice(0, 19).replace("T", " "));
  byId("state").textContent = view.state;
  tiles(view);
  const s = view.series;
  plots.logLoss.show(s.seconds, s.logLoss);
  plots.auc.show(s.seconds, s.auc);
  plots.staleness.show(s.seconds, s.stalenessMs);
  plots.rates.show(s.seconds, { events: s.eventsPerSecond, examples: s.examplesPerSecond });
  tables(view);
}

const ASK_AGAIN_MS = 2000;
let asked = "", askedAt = 0, ranker = null;

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function showFound(answer) {
  const words = answer.wordsInAll > answer.words.length ? "the first " + answer.words.length + " of " + number(answer.wordsInAll) + " words · " : "";
  byId("searched").textContent = words + number(answer.searched) + " documents · " + answer.candidates + " of BM25's best ordered by " +
    answer.model + " " + answer.version + ", generation " + answer.generation + " of its document side · " +
    number(answer.stalenessMs) + " ms behind · " + answer.tookMs.toFixed(1) + " ms";
  byId("found").replaceChildren(...answer.documents.map((d) => {
    const item = document.createElement("li"), why = element("p", "why", "");
    item.append(element("b", "", d.title || d.item), element("span", "scores",
      d.item + " · score " + d.score.toFixed(2) + " · BM25 " + d.bm25.toFixed(2) + " · match " + d.match.toFixed(3)));
    why.append(...d.matches.map((m) => {
      const pair = element("span", "met", m.queryWord + " ~ " + m.documentWord + " ");
      pair.style.setProperty("--like", Math.max(0, m.similarity));
      pair.append(element("small", "", m.similarity.toFixed(2)));
      return pair;
    }));
    item.append(why);
    return item;
  }));
  if (!answer.documents.length) byId("found").append(element("li", "", "no document shares a word with the query"));
}

async function search() {
  askedAt = Date.now();
  const query = asked;
  const answer = await fetch("search.json?model=" + encodeURIComponent(ranker) + "&q=" + encodeURIComponent(query));
  const found = await answer.json();
  if (query !== asked) return;
  if (answer.ok) showFound(found); else byId("searched").textContent = found.error;
}

function ask(event) {
  if (event) event.preventDefault();
  asked = byId("query").value.trim();
  location.hash = asked ? "q=" + encodeURIComponent(asked) : "";
  byId("found").replaceChildren();
  byId("searched").textContent = "";
  if (asked && ranker) search().catch(() => {});
}
byId("ask").addEventListener("submit", ask);
byId("query").value = decodeURIComponent(location.hash.replace(/^#q=/, ""));

/** The versions go on: what was asked is asked again. */
function searchOn(view) {
  const model = view.models.find((m) => m.family === "colbert" && m.version !== null);
  const first = model && !ranker;
  ranker = model ? model.name : null;
  byId("search").hidden = !model;
  if (first) ask();
  else if (model && asked && Date.now() - askedAt >= ASK_AGAIN_MS) search().catch(() => {});
}

async function tick() {
  try {
    const view = await (await fetch("live.json")).json();
    show(view);
    searchOn(view);
  } catch (e) {
    byId("state").textContent = "not running";
  }
  setTimeout(tick, 1000);
}
tick();
