// Text as the tool sees it: code points, blanks, line breaks, what a filter keeps.
const BREAKS = "\n\r\v\f\x85\u2028\u2029";
const BLANKS = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
const HIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Offsets in code points -> offsets in UTF-16 units. */
function inUnits(text, starts, ends) {
  if (!/[\ud800-\udbff][\udc00-\udfff]/.test(text)) return [starts, ends];
  let point = 0;
  let unit = 0;
  const reach = (target) => {
    for (; point < target; point++) unit += text.codePointAt(unit) > 0xffff ? 2 : 1;
    return unit;
  };
  const pairs = starts.map((start, i) => [reach(start), reach(ends[i])]);
  return [pairs.map((pair) => pair[0]), pairs.map((pair) => pair[1])];
}

/** Put text into an element as text; controls that would hide or turn it around are shown as codes. */
function fill(element, text) {
  let last = 0;
  for (const match of text.matchAll(HIDDEN)) {
    element.append(text.slice(last, match.index), code(match[0]));
    last = match.index + match[0].length;
  }
  element.append(text.slice(last));
}

function code(character) {
  const shown = document.createElement("span");
  shown.className = "code";
  shown.textContent = "U+" + character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
  return shown;
}

/** The stretches of a text that are kept: what classifier/filter.py does, in UTF-16 units. */
function keptRanges(text, from, to, kept) {
  if (!from.length) return text ? [[0, text.length]] : [];
  const ranges = [];
  let before = null;
  for (let first = 0, stop; first < kept.length; first = stop) {
    for (stop = first; stop < kept.length && kept[stop] === kept[first]; stop++);
    if (!kept[first]) continue;
    let begin = first ? from[first] : 0;
    const finish = stop < from.length ? from[stop] : text.length;
    if (before && !hasBreak(text, before.end, before.finish)) {
      const cut = lineBreak(text, before.finish, begin);
      if (cut && cut[1] < begin) ranges.push(cut);
      else if (cut) begin = cut[0];
    }
    ranges.push([begin, finish]);
    before = { end: to[stop - 1], finish };
  }
  return ranges;
}

function hasBreak(text, start, end) {
  for (let i = start; i < end; i++) if (BREAKS.includes(text[i])) return true;
  return false;
}

function lineBreak(text, start, end) {
  let last = end - 1;
  while (last >= start && !BREAKS.includes(text[last])) last--;
  if (last < start) return null;
  let begin = last;
  while (begin > start && BLANKS.test(text[begin - 1])) begin--;
  while (!BREAKS.includes(text[begin])) begin++;
  for (let i = last + 1; i < end; i++) if (!BLANKS.test(text[i])) return [begin, last + 1];
  return [begin, end];
}
