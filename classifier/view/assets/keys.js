// What the person does, and the start.
const KEYS = [
  ["j", "next segment", () => walk(1, () => true)],
  ["k", "segment before", () => walk(-1, () => true)],
  ["n", "next unsure segment", () => walk(1, isUnsure)],
  ["N", "unsure segment before", () => walk(-1, isUnsure)],
  ["b", "next boundary between labels", () => walk(1, isBoundary)],
  ["B", "boundary before", () => walk(-1, isBoundary)],
  ["d", "next label that changed", () => walk(1, isChanged)],
  ["D", "label that changed before", () => walk(-1, isChanged)],
  ["c", "where the readers’ comments start", () => state.doc.trail >= 0 && !state.filtered && select(state.doc.trail)],
  ["z", "undo", takeBack],
  ["f", "the filtered text, and back", toggleFiltered],
  ["]", "next document", () => step(1)],
  ["[", "document before", () => step(-1)],
  ["/", "search documents", toSearch],
  ["?", "these keys", () => $("help").showModal()],
];

/** Go on to the next segment in sight that is wanted. */
function walk(by, wanted) {
  const doc = state.doc;
  if (state.filtered) return;
  let j = state.at < 0 && by < 0 ? doc.from.length : state.at;
  for (j += by; j >= 0 && j < doc.from.length; j += by) {
    if (state.on[labelOf(doc, j)] && wanted(doc, j)) return select(j);
  }
  say("No more of these.");
}

function toggleFiltered() {
  state.filtered = !state.filtered;
  state.at = -1;
  update();
  detail(-1);
}

function toSearch() {
  openList(true);
  $("search").focus();
}

function press(event) {
  const typing = event.target.closest("input[type=search], select, textarea, dialog[open]");
  if (event.ctrlKey || event.metaKey || event.altKey || typing) return;
  if (event.target.id === "rows" && listKey(event)) return event.preventDefault();
  const entry = KEYS.find(([key]) => key === event.key);
  if (entry) entry[2]();
  else if (/^[1-9]$/.test(event.key)) give(Number(event.key) - 1);
  else return;
  event.preventDefault();
}

function listKey(event) {
  const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity }[event.key];
  if (by) step(by);
  return Boolean(by);
}

function pointed(event) {
  const element = event.target.closest(".segment");
  return element && !event.target.closest("button") ? Number(element.dataset.j) : -1;
}

function setTheme(dark) {
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  $("theme").textContent = dark ? "Light" : "Dark";
}

function listen() {
  listenToList();
  document.addEventListener("keydown", press);
  $("text").addEventListener("click", (event) => pointed(event) >= 0 && select(pointed(event)));
  $("text").addEventListener("focusin", (event) => pointed(event) >= 0 && pointed(event) !== state.at && select(pointed(event)));
  $("text").addEventListener("pointerover", (event) => event.pointerType === "mouse" && pointed(event) >= 0 && detail(pointed(event)));
  $("text").addEventListener("pointerleave", () => detail(state.at));
  $("min-score").addEventListener("input", (event) => {
    state.min = Math.round(Number(event.target.value) * 10000);
    update();
  });
  $("filtered").addEventListener("click", toggleFiltered);
  $("export-jsonl").addEventListener("click", exportLines);
  $("export-studio").addEventListener("click", exportTasks);
  $("help-open").addEventListener("click", () => $("help").showModal());
  $("help-close").addEventListener("click", () => $("help").close());
  $("theme").addEventListener("click", () => setTheme(document.documentElement.dataset.theme !== "dark"));
  window.addEventListener("beforeunload", (event) => {
    if (!stored && corrections.size) event.preventDefault();
  });
  new ResizeObserver(([entry]) => {
    document.body.style.setProperty("--top", entry.target.offsetHeight + "px");
    drawRows();
  }).observe(document.querySelector("header"));
  for (const button of document.querySelectorAll("[data-key]")) {
    button.addEventListener("click", () => KEYS.find(([key]) => key === button.dataset.key)[2]());
  }
}

function explainKeys() {
  const rows = [["1 … " + Math.min(9, labels.length), "set the label of the segment"], ...KEYS];
  for (const [key, meaning] of rows) {
    if (!compared && /d/i.test(key)) continue;
    const term = make("dt");
    term.append(make("kbd", "", key));
    $("keys").append(term, make("dd", "", meaning));
  }
}
