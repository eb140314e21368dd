// The list of documents: only the rows in sight are drawn, however many there are.
const ROW = 52;
let found = index.documents.map((_, i) => i);

function drawRows() {
  if ($("documents").hidden) return;
  $("spacer").style.setProperty("height", found.length * ROW + "px");
  const first = Math.max(0, Math.floor($("rows").scrollTop / ROW) - 5);
  const count = Math.ceil($("rows").clientHeight / ROW) + 10;
  const rows = found.slice(first, first + count).map((i, n) => row(i, first + n));
  $("spacer").replaceChildren(...rows);
  const current = "row-" + state.doc.i;
  if (document.getElementById(current)) $("rows").setAttribute("aria-activedescendant", current);
  else $("rows").removeAttribute("aria-activedescendant");
}

function row(i, position) {
  const element = make("div", "row");
  element.id = "row-" + i;
  element.setAttribute("role", "option");
  element.setAttribute("aria-selected", String(i === state.doc.i));
  element.setAttribute("aria-posinset", position + 1);
  element.setAttribute("aria-setsize", found.length);
  element.style.setProperty("top", position * ROW + "px");
  const given = correctedIn(i);
  element.append(make("span", "name", nameOf(i).slice(-200) + (given ? ` ✓${given}` : "") + (compared ? ` (${index.changed[i]})` : "")), strip(i));
  element.addEventListener("click", () => {
    openList(false);
    turnTo(i);
  });
  return element;
}

function strip(i) {
  const words = index.documents[i].slice(3);
  const element = make("span", "strip");
  element.setAttribute("aria-hidden", "true");
  words.forEach((n, c) => {
    const part = make("span", "l" + c);
    part.style.setProperty("flex-grow", n);
    if (n) element.append(part);
  });
  return element;
}

function turnTo(i) {
  show(i);
  const top = found.indexOf(i) * ROW;
  const rows = $("rows");
  if (top < rows.scrollTop || top + ROW > rows.scrollTop + rows.clientHeight) rows.scrollTop = top - rows.clientHeight / 2;
  drawRows();
}

function step(by) {
  const next = found[Math.min(found.length - 1, Math.max(0, found.indexOf(state.doc.i) + by))];
  if (next !== undefined && next !== state.doc.i) turnTo(next);
}

function search() {
  const wanted = $("search").value.toLowerCase();
  found = index.documents.map((_, i) => i).filter((i) => nameOf(i).toLowerCase().includes(wanted));
  tellFound();
  $("rows").scrollTop = 0;
  drawRows();
}

function tellFound() {
  const all = index.documents.length.toLocaleString("en");
  $("found").textContent = found.length < index.documents.length ? `${found.length.toLocaleString("en")} of ${all}` : `${all} documents`;
}

function drawList() {
  const many = index.documents.length > 1;
  $("documents").hidden = !many;
  $("list-toggle").hidden = !many;
  document.body.classList.toggle("many", many);
  tellFound();
}

function listenToList() {
  $("rows").addEventListener("scroll", drawRows);
  $("search").addEventListener("input", search);
  window.addEventListener("resize", drawRows);
  $("list-toggle").addEventListener("click", () => openList(!document.body.classList.contains("list-open")));
}

/** On a narrow screen the list comes and goes. */
function openList(open) {
  document.body.classList.toggle("list-open", open);
  $("list-toggle").setAttribute("aria-expanded", String(open));
  drawRows();
}
