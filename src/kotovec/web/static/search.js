// Search as you type: a combobox with a list of notes below it.

import { ask } from "./api.js";
import { el, marked } from "./dom.js";

const PAUSE = 120; // milliseconds between the last key and the question

export class Search {
  /** `open` is called with the key of the note that was chosen. */
  constructor(open) {
    this.open = open;
    this.input = document.getElementById("search");
    this.popup = document.getElementById("popup");
    this.list = document.getElementById("found");
    this.none = document.getElementById("found-none");
    this.found = [];
    this.active = -1;
    this.asked = "";
    this.enterWaits = false;
    this.input.addEventListener("input", () => this.later());
    this.input.addEventListener("focus", () => this.asked && this.asked === this.text() && this.show(true));
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("mousedown", (event) => event.preventDefault()); // the input keeps the focus
    document.addEventListener("pointerdown", (event) => {
      if (!event.target.closest(".search")) this.show(false);
    });
    document.addEventListener("keydown", (event) => {
      const busy = event.target.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, dialog");
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || busy) return;
      event.preventDefault();
      this.input.focus();
      this.input.select();
    });
  }

  text() {
    return this.input.value.trim();
  }

  later() {
    clearTimeout(this.timer);
    this.stale?.abort();
    this.enterWaits = false;
    if (!this.text()) {
      this.asked = "";
      this.show(false);
      return;
    }
    this.timer = setTimeout(() => this.run(), PAUSE);
  }

  async run() {
    clearTimeout(this.timer);
    this.stale?.abort();
    const stale = (this.stale = new AbortController());
    const text = this.text();
    try {
      const answer = await ask("search", { q: text, n: 20 }, stale.signal);
      if (stale.signal.aborted) return;
      this.asked = text;
      this.fill(answer.found, `No note has anything to do with “${text}”.`);
      if (this.enterWaits) this.choose();
    } catch (error) {
      if (error.name !== "AbortError") this.fill([], error.message);
    }
  }

  fill(found, otherwise) {
    this.found = found;
    this.list.replaceChildren(...found.map((hit, i) => this.option(hit, i)));
    this.none.textContent = found.length ? "" : otherwise;
    this.point(found.length ? 0 : -1);
    this.show(document.activeElement === this.input);
  }

  option(hit, i) {
    const folder = hit.path.includes("/") ? hit.path.slice(0, hit.path.lastIndexOf("/")) : "";
    return el(
      "li",
      { role: "option", id: `found-${i}`, "aria-selected": "false", on: { click: () => this.choose(i) } },
      el("span", { class: "name", dir: "auto" }, ...marked(hit.title, hit.terms)),
      folder && el("span", { class: "folder", dir: "auto" }, folder),
      el("span", { class: "snippet", dir: "auto" }, ...marked(hit.snippet, hit.terms)),
    );
  }

  point(i) {
    this.list.children[this.active]?.setAttribute("aria-selected", "false");
    this.active = i;
    const option = this.list.children[i];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) this.input.setAttribute("aria-activedescendant", option.id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  show(open) {
    this.popup.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
  }

  choose(i = this.active) {
    const hit = this.found[i];
    if (!hit) return;
    this.enterWaits = false;
    this.show(false);
    this.input.blur();
    this.open(hit.key);
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.isComposing) return; // the keys belong to an input method
    if (step && this.found.length && this.asked) {
      event.preventDefault();
      if (this.popup.hidden) this.show(true);
      else this.point((this.active + step + this.found.length) % this.found.length);
    } else if (event.key === "Enter" && this.text()) {
      event.preventDefault();
      if (this.asked === this.text()) {
        this.choose();
      } else {
        this.run();
        this.enterWaits = true;
      }
    } else if (event.key === "Escape") {
      if (this.input.value) this.input.value = "";
      else this.input.blur();
      this.later();
    }
  }

  /** The vault has changed: what was found may be gone. */
  refresh() {
    if (this.asked && !this.popup.hidden) this.run();
    else this.asked = "";
  }
}
