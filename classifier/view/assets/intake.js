// Where documents come in, on a page that a server stands behind: pasted, chosen or dropped.
const AT_ONCE = 2000000; // characters of documents in one request
const KEPT = "winnow-texts"; // this tab's documents, so that a reload brings them back
const taken = [];
const EXAMPLE = `Bridge at Saltmouth to close for repairs
By Wenna Harl
The county said on Tuesday that the swing bridge at Saltmouth will close for nine weeks from 3 June. Buses will run by way of Pell, a spokeswoman said.
The bridge was last repaired in 2009. It carries some 4,000 vehicles a day.
Nine weeks is what it took last time to lose half the shops on the quay, and nobody at the county seems to have asked what became of them. They will regret it.
my uncle had the bakery there. closed that august and never opened again
@tomo they did a survey!! two questions and one of them was about parking
Sign up to our newsletter | Share`;

function drawIntake() {
  const form = make("form", "intake");
  form.id = "intake";
  const label = make("label", "", "The text of a page, with whatever stands around it");
  const area = make("textarea");
  area.id = "paste";
  area.rows = 7;
  area.spellcheck = false;
  label.append(area);
  const go = make("button", "go", "Show its labels");
  go.type = "submit";
  const choose = make("label", "choose", "or choose files (.txt, .jsonl), or drop them here ");
  const files = make("input");
  Object.assign(files, { type: "file", multiple: true, id: "files", accept: ".txt,.text,.md,.jsonl,.ndjson,text/plain" });
  choose.append(files);
  const bar = make("div", "bar");
  const example = make("button", "", "Try an example");
  example.type = "button";
  example.addEventListener("click", () => {
    $("paste").value = EXAMPLE;
    submitPasted();
  });
  bar.append(go, example);
  const told = make("p", "told");
  told.id = "told";
  told.setAttribute("role", "status");
  form.append(label, bar, choose, told, make("p", "quiet", "The text goes to the winnow that serves this page, and nowhere else."));
  $("about").after(form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submitPasted();
  });
  files.addEventListener("change", () => takeFiles(files.files));
  const more = make("button", "", "Add text");
  Object.assign(more, { type: "button", id: "add" });
  more.addEventListener("click", () => openIntake($("intake").hidden));
  $("rows").addEventListener("click", () => openIntake(false));
  document.querySelector("header .fill").before(more);
}

function openIntake(open) {
  document.body.classList.toggle("adding", open);
  $("intake").hidden = !open;
  $("add").hidden = !index.documents.length;
  $("add").textContent = open ? "Back" : "Add text";
  drawTitle(open ? ASKED : state.doc.name || ASKED);
  if (open) {
    window.scrollTo(0, 0);
    $("paste").focus();
  }
}

function submitPasted() {
  const text = $("paste").value;
  if (!text.trim()) return tell("There is no text yet.");
  const line = text.split("\n").find((l) => l.trim()).trim();
  bring([{ id: line.length > 60 ? line.slice(0, 57) + "…" : line, text }]).then((done) => done && ($("paste").value = ""));
}

async function takeFiles(list) {
  const documents = [];
  for (const file of list) {
    if (file.size > index.limits.body) {
      tell(`${file.name} has more than ${index.limits.body.toLocaleString("en")} bytes; use winnow view.`, true);
      continue;
    }
    const text = decoded(await file.arrayBuffer());
    if (/\.(jsonl|ndjson)$/i.test(file.name)) documents.push(...recordsOf(file.name, text));
    else documents.push({ id: file.webkitRelativePath || file.name, text });
  }
  $("files").value = "";
  if (documents.length) bring(documents);
}

function decoded(bytes) {
  const [a, b] = new Uint8Array(bytes.slice(0, 2));
  const name = a === 0xff && b === 0xfe ? "utf-16le" : a === 0xfe && b === 0xff ? "utf-16be" : "utf-8";
  return new TextDecoder(name).decode(bytes);
}

function recordsOf(name, text) {
  return text.split("\n").flatMap((line, n) => {
    if (!line.trim()) return [];
    try {
      const { id, text } = JSON.parse(line);
      if (typeof text === "string") return [{ id: id ?? `${name}:${n + 1}`, text }];
    } catch {
      // told below
    }
    tell(`${name}:${n + 1} is no record with a text; it was left out.`, true);
    return [];
  });
}

/** Have documents judged and shown; true when all were. */
async function bring(documents) {
  const first = index.documents.length;
  for (const part of portions(documents)) {
    tell(`Reading ${index.documents.length - first + part.length} of ${documents.length} …`);
    const [more, wrong] = await judged(part);
    if (wrong) return tell(wrong, true), false;
    takeIn(more);
    taken.push(...part);
    found = index.documents.map((_, i) => i);
    drawList();
    if (index.documents.length === more.length || index.documents.length === first + more.length) turnTo(first);
    else drawRows();
  }
  remember();
  tell(documents.length > 1 ? `${documents.length} documents read.` : "");
  openIntake(false);
  return true;
}

function* portions(documents) {
  let part = [];
  let size = 0;
  for (const one of documents) {
    if (part.length && (size + one.text.length > AT_ONCE || part.length >= index.limits.documents)) {
      yield part;
      [part, size] = [[], 0];
    }
    part.push(one);
    size += one.text.length;
  }
  if (part.length) yield part;
}

async function judged(part) {
  try {
    const asked = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(part) };
    const answer = await fetch("view", asked);
    const said = await answer.json();
    return answer.ok ? [said, ""] : [[], said.error];
  } catch {
    return [[], "The server did not answer. Is winnow serve still running?"];
  }
}

function tell(text, wrong = false) {
  $("told").className = wrong ? "told wrong" : "told";
  $("told").replaceChildren();
  fill($("told"), text);
}

function remember() {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(taken));
  } catch {
    sessionStorage.removeItem(KEPT);
  }
}

function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT)) ?? [];
  } catch {
    return [];
  }
}

function listenToDrops() {
  for (const name of ["dragenter", "dragover"]) {
    document.addEventListener(name, (event) => {
      event.preventDefault();
      document.body.classList.add("dropping");
    });
  }
  document.addEventListener("dragleave", (event) => event.relatedTarget || document.body.classList.remove("dropping"));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("dropping");
    if (event.dataTransfer.files.length) return takeFiles(event.dataTransfer.files);
    const text = event.dataTransfer.getData("text/plain");
    if (text) ($("paste").value = text), submitPasted();
  });
}

drawIntake();
openIntake(true);
listenToDrops();
queueMicrotask(() => remembered().length && bring(remembered()));
