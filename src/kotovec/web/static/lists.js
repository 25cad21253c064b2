// The views that are lists: all notes, suggested links, and the state of each file.

import { ask } from "./api.js";
import { Ticks } from "./copy.js";
import { counted, el, foldable, inSteps, noteLink, scoreBar } from "./dom.js";
import { reasons } from "./why.js";

function bytes(n) {
  return n < 1e6 ? `${Math.ceil(n / 1e3)} kB` : `${(n / 1e6).toFixed(1)} MB`;
}

class ListView {
  constructor(place, parts, signal) {
    this.place = place;
    this.signal = signal;
  }

  refresh() {
    return this.load();
  }
}

export class HomeView extends ListView {
  title = "Notes";

  async load() {
    const wanted = Math.max(this.list?.children.length || 0, 200);
    const answer = await ask("notes", { n: Math.min(wanted, 1000) }, this.signal);
    this.list = el("ul", { class: "columns" });
    const more = el("button", { type: "button", class: "more" });
    const add = (notes) => {
      this.list.append(...notes.map((note) => el("li", {}, noteLink(note, { title: note.path }))));
      const left = answer.total - this.list.children.length;
      more.hidden = left <= 0;
      more.textContent = `Show more (${left.toLocaleString("en")} left)`;
    };
    more.addEventListener("click", async () => {
      add((await ask("notes", { first: this.list.children.length, n: 500 }, this.signal)).notes);
    });
    add(answer.notes);
    this.place.replaceChildren(
      el("h1", { tabindex: "-1" }, counted(answer.total, "note")),
      answer.total ? this.hint() : this.nothing(),
      this.list,
      more,
    );
  }

  hint() {
    return el(
      "p",
      { class: "lead" },
      "Open one to see what is related to it and why, or press ",
      el("kbd", {}, "/"),
      " to search.",
    );
  }

  nothing() {
    return el(
      "p",
      { class: "empty" },
      "There is no note in this vault yet. Files that end in .md, .markdown, .txt or .org are read; ",
      el("a", { href: "#/status" }, "the status"),
      " says what was skipped. A note that you add appears here by itself.",
    );
  }
}

export class SuggestionsView extends ListView {
  title = "Suggestions";
  ticks = new Ticks();

  async load() {
    const { pairs } = await ask("suggest", { n: 50 }, this.signal);
    const lines = pairs.map((pair) => [`${pair.a.key} ${pair.b.key}`, `${pair.a.wikilink} – ${pair.b.wikilink}`]);
    this.ticks.reset(lines);
    const rows = pairs.map((pair, i) => this.row(pair, lines[i][0]));
    this.place.replaceChildren(
      el("h1", { tabindex: "-1" }, "Suggested links"),
      el("p", { class: "lead" }, "Pairs of notes that are close to each other, with no link between them yet."),
      this.ticks.bar,
      el("ol", { class: "rows pairs" }, ...rows),
      pairs.length ? null : el("p", { class: "empty" }, "No two unlinked notes are close enough to suggest a link."),
    );
  }

  row(pair, id) {
    const box = this.ticks.box(id, `Tick ${pair.a.title} and ${pair.b.title}`);
    const name = { class: "name" };
    const names = el("span", { class: "pair" }, noteLink(pair.a, name), el("span", {}, " ↔ "), noteLink(pair.b, name));
    return el("li", {}, box, el("div", {}, el("div", { class: "row-head" }, names, scoreBar(pair.score)), reasons(pair.why, [pair.a.title, pair.b.title])));
  }
}

export class StatusView extends ListView {
  title = "Status";
  unfolded = new Set();

  async load() {
    const status = await ask("status", {}, this.signal);
    const skipped = status.files.filter((file) => file.state === "skipped");
    const excluded = status.files.filter((file) => file.state === "excluded");
    const warned = status.files.filter((file) => file.state === "indexed" && file.warnings.length);
    const indexed = status.files.filter((file) => file.state === "indexed");
    this.place.replaceChildren(
      el("h1", { tabindex: "-1" }, "Status"),
      el("dl", { class: "numbers" }, ...this.facts(status)),
      ...this.section("Skipped", skipped, "Nothing was skipped.", true),
      ...this.section("Read with a warning", warned, "Nothing was odd.", true),
      ...this.section("Left out by rules", excluded, "No rule leaves a file out.", false),
      ...this.section("Indexed", indexed, "Nothing is indexed.", false),
    );
  }

  facts(status) {
    const facts = {
      notes: status.n_notes.toLocaleString("en"),
      words: status.n_words.toLocaleString("en"),
      text: bytes(status.text_size),
      index: status.index ? `${bytes(status.index_size)} in ${status.index}` : "kept in memory only",
      "looked at": new Date(status.indexed_at * 1000).toLocaleString("sv"),
      "other vectors": status.vectors || "none",
      weights: status.tuned ? "tuned to this vault" : "as shipped",
      version: `kotovec ${status.version}`,
    };
    return Object.entries(facts).map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, el("bdi", {}, value))));
  }

  section(title, files, otherwise, open) {
    const heading = el("h2", {}, `${title} (${files.length.toLocaleString("en")})`);
    if (!files.length) return [heading, el("p", { class: "empty" }, otherwise)];
    const body = () => inSteps(el("ul", { class: "files" }), files, (file) => this.file(file), 200);
    if (open) return [heading, ...body()];
    return [foldable(this.unfolded, title, [heading], body)];
  }

  file(file) {
    const name = file.key ? el("a", { href: `#/note/${file.key}`, dir: "auto" }, file.path) : el("bdi", {}, file.path);
    const words = file.state === "indexed" ? counted(file.n_words, "word") : file.reason;
    return el("li", {}, name, el("span", { class: "reason" }, [words, ...file.warnings].join("; ")));
  }
}
