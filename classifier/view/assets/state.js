// What is in the page, what the person has set, and what the browser keeps of it.
const $ = (id) => document.getElementById(id);
const index = JSON.parse(document.querySelector("script.index").textContent);
const { labels, marks } = index;
const blocks = [];
for (const element of document.querySelectorAll("script.documents")) {
  const first = blocks.length ? blocks.at(-1).first + blocks.at(-1).count : 0;
  blocks.push({ lines: () => element.textContent.split("\n"), first, count: Number(element.dataset.count) });
}
const state = { doc: null, at: -1, on: labels.map(() => true), min: 0, filtered: false };
const history = [];
const compared = index.compared ?? null; // the names of the two models, where their labels are compared

/** Read document number i; only the one on show is kept. */
function read(i) {
  const block = blocks.find((b) => i < b.first + b.count);
  const doc = JSON.parse(block.lines()[i - block.first]);
  const [id, key, warning] = index.documents[i];
  [doc.from, doc.to] = inUnits(doc.text, doc.start, doc.end);
  return Object.assign(doc, { i, id, key, warning, name: nameOf(i) });
}

/** Take in documents that came after the page; each is an entry of the list and a document. */
function takeIn(more) {
  const first = index.documents.length;
  const lines = more.map((one) => JSON.stringify(one.document));
  blocks.push({ lines: () => lines, first, count: more.length });
  index.documents.push(...more.map((one) => one.row));
}

function nameOf(i) {
  const id = index.documents[i][0];
  return typeof id === "string" ? id : JSON.stringify(id);
}

// Corrections, by the text's key and the segment's offsets, so that they outlive this page.
const PREFIX = "winnow:";
const corrections = new Map();
let stored = true;
try {
  for (let i = 0; i < localStorage.length; i++) {
    const name = localStorage.key(i);
    if (!name.startsWith(PREFIX)) continue;
    const kept = parsed(localStorage.getItem(name));
    if (kept) corrections.set(name.slice(PREFIX.length), kept);
  }
} catch {
  stored = false;
}

function parsed(written) {
  try {
    const value = JSON.parse(written);
    return value && typeof value === "object" && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

const spanOf = (doc, j) => doc.start[j] + "-" + doc.end[j];

/** The label a person gave to a segment, or -1. */
function corrected(doc, j) {
  const given = corrections.get(doc.key);
  return given ? labels.indexOf(given[spanOf(doc, j)]) : -1;
}

function correctedIn(i) {
  const given = corrections.get(index.documents[i][1]);
  return given ? Object.keys(given).length : 0;
}

/** Give a segment a label, or with null take it back; returns what it had. */
function correct(key, span, label) {
  const given = { ...corrections.get(key) };
  const before = given[span] ?? null;
  if (label === null) delete given[span];
  else given[span] = label;
  const empty = !Object.keys(given).length;
  if (empty) corrections.delete(key);
  else corrections.set(key, given);
  try {
    if (empty) localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, JSON.stringify(given));
  } catch {
    stored = false;
  }
  return before;
}

function labelOf(doc, j) {
  const given = corrected(doc, j);
  return given < 0 ? doc.label[j] : given;
}

/** In units of 1/10000; what a person said is certain. */
function scoreOf(doc, j) {
  return corrected(doc, j) < 0 ? doc.shares[j * labels.length + doc.label[j]] : 10000;
}

function aloneOf(doc, j) {
  const row = doc.alone.slice(j * labels.length, (j + 1) * labels.length);
  return row.indexOf(Math.max(...row));
}

const isKept = (doc, j) => state.on[labelOf(doc, j)] && scoreOf(doc, j) >= state.min;
/** Where the other verdict, of the segment alone or of the other model, is another label. */
const isDisputed = (doc, j) => aloneOf(doc, j) !== doc.label[j];
const isChanged = (doc, j) => compared !== null && isDisputed(doc, j);
const isUnsure = (doc, j) => scoreOf(doc, j) < index.unsure * 10000 || (!compared && corrected(doc, j) < 0 && isDisputed(doc, j));
const isBoundary = (doc, j) => j > 0 && labelOf(doc, j) !== labelOf(doc, j - 1);
const decimal = (units, digits = 2) => (units < 0 ? "–" : (units / 10000).toFixed(digits));

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) fill(element, text);
  return element;
}
