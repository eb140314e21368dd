// The document on show.
const SHOWN = 20000; // characters of one segment that are drawn before somebody asks for the rest
const ASKED = "What is on this page?"; // where no document is on show
let elements = [];
let reachable = null;

function show(i) {
  state.doc = read(i);
  state.at = -1;
  document.title = state.doc.name.slice(0, 200) + " · winnow";
  drawTitle(state.doc.name);
  const foreign = state.doc.warning ? " It does not look like the language the model knows." : "";
  $("about").textContent = aboutDocument() + foreign;
  draw();
  window.scrollTo(0, 0);
  detail(-1);
}

function drawTitle(text) {
  $("title").replaceChildren();
  fill($("title"), text);
}

function aboutDocument() {
  const segments = `${state.doc.start.length.toLocaleString("en")} segments`;
  if (!compared) return `${segments}, judged by the model “${index.model}”.`;
  return `${segments}, labels of “${compared[1]}”; ${index.changed[state.doc.i]} are others than those of “${compared[0]}”.`;
}

/** A page without documents. */
function showNothing() {
  const none = { i: -1, id: "", key: "", name: "", text: "", trail: -1, warning: null };
  const columns = ["start", "end", "from", "to", "label", "words", "shares", "alone"];
  drawTitle(ASKED);
  state.doc = Object.assign(none, Object.fromEntries(columns.map((name) => [name, []])));
  draw();
}

/** Draw all segments, a paragraph for each line. */
function draw() {
  const doc = state.doc;
  const body = document.createDocumentFragment();
  let line = null;
  elements = [];
  for (let j = 0; j < doc.from.length; j++) {
    const gap = doc.text.slice(j ? doc.to[j - 1] : 0, doc.from[j]);
    if (j === doc.trail) body.append(make("h2", "trail", "Readers’ comments start here"));
    if (!line || j === doc.trail || /[\n\r\u2028\u2029]/.test(gap)) {
      line = make("p", gap.split("\n").length > 2 ? "line far" : "line");
      body.append(line);
    } else line.append(gap);
    line.append(segment(doc, j));
  }
  $("text").className = "";
  $("text").replaceChildren(body);
  update();
}

function segment(doc, j) {
  const element = make("span");
  element.dataset.j = j;
  element.tabIndex = -1;
  const text = doc.text.slice(doc.from[j], doc.to[j]);
  fill(element, text.slice(0, SHOWN));
  if (text.length > SHOWN) element.append(rest(element, text));
  elements.push(element);
  return element;
}

function rest(element, text) {
  const button = make("button", "rest", `… ${(text.length - SHOWN).toLocaleString("en")} more characters`);
  button.type = "button";
  button.addEventListener("click", () => {
    button.remove();
    fill(element, text.slice(SHOWN));
  });
  return button;
}

/** Bring everything in line with the state. */
function update() {
  updateLegend();
  if (state.filtered) return drawFiltered();
  if ($("text").className) return draw();
  elements.forEach((element, j) => restyle(element, j));
  for (const line of $("text").children) {
    if (line.tagName === "P") line.hidden = ![...line.children].some((element) => !element.hidden);
    else line.hidden = elements[state.doc.trail].hidden;
  }
  rove();
}

/** Let Tab reach one segment: the one turned to, else the first in sight. */
function rove() {
  if (reachable) reachable.tabIndex = -1;
  const turnedTo = elements[state.at];
  reachable = turnedTo && !turnedTo.hidden ? turnedTo : elements.find((element) => !element.hidden);
  if (reachable) reachable.tabIndex = 0;
}

/** Give a segment its looks; one that already has them is left alone. */
function restyle(element, j) {
  const doc = state.doc;
  const label = labelOf(doc, j);
  const score = scoreOf(doc, j);
  const given = corrected(doc, j) >= 0;
  const first = j === 0 || isBoundary(doc, j) || j === doc.trail || !state.on[labelOf(doc, j - 1)];
  const was = isChanged(doc, j) ? aloneOf(doc, j) : -1;
  const looks = `segment l${label}${was < 0 ? "" : " changed"}${score < state.min ? " under" : ""}${given ? " given" : ""}${j === state.at ? " at" : ""}`;
  element.hidden = !state.on[label];
  if (element.className === looks && first === Boolean(element.first)) return;
  element.className = looks;
  element.first = first;
  element.style.setProperty("--s", Math.round(6 + 34 * Math.max(0, (score / 10000 - 0.3) / 0.7)) + "%");
  element.querySelectorAll(".mark, .sr").forEach((old) => old.remove());
  const said = (was < 0 ? (first ? `[${labels[label]}] ` : "") : `[${labels[was]}, now ${labels[label]}] `) + (score < state.min ? "[dropped] " : "");
  if (said) element.prepend(make("span", "sr", said));
  if (first || given || was >= 0) element.prepend(mark((was < 0 ? "" : marks[was] + "→") + marks[label] + (given ? "✓" : "")));
}

function mark(text) {
  const element = make("span", "mark", text);
  element.setAttribute("aria-hidden", "true");
  return element;
}

/** The text as the filter would write it. */
function drawFiltered() {
  const doc = state.doc;
  const kept = doc.from.map((_, j) => isKept(doc, j));
  const text = keptRanges(doc.text, doc.from, doc.to, kept).map(([start, end]) => doc.text.slice(start, end)).join("");
  const shown = make("pre", "kept");
  fill(shown, text.slice(0, 50 * SHOWN));
  if (text.length > 50 * SHOWN) shown.append(make("em", "", ` … ${text.length - 50 * SHOWN} more characters`));
  elements = [];
  $("text").className = "filtered";
  $("text").replaceChildren(text.trim() ? shown : make("p", "quiet", "Nothing is kept of this document."));
}
