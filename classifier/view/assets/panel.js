// One segment: how likely each label is, in the document and alone, and the label a person gives it.
function drawSetters() {
  labels.forEach((label, c) => {
    const button = make("button", "set l" + c);
    button.type = "button";
    if (c < 9) button.append(make("kbd", "", String(c + 1)));
    button.append(make("span", "", label));
    button.addEventListener("click", () => give(c));
    $("set").append(button);
  });
  const undo = make("button", "undo");
  undo.type = "button";
  undo.append(make("kbd", "", "z"), make("span", "", "undo"));
  undo.addEventListener("click", takeBack);
  $("set").append(undo);
  for (const button of document.querySelectorAll('[data-key="d"], [data-key="D"]')) button.hidden = !compared;
}

function detail(j) {
  const doc = state.doc;
  $("set").hidden = state.at < 0;
  tellStored();
  if (j < 0) return;
  const label = labelOf(doc, j);
  const head = make("p", "verdict l" + label);
  head.append(make("span", "swatch", marks[label]), make("strong", "", labels[label]), make("span", "", " " + scoreText(doc, j)));
  $("details").replaceChildren(head, shares(doc, j), make("p", "why", why(doc, j)));
}

function scoreText(doc, j) {
  return corrected(doc, j) < 0 ? decimal(scoreOf(doc, j), 4) : "set by you";
}

function why(doc, j) {
  if (compared) return whatChanged(doc, j);
  const alone = aloneOf(doc, j);
  const said = corrected(doc, j) < 0 ? "" : `The model said ${labels[doc.label[j]]}. `;
  const share = decimal(doc.alone[j * labels.length + alone]);
  if (alone === doc.label[j]) return said + "Alone, its verdict was the same.";
  return said + `Alone it would be ${labels[alone]} (${share}): the neighbours decided this.`;
}

function whatChanged(doc, j) {
  const was = aloneOf(doc, j);
  const share = decimal(doc.alone[j * labels.length + was]);
  return `“${compared[0]}” ${isChanged(doc, j) ? "said" : "says the same,"} ${labels[was]} (${share}).`;
}

function shares(doc, j) {
  const table = make("table", "shares");
  table.append(make("caption", "sr", "Probability of each label"));
  const top = table.createTHead().insertRow();
  for (const name of ["label", ...(compared ? ["now", "before"] : ["here", "alone"])]) top.append(header(name, "col"));
  const body = table.createTBody();
  labels.forEach((label, c) => {
    const row = body.insertRow();
    row.className = "l" + c;
    row.append(header(label, "row"));
    for (const column of [doc.shares, doc.alone]) {
      const units = column[j * labels.length + c];
      row.insertCell().append(share(units));
    }
  });
  return table;
}

function share(units) {
  const [whole, track, bar] = [make("div"), make("span", "track"), make("span", "bar")];
  bar.style.setProperty("--w", Math.max(0, units) / 100 + "%");
  track.append(bar);
  whole.append(make("span", "number", decimal(units)), track);
  return whole;
}

function header(text, scope) {
  const cell = make("th", "", text);
  cell.scope = scope;
  return cell;
}

/** Turn to segment j: show it, say it, and let keys act on it. */
function select(j) {
  if (state.at >= 0 && elements[state.at]) elements[state.at].classList.remove("at");
  state.at = j;
  const element = elements[j];
  element.classList.add("at");
  rove();
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: "center", behavior: "instant" });
  detail(j);
  say(`${labels[labelOf(state.doc, j)]}, ${scoreText(state.doc, j)}. ${why(state.doc, j)}`);
}

function say(text) {
  $("said").textContent = text;
}

function give(c) {
  const doc = state.doc;
  if (state.at < 0 || c >= labels.length || state.filtered) return;
  const span = spanOf(doc, state.at);
  history.push({ i: doc.i, j: state.at, key: doc.key, span, before: correct(doc.key, span, labels[c]) });
  refresh(`Set to ${labels[c]}.`);
}

function takeBack() {
  const last = history.pop();
  if (!last) return say("Nothing to undo.");
  correct(last.key, last.span, last.before);
  if (last.i !== state.doc.i) show(last.i);
  state.at = last.j;
  refresh("Undone.");
}

function refresh(said) {
  update();
  detail(state.at);
  drawRows();
  say(said);
}

function tellStored() {
  const n = [...corrections.values()].reduce((sum, given) => sum + Object.keys(given).length, 0);
  const where = stored ? "kept in this browser" : "not stored by this browser: export them before you close the page";
  $("stored").textContent = n ? `${n} label${n > 1 ? "s" : ""} set by you, ${where}.` : "";
}
