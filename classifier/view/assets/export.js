// Corrections on their way out: whole documents, every segment with its label, what a person set named apart.
function correctedDocuments() {
  const seen = new Set();
  return index.documents.flatMap(([, key], i) => {
    if (seen.has(key) || !correctedIn(i)) return [];
    seen.add(key);
    return [read(i)];
  });
}

function asRecord(doc) {
  const spans = doc.start.map((start, j) => [start, doc.end[j], labels[labelOf(doc, j)]]);
  const changed = spans.flatMap((span, j) => (corrected(doc, j) < 0 ? [] : [[...span, labels[doc.label[j]]]]));
  return { id: doc.id, source: "corrections", text: doc.text, spans, model: index.model, corrected: changed };
}

function asTask(doc) {
  const region = (j, label) => ({
    id: "s" + j, from_name: "label", to_name: "text", type: "labels",
    value: { start: doc.start[j], end: doc.end[j], text: doc.text.slice(doc.from[j], doc.to[j]), labels: [labels[label]] },
  });
  const mine = doc.start.map((_, j) => region(j, labelOf(doc, j)));
  const models = doc.start.map((_, j) => region(j, doc.label[j]));
  return {
    data: { id: doc.id, text: doc.text },
    annotations: [{ result: mine }],
    predictions: [{ model_version: index.model, result: models }],
  };
}

function download(name, type, content) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function exportWith(write) {
  const documents = correctedDocuments();
  if (!documents.length) return tellNothing();
  write(documents);
  say(`${documents.length} documents exported.`);
}

function tellNothing() {
  say("Nothing was corrected yet.");
  $("stored").textContent = "Nothing was corrected yet, so there is nothing to export.";
}

function exportLines() {
  exportWith((documents) => {
    const lines = documents.map((doc) => JSON.stringify(asRecord(doc)) + "\n");
    download("corrections.jsonl", "application/jsonl", lines.join(""));
  });
}

function exportTasks() {
  exportWith((documents) => download("label-studio.json", "application/json", JSON.stringify(documents.map(asTask))));
}
