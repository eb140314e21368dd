// The legend, whose entries are switches, and the slider.
function drawLegend() {
  labels.forEach((label, c) => {
    const entry = make("li");
    const button = make("button", "switch l" + c);
    button.type = "button";
    button.title = index.meaning[c];
    const swatch = make("span", "swatch", marks[c]);
    swatch.setAttribute("aria-hidden", "true");
    button.append(swatch, make("span", "name", label), make("span", "count"));
    button.addEventListener("click", () => setLabels(state.on.map((on, i) => (i === c ? !on : on))));
    const only = make("button", "only", "only");
    only.type = "button";
    only.setAttribute("aria-label", "only " + label);
    only.addEventListener("click", () => showOnly(c));
    entry.append(button, only);
    $("legend").append(entry);
  });
}

function showOnly(c) {
  const alone = state.on.every((on, i) => on === (i === c));
  setLabels(labels.map((_, i) => alone || i === c));
}

function setLabels(on) {
  state.on = on;
  update();
}

/** Bring legend, count and command in line with the state. */
function updateLegend() {
  const doc = state.doc;
  const words = labels.map(() => 0);
  let kept = 0;
  doc.words.forEach((n, j) => {
    words[labelOf(doc, j)] += n;
    if (isKept(doc, j)) kept += n;
  });
  [...$("legend").children].forEach((entry, c) => {
    const [button, only] = entry.children;
    button.setAttribute("aria-pressed", String(state.on[c]));
    only.setAttribute("aria-pressed", String(state.on.every((on, i) => on === (i === c))));
    button.querySelector(".count").textContent = words[c].toLocaleString("en");
  });
  const all = words.reduce((sum, n) => sum + n, 0);
  $("kept").textContent = `${kept.toLocaleString("en")} of ${all.toLocaleString("en")} words kept`;
  $("min-shown").textContent = decimal(state.min);
  $("filtered").setAttribute("aria-pressed", String(state.filtered));
  updateCommand();
}

function updateCommand() {
  const keep = labels.filter((_, c) => state.on[c]).join(",");
  const score = state.min ? ` --min-score ${decimal(state.min)}` : "";
  const command = keep ? `winnow filter --keep ${keep}${score}` : "nothing is kept";
  $("command").hidden = !state.filtered;
  $("command").firstElementChild.replaceChildren();
  fill($("command").firstElementChild, command + (corrections.has(state.doc.key) ? "   + your corrections" : ""));
}
