// The map of the vault: each note a point, drawn on a canvas, and the same as lists for who cannot use a canvas.

import { ask } from "./api.js";
import { counted, el, foldable, inSteps, noteLink } from "./dom.js";
import { shapeOf, swatch, tint, tracePoint } from "./palette.js";
import { Room } from "./room.js";

const NEAR = 12; // CSS pixels from a point that still mean it
const FEW = 60; // points in view that leave room for their titles
const MANY = 400; // points in view that texts cannot keep clear of
const DEEPEST = 80; // zoom

/** Remembers which note was open last, to mark it. */
export const opened = { key: null };

export class MapView {
  title = "Map";

  constructor(place, parts, signal) {
    this.place = place;
    this.signal = signal;
    this.zoom = 1;
    this.shift = [0, 0];
    this.pointers = new Map();
    this.hovered = -1;
    this.unfolded = new Set();
  }

  async load() {
    this.take(await ask("map", {}, this.signal));
    this.build();
    this.resize();
  }

  async refresh() {
    this.take(await ask("map", {}, this.signal));
    this.hover(-1);
    this.showLists();
    this.draw();
  }

  take(data) {
    this.data = data;
    const { x, y, cluster, names } = data;
    const spread = (values) => {
      const least = values.reduce((a, b) => Math.min(a, b), Infinity);
      const most = values.reduce((a, b) => Math.max(a, b), -Infinity);
      return values.map((value) => (most > least ? (value - least) / (most - least) : 0.5));
    };
    this.x = spread(x);
    this.y = spread(y).map((value) => 1 - value);
    this.members = names.map(() => []);
    this.loose = [];
    cluster.forEach((c, i) => (this.members[c] || this.loose).push(i));
    const middle = (values) => values.sort((a, b) => a - b)[values.length >> 1];
    this.centres = this.members.map((of) => of.length && [middle(of.map((i) => this.x[i])), middle(of.map((i) => this.y[i]))]);
    this.marked = data.keys.indexOf(opened.key);
  }

  build() {
    this.canvas = el("canvas", {
      tabindex: "0",
      role: "img",
      "aria-label": "Map of the vault. Arrows move it, plus and minus zoom, 0 shows all. The same notes stand in lists beside it.",
    });
    this.tip = el("div", { class: "tip", dir: "auto", hidden: true });
    const zoom = (label, name, by) =>
      el("button", { type: "button", "aria-label": name, title: name, on: { click: () => (by ? this.zoomBy(by) : this.fit()) } }, label);
    const tools = el("div", { class: "map-tools" }, zoom("+", "Zoom in", 1.5), zoom("−", "Zoom out", 1 / 1.5), zoom("⤢", "Show all", 0));
    this.lists = el("aside", { class: "map-lists", "aria-label": "The notes of the map by cluster" });
    const frame = el("div", { class: "map-frame" }, this.canvas, this.tip, tools);
    this.place.replaceChildren(
      el("h1", { class: "offscreen", tabindex: "-1" }, "Map of the vault"),
      el("div", { class: "map-view" }, frame, this.lists),
    );
    this.showLists();
    this.listen(frame);
  }

  showLists() {
    const group = (title, members, c) => {
      const row = (i) => el("li", {}, noteLink({ key: this.data.keys[i], title: this.data.titles[i] }));
      const sorted = () => [...members].sort((a, b) => this.data.titles[a].localeCompare(this.data.titles[b]));
      const head = [swatch(c), el("bdi", {}, title), el("small", {}, String(members.length))];
      return foldable(this.unfolded, title, head, () => inSteps(el("ul"), sorted(), row));
    };
    const order = this.members.map((_, c) => c).filter((c) => this.members[c].length);
    order.sort((a, b) => this.members[b].length - this.members[a].length);
    this.lists.replaceChildren(
      el("h2", {}, this.data.keys.length ? counted(this.data.keys.length, "note") : "No notes yet"),
      el("p", { class: "lead" }, "Notes that are alike lie close to each other. Their groups are named by their own words."),
      ...order.map((c) => group(this.data.names[c] || "unnamed", this.members[c], c)),
      this.loose.length ? group("in no group", this.loose, -1) : "",
    );
  }

  listen(frame) {
    const { canvas, signal } = this;
    const on = (target, type, act, options = {}) => target.addEventListener(type, act, { signal, ...options });
    on(canvas, "wheel", (event) => this.wheel(event), { passive: false });
    on(canvas, "pointerdown", (event) => this.down(event));
    on(canvas, "pointermove", (event) => this.move(event));
    on(canvas, "pointerup", (event) => this.up(event));
    on(canvas, "pointercancel", (event) => this.pointers.delete(event.pointerId));
    on(canvas, "pointerleave", () => this.hover(-1));
    on(canvas, "keydown", (event) => this.key(event));
    on(document, "theme", () => this.draw());
    const watch = new ResizeObserver(() => this.resize());
    watch.observe(frame);
    signal.addEventListener("abort", () => watch.disconnect());
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const ratio = devicePixelRatio || 1;
    this.size = [width, height];
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.draw();
  }

  /** Where a place of the map (0 to 1) is on the canvas, in CSS pixels. */
  at(x, y) {
    const [width, height] = this.size;
    const margin = Math.min(36, width / 8);
    return [
      (margin + x * (width - 2 * margin) - width / 2) * this.zoom + width / 2 + this.shift[0],
      (margin + y * (height - 2 * margin) - height / 2) * this.zoom + height / 2 + this.shift[1],
    ];
  }

  draw() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.canvas.isConnected && this.paint());
  }

  paint() {
    const context = this.canvas.getContext("2d");
    const ratio = this.canvas.width / Math.max(this.size[0], 1);
    const style = getComputedStyle(this.canvas);
    const ink = { text: style.getPropertyValue("--text"), ground: style.getPropertyValue("--ground") };
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, ...this.size);
    this.places = this.x.map((x, i) => this.at(x, this.y[i]));
    const visible = this.places.map((place) => this.inside(place));
    const radius = Math.min(7, (this.x.length > 5000 ? 1.6 : this.x.length > 800 ? 2.6 : 4) * Math.sqrt(this.zoom));
    this.members.forEach((members, c) => this.paintPoints(context, members, c, radius, visible));
    this.paintPoints(context, this.loose, -1, radius, visible);
    if (this.marked >= 0) this.ring(context, this.marked, radius + 4, ink.text);
    if (this.hovered >= 0) this.ring(context, this.hovered, radius + 3, ink.text);
    this.paintTexts(context, visible, radius, ink, style.fontFamily);
  }

  inside([x, y]) {
    return x > -10 && y > -10 && x < this.size[0] + 10 && y < this.size[1] + 10;
  }

  paintPoints(context, members, cluster, radius, visible) {
    context.fillStyle = tint(cluster);
    const shape = shapeOf(cluster);
    context.beginPath();
    for (const i of members) {
      if (!visible[i]) continue;
      const [x, y] = this.places[i];
      if (radius < 2) context.fillRect(x - radius, y - radius, 2 * radius, 2 * radius); // too small for a shape
      else tracePoint(context, x, y, radius, shape);
    }
    context.fill();
  }

  ring(context, i, radius, colour) {
    context.beginPath();
    context.arc(...this.places[i], radius, 0, 7);
    context.strokeStyle = colour;
    context.lineWidth = 2;
    context.stroke();
  }

  /** The open note's title, names of clusters, and titles where there is room: none over another, few over points. */
  paintTexts(context, visible, radius, ink, family) {
    const seen = this.places.map((_, i) => i).filter((i) => visible[i]);
    const room = new Room(this.size);
    if (seen.length <= MANY) room.points = seen.map((i) => [...this.places[i], radius, radius]);
    context.textAlign = "center";
    context.textBaseline = "middle";
    const write = (text, [x, y], offsets, font, must = false) => {
      context.font = `${font} ${family}`;
      const shown = text.length > 48 ? `${text.slice(0, 47)}…` : text;
      const half = context.measureText(shown).width / 2 + 3;
      const places = offsets.map(([dx, dy]) => room.inside([x + dx * (half + radius + 4), y + dy], half));
      const place = places.find((at) => room.free(at, half, 9)) || (must && places.find((at) => !room.overTexts(at, half, 9)));
      if (!place) return;
      room.take(place, half, 9);
      context.strokeStyle = ink.ground;
      context.lineWidth = 4;
      context.lineJoin = "round";
      context.strokeText(shown, ...place);
      context.fillStyle = ink.text;
      context.fillText(shown, ...place);
    };
    const gap = radius + 11;
    const beside = [[0, gap], [0, -gap], [1, 0], [-1, 0]];
    const above = [[0, -gap - 4], [0, gap + 4], [1, 0], [-1, 0]];
    if (this.marked >= 0) write(this.data.titles[this.marked], this.places[this.marked], above, "700 13px", true);
    const near = [0, -14, 14, -28, 28, -42, 42].map((dy) => [0, dy]);
    const order = this.centres.map((_, c) => c).filter((c) => this.centres[c] && this.data.names[c]);
    order.sort((one, other) => this.members[other].length - this.members[one].length);
    for (const c of order) {
      const place = this.at(...this.centres[c]);
      if (this.inside(place)) write(this.data.names[c], place, near, "600 13px", true);
    }
    if (seen.length > FEW) return;
    for (const i of seen.filter((note) => note !== this.marked)) write(this.data.titles[i], this.places[i], beside, "12px");
  }

  /** The point under a place on the canvas, or -1. */
  find(x, y) {
    let best = -1;
    let least = NEAR * NEAR;
    this.places?.forEach(([px, py], i) => {
      const distance = (px - x) ** 2 + (py - y) ** 2;
      if (distance < least) [best, least] = [i, distance];
    });
    return best;
  }

  hover(i) {
    this.canvas.classList.toggle("over", i >= 0);
    if (i === this.hovered) return;
    this.hovered = i;
    this.tip.hidden = i < 0;
    if (i >= 0) {
      const [x, y] = this.places[i];
      this.tip.textContent = this.data.titles[i];
      this.tip.style.left = `${Math.max(0, Math.min(x, this.size[0] - this.tip.offsetWidth - 8))}px`;
      this.tip.style.top = y > 60 ? `${y - this.tip.offsetHeight - 12}px` : `${y + 14}px`;
    }
    this.draw();
  }

  zoomBy(factor, [x, y] = [this.size[0] / 2, this.size[1] / 2]) {
    const zoom = Math.max(1, Math.min(DEEPEST, this.zoom * factor));
    const by = zoom / this.zoom;
    const middle = [this.size[0] / 2, this.size[1] / 2];
    this.shift = [x, y].map((value, k) => value - middle[k] - (value - middle[k] - this.shift[k]) * by);
    this.zoom = zoom;
    this.hover(-1);
    this.hold();
  }

  /** Keep the map in sight. */
  hold() {
    this.shift = this.shift.map((value, k) => {
      const most = (this.size[k] * this.zoom) / 2;
      return Math.max(-most, Math.min(most, value));
    });
    if (this.zoom === 1) this.shift = [0, 0];
    this.draw();
  }

  fit() {
    this.zoom = 1;
    this.hold();
  }

  wheel(event) {
    event.preventDefault();
    const step = event.deltaMode === 1 ? event.deltaY * 20 : event.deltaY;
    this.zoomBy(Math.exp(-step / 400), [event.offsetX, event.offsetY]);
  }

  down(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, [event.offsetX, event.offsetY]);
    if (this.pointers.size === 1) this.travelled = 0;
  }

  move(event) {
    const now = [event.offsetX, event.offsetY];
    const before = this.pointers.get(event.pointerId);
    if (!before) {
      this.hover(this.find(...now));
      return;
    }
    const others = [...this.pointers].filter(([id]) => id !== event.pointerId).map(([, place]) => place);
    this.travelled += Math.hypot(now[0] - before[0], now[1] - before[1]);
    if (others.length) {
      const gap = (place) => Math.hypot(place[0] - others[0][0], place[1] - others[0][1]);
      this.travelled += NEAR; // two fingers never mean a note
      this.zoomBy(gap(now) / Math.max(gap(before), 1), [(now[0] + others[0][0]) / 2, (now[1] + others[0][1]) / 2]);
    } else if (this.travelled > 4) {
      this.shift = this.shift.map((value, k) => value + now[k] - before[k]);
      this.hover(-1);
      this.hold();
    }
    this.pointers.set(event.pointerId, now);
  }

  up(event) {
    const pressed = this.pointers.delete(event.pointerId);
    const note = this.find(event.offsetX, event.offsetY);
    if (pressed && !this.pointers.size && this.travelled <= 4 && note >= 0) location.hash = `#/note/${this.data.keys[note]}`;
  }

  key(event) {
    const step = 60;
    const moves = { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (moves[event.key]) {
      this.shift = this.shift.map((value, k) => value + moves[event.key][k]);
      this.hold();
    } else if (event.key === "+" || event.key === "=") this.zoomBy(1.3);
    else if (event.key === "-") this.zoomBy(1 / 1.3);
    else if (event.key === "0") this.fit();
    else return;
    event.preventDefault();
  }
}
