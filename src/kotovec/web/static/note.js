// One note: its text, and what is related to it.

import { ask } from "./api.js";
import { Ticks, copyLines } from "./copy.js";
import { counted, el, noteLink, scoreBar } from "./dom.js";
import { opened } from "./map.js";
import { reasons } from "./why.js";

const FILTERS = { unlinked: "Unlinked", linked: "Linked", all: "All" };
const HIDDEN = { unlinked: "linked", linked: "unlinked" };
const MANY = 20;

let filter = "unlinked"; // kept from note to note

export class NoteView {
  constructor(place, [key, heading], signal) {
    this.place = place;
    this.key = key;
    this.heading = heading;
    this.signal = signal;
    this.ticks = new Ticks();
    this.title = "Note";
  }

  async load() {
    const [note, related] = await Promise.all([this.askNote(), this.askRelated()]);
    this.build();
    this.showNote(note);
    this.showRelated(related);
  }

  /** What `load` does, in place: an unchanged text is left alone, and so is what is ticked. */
  async refresh() {
    const [note, related] = await Promise.all([this.askNote(), this.askRelated()]);
    this.showNote(note);
    this.showRelated(related);
  }

  askNote() {
    return ask(`note/${this.key}`, {}, this.signal);
  }

  askRelated() {
    return ask(`note/${this.key}/related`, { filter, n: MANY }, this.signal);
  }

  build() {
    this.name = el("h1", { dir: "auto", tabindex: "-1" });
    this.facts = el("p", { class: "facts" });
    this.copy = el("button", { type: "button", class: "quiet" }, "Copy link");
    this.copy.addEventListener("click", () => copyLines([this.note.wikilink]));
    this.prose = el("div", { class: "prose", dir: "auto" });
    this.list = el("ol", { class: "rows" });
    this.hidden = el("p", { class: "hidden-count", role: "status" });
    const tools = el("p", { class: "tools" }, this.copy, el("a", { href: "#/map", class: "button quiet" }, "On the map"));
    const text = el("article", { class: "text" }, el("header", {}, this.name, this.facts, tools), this.prose);
    const side = el(
      "aside",
      { class: "side", "aria-label": "Related notes" },
      el("div", { class: "side-head" }, el("h2", {}, "Related notes"), this.filters(), this.hidden),
      this.ticks.bar,
      this.list,
    );
    this.frame = el("div", { class: "note-view", "data-side": "text" }, this.narrowTabs(), text, side);
    this.place.replaceChildren(this.frame);
  }

  /** On a narrow screen the two halves take turns. */
  narrowTabs() {
    const buttons = Object.entries({ text: "Text", side: "Related" }).map(([half, label]) => {
      const turn = () => {
        this.frame.dataset.side = half;
        for (const button of buttons) button.setAttribute("aria-pressed", String(button === pressed));
        scrollTo(0, 0);
      };
      const pressed = el("button", { type: "button", "aria-pressed": String(half === "text"), on: { click: turn } }, label);
      return pressed;
    });
    return el("div", { class: "narrow-tabs", role: "group", "aria-label": "What to show" }, ...buttons);
  }

  filters() {
    const choices = Object.entries(FILTERS).map(([name, label]) => {
      const radio = el("input", { type: "radio", name: "filter", value: name, on: { change: () => this.choose(name) } });
      radio.checked = name === filter;
      return el("label", {}, radio, el("span", {}, label));
    });
    return el("fieldset", { class: "segments" }, el("legend", { class: "offscreen" }, "Which notes"), ...choices);
  }

  async choose(name) {
    filter = name;
    const related = await this.askRelated();
    if (filter === name) this.showRelated(related);
  }

  showNote(note) {
    const before = this.note;
    this.note = note;
    opened.key = note.key;
    this.title = note.title;
    this.name.textContent = note.title;
    this.facts.replaceChildren(
      el("bdi", {}, note.path),
      ` · ${counted(note.n_words, "word")}`,
      ...note.tags.flatMap((tag) => [" ", el("span", { class: "word", dir: "auto" }, `#${tag}`)]),
    );
    if (before?.html === note.html) return;
    const scrolled = scrollY;
    this.prose.innerHTML = note.html; // sanitised by the server, twice
    if (!note.html.trim()) this.prose.replaceChildren(el("p", { class: "empty" }, "There is nothing in this note yet."));
    if (note.cut) this.prose.append(el("p", { class: "empty" }, "The note goes on; only its beginning is shown here."));
    for (const span of this.prose.querySelectorAll(".unresolved")) span.title = "no note of this name yet";
    for (const span of this.prose.querySelectorAll(".image")) span.title = "pictures are not shown here";
    if (before) scrollTo(0, scrolled);
  }

  /** Bring the heading that a link named into view. */
  goToHeading() {
    const wanted = this.heading?.trim().toLowerCase();
    if (!wanted) return false;
    const heading = [...this.prose.querySelectorAll("h2, h3, h4, h5, h6")].find(
      (candidate) => candidate.textContent.trim().toLowerCase() === wanted,
    );
    heading?.scrollIntoView();
    return Boolean(heading);
  }

  showRelated({ items, hidden }) {
    this.hidden.textContent = hidden && HIDDEN[filter] ? `${counted(hidden, `${HIDDEN[filter]} note`)} hidden` : "";
    this.ticks.reset(items.map((item) => [item.key, item.wikilink]));
    this.list.replaceChildren(...items.map((item) => this.row(item)));
    if (!items.length) this.list.append(el("li", { class: "empty" }, this.nothing(hidden)));
  }

  nothing(hidden) {
    if (filter === "linked") return "No link leads from here or to here.";
    if (hidden) return "All that is related is linked already.";
    return "Nothing in this vault is like this note: it may have too few words of its own.";
  }

  row(item) {
    const box = this.ticks.box(item.key, `Tick ${item.title}`);
    const badge = item.linked && el("span", { class: "badge" }, "linked");
    const folder = item.path.includes("/") && el("span", { class: "folder", dir: "auto" }, item.path);
    const head = el("div", { class: "row-head" }, noteLink(item, { class: "name" }), badge, scoreBar(item.score));
    return el("li", {}, box, el("div", {}, head, folder, reasons(item.why)));
  }
}
