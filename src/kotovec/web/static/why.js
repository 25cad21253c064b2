// The reasons why two notes are related, in words.

import { el, noteLink } from "./dom.js";

const SHARED = 6;
const NEAR = 4;
const LINKS = 4;

function joined(items, separator = ", ") {
  return items.flatMap((item, i) => (i ? [separator, item] : [item]));
}

function short(text) {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

const MEANINGS = {
  shared: "words that both have, the weightiest first",
  near: "a word of this one, and one of the other that is near to it",
  "both link": "notes that both are linked with",
  tags: "tags that both have",
  named: "the title of one stands in the text of the other",
  sections: "the two sections that are most alike",
};

function line(label, ...content) {
  return el("div", {}, el("dt", { title: MEANINGS[label] }, label), el("dd", { dir: "auto" }, ...content));
}

function word(text) {
  return el("span", { class: "word", dir: "auto" }, text);
}

/** A description list of what carried the score; `names` says what its two notes are called. Null for no reason. */
export function reasons(why, names = ["this note", "it"]) {
  if (!why) return null;
  const lines = [];
  if (why.shared.length) lines.push(line("shared", ...joined(why.shared.slice(0, SHARED).map(word), " ")));
  if (why.near.length) {
    const pairs = why.near.slice(0, NEAR).map(([here, there]) => word(`${here} ~ ${there}`));
    lines.push(line("near", ...joined(pairs, " ")));
  }
  if (why.links.length) {
    const more = why.links.length > LINKS ? ` and ${why.links.length - LINKS} more` : "";
    lines.push(line("both link", ...joined(why.links.slice(0, LINKS).map((note) => noteLink(note))), more));
  }
  if (why.tags.length) lines.push(line("tags", ...joined(why.tags.map((tag) => word(`#${tag}`)), " ")));
  if (why.named.some(Boolean)) {
    const says = (one, other) => el("span", {}, el("bdi", {}, short(one)), " names ", el("bdi", {}, short(other)));
    const both = [why.named[0] && says(...names), why.named[1] && says(...[...names].reverse())];
    lines.push(line("named", ...joined(both.filter(Boolean), "; ")));
  }
  if (why.section && (why.section[0] || why.section[1])) {
    const [here, there] = why.section.map((heading) => el("bdi", {}, heading || "the beginning"));
    lines.push(line("sections", here, " ↔ ", there));
  }
  return lines.length ? el("dl", { class: "why" }, ...lines) : null;
}
