// Copying links, and saying so.

import { el } from "./dom.js";

let hiding = 0;

/** Say something in passing. */
export function toast(text) {
  const place = document.getElementById("toast");
  place.textContent = text;
  place.classList.add("shown");
  clearTimeout(hiding);
  hiding = setTimeout(() => place.classList.remove("shown"), 5000);
}

/** Put `lines` on the clipboard, and say what was copied; where no way leads there, show them to be copied by hand. */
export async function copyLines(lines) {
  const text = lines.join("\n");
  if ((await byClipboard(text)) || byCommand(text)) {
    const shown = lines.length > 3 ? `${lines.slice(0, 3).join(", ")} and ${lines.length - 3} more` : lines.join(", ");
    toast(`Copied ${shown}`);
  } else {
    byHand(text);
  }
}

async function byClipboard(text) {
  try {
    await navigator.clipboard.writeText(text); // there only on a loopback or https address
    return true;
  } catch {
    return false;
  }
}

function byCommand(text) {
  const before = document.activeElement;
  const area = el("textarea", { class: "offscreen", readonly: true, "aria-hidden": "true", ".value": text });
  document.body.append(area);
  area.select();
  let done = false;
  try {
    done = document.execCommand("copy");
  } catch {
    done = false;
  }
  area.remove();
  before?.focus?.({ preventScroll: true });
  return done;
}

function byHand(text) {
  const area = el("textarea", { readonly: true, rows: "6", "aria-label": "Links", ".value": text });
  const close = el("button", { type: "button" }, "Close");
  const dialog = el("dialog", {}, el("p", {}, "This browser lets no page copy. Copy by hand:"), area, close);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  area.select();
}

/** A bar that copies the lines of ticked rows. `lines` are by id, in the order of the rows; ticks outlast a refresh. */
export class Ticks {
  constructor() {
    this.ticked = new Set();
    this.lines = new Map();
    this.button = el("button", { type: "button", class: "copy", on: { click: () => copyLines(this.chosen()) } });
    this.all = el("button", { type: "button", class: "quiet", on: { click: () => this.tickAll() } });
    this.bar = el("div", { class: "copybar" }, this.button, this.all);
    this.boxes = new Map();
  }

  /** Begin again with these rows: pairs of id and line. */
  reset(rows) {
    this.lines = new Map(rows);
    this.ticked = new Set([...this.ticked].filter((id) => this.lines.has(id)));
    this.boxes.clear();
    this.show();
  }

  /** The checkbox of a row. */
  box(id, label) {
    const act = (event) => {
      this.ticked[event.target.checked ? "add" : "delete"](id);
      this.show();
    };
    const box = el("input", { type: "checkbox", "aria-label": label, on: { change: act } });
    box.checked = this.ticked.has(id);
    this.boxes.set(id, box);
    return box;
  }

  chosen() {
    return [...this.lines].filter(([id]) => this.ticked.has(id)).map(([, line]) => line);
  }

  tickAll() {
    const every = this.ticked.size < this.lines.size;
    this.ticked = new Set(every ? this.lines.keys() : []);
    for (const [id, box] of this.boxes) box.checked = this.ticked.has(id);
    this.show();
  }

  show() {
    const n = this.ticked.size;
    this.bar.hidden = this.lines.size === 0;
    this.button.disabled = n === 0;
    this.button.textContent = n === 0 ? "Tick rows to copy links" : n === 1 ? "Copy 1 link" : `Copy ${n} links`;
    this.all.textContent = n > 0 && n === this.lines.size ? "Untick all" : "Tick all";
  }
}
