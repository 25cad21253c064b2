// The heatmap: a square of cells, words at its left and its top; the pointer over a cell shows its value.

const CELL_LEAST_LABEL = 9; // pixels that a row needs to carry its word

function mixColors(stops, share) {
  const at = Math.max(0, Math.min(1, share)) * (stops.length - 1);
  const low = Math.min(Math.floor(at), stops.length - 2);
  const parts = (color) => [1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16));
  const [from, to] = [parts(stops[low]), parts(stops[low + 1])];
  return from.map((value, i) => Math.round(value + (to[i] - value) * (at - low)));
}

class HeatmapPlot {
  constructor() {
    this.size = DATA.words.length;
    this.stops = DATA.palette[DATA.diverging ? "diverging" : "sequential"];
    this.cell = null; // [row, column] under the pointer or chosen by keys
    this.found = new Set();
    this.tip = new Tip(byId("stage"));
    this.surface = new Surface(byId("canvas"), (pen, width, height) => this.paint(pen, width, height));
    this.surface.canvas.classList.add("still");
    this.listen();
    watchSearch(DATA.words, {
      found: (matches) => { this.found = new Set(matches); this.surface.redraw(); },
      choose: (index) => this.point([index, this.nearestOf(index)]),
    });
    watchTheme(() => this.surface.redraw());
    this.paintScale();
  }

  value(row, column) {
    return DATA.similarities[row][column];
  }

  nearestOf(row) {
    let best = row === 0 ? 1 : 0;
    for (let column = 0; column < this.size; column++) {
      if (column !== row && this.value(row, column) > this.value(row, best)) best = column;
    }
    return best;
  }

  // Red, green and blue of a similarity.
  parts(value) {
    const [low, high] = DATA.limits;
    return mixColors(this.stops, (value - low) / (high - low));
  }

  listen() {
    const canvas = this.surface.canvas;
    const over = (event) => {
      const box = canvas.getBoundingClientRect();
      const column = Math.floor((event.clientX - box.left - this.left) / this.side);
      const row = Math.floor((event.clientY - box.top - this.top) / this.side);
      this.point(Math.min(row, column) >= 0 && Math.max(row, column) < this.size ? [row, column] : null);
    };
    canvas.addEventListener("pointermove", over);
    canvas.addEventListener("pointerdown", over);
    canvas.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") this.point(null); });
    const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    canvas.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.point(null);
      if (!(event.key in steps)) return;
      event.preventDefault();
      const limit = (place) => Math.max(0, Math.min(this.size - 1, place));
      this.point(this.cell ? this.cell.map((place, i) => limit(place + steps[event.key][i])) : [0, 0]);
    });
  }

  point(cell) {
    if (String(cell) === String(this.cell)) return;
    this.cell = cell;
    if (cell === null) this.tip.hide();
    else {
      const [row, column] = cell;
      const text = row === column ? DATA.words[row] : `${DATA.words[row]} \u2013 ${DATA.words[column]}: `;
      const value = row === column ? null : element("strong", {}, scoreText(this.value(row, column)));
      const [x, y] = [this.left + (column + 1) * this.side, this.top + (row + 1) * this.side];
      this.tip.show(x, y, element("span", { dir: "auto" }, text), ...(value ? [value] : []));
    }
    this.surface.redraw();
  }

  measure(pen, width, height) {
    pen.font = cssFont(12, this.surface.font);
    const longest = DATA.words.reduce((most, word) => Math.max(most, pen.measureText(shortText(word)).width), 0);
    const room = Math.min(longest + 18, 0.3 * Math.min(width, height));
    const side = Math.min((width - room - 16) / this.size, (height - room - 12) / this.size);
    this.hasLabels = side >= CELL_LEAST_LABEL;
    this.room = this.hasLabels ? room : 12;
    this.side = this.hasLabels ? side : Math.min((width - 28) / this.size, (height - 24) / this.size);
    this.side = Math.min(this.side, 56);
    this.left = this.room + Math.max(0, (width - this.room - 16 - this.side * this.size) / 2);
    this.top = this.room;
  }

  paint(pen, width, height) {
    this.colors = themeColors();
    this.measure(pen, width, height);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(this.cells(), this.left, this.top, this.side * this.size, this.side * this.size);
    pen.fillStyle = this.colors.line; // of the diagonal, which says nothing
    for (let i = 0; i < this.size; i++) {
      pen.fillRect(this.left + i * this.side, this.top + i * this.side, this.side, this.side);
    }
    if (this.side > 14) this.paintGaps(pen);
    if (this.side >= 34) this.paintValues(pen);
    if (this.hasLabels) this.paintLabels(pen);
    if (this.cell) this.paintCell(pen);
  }

  // One pixel per cell, made once: a quarter of a million rectangles per frame would be slow.
  cells() {
    if (this.made === undefined) {
      this.made = new OffscreenCanvas(this.size, this.size);
      const pen = this.made.getContext("2d");
      const image = pen.createImageData(this.size, this.size);
      DATA.similarities.flat().forEach((value, i) => image.data.set([...this.parts(value), 255], 4 * i));
      pen.putImageData(image, 0, 0);
    }
    return this.made;
  }

  paintGaps(pen) {
    const length = this.side * this.size;
    pen.fillStyle = this.colors.paper;
    for (let i = 1; i < this.size; i++) {
      pen.fillRect(this.left + i * this.side - 0.5, this.top, 1, length);
      pen.fillRect(this.left, this.top + i * this.side - 0.5, length, 1);
    }
  }

  paintValues(pen) {
    pen.font = cssFont(Math.min(13, this.side * 0.28), this.surface.font);
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    for (let row = 0; row < this.size; row++) {
      for (let column = 0; column < this.size; column++) {
        if (row === column) continue;
        const [red, green, blue] = this.parts(this.value(row, column));
        pen.fillStyle = 0.3 * red + 0.59 * green + 0.11 * blue > 140 ? "#10141a" : "#ffffff";
        const [x, y] = [this.left + (column + 0.5) * this.side, this.top + (row + 0.5) * this.side];
        pen.fillText(scoreText(this.value(row, column), 2), x, y);
      }
    }
  }

  paintLabels(pen) {
    pen.textBaseline = "middle";
    DATA.words.forEach((word, index) => {
      const isPointed = this.cell !== null && this.cell.includes(index);
      const stands = this.found.has(index) || isPointed;
      pen.font = cssFont(Math.min(13, this.side * 0.95), this.surface.font, stands ? 600 : 400);
      pen.fillStyle = stands ? this.colors.mark : this.found.size ? this.colors.dim : this.colors.ink;
      const place = (index + 0.5) * this.side;
      pen.textAlign = "right";
      pen.fillText(shortText(word), this.left - 6, this.top + place, this.room - 8);
      pen.save();
      pen.translate(this.left + place, this.top - 6);
      pen.rotate(-Math.PI / 2);
      pen.textAlign = "left";
      pen.fillText(shortText(word), 0, 0, this.room - 8);
      pen.restore();
    });
  }

  paintCell(pen) {
    const [row, column] = this.cell;
    pen.strokeStyle = this.colors.ink;
    pen.lineWidth = 2;
    pen.strokeRect(this.left + column * this.side - 1, this.top + row * this.side - 1, this.side + 1, this.side + 1);
  }

  paintScale() {
    const canvas = byId("scale");
    const pen = canvas.getContext("2d");
    for (let x = 0; x < canvas.width; x++) {
      pen.fillStyle = `rgb(${mixColors(this.stops, x / (canvas.width - 1)).join(" ")})`;
      pen.fillRect(x, 0, 1, canvas.height);
    }
    byId("low").textContent = scoreText(DATA.limits[0], 2);
    byId("high").textContent = scoreText(DATA.limits[1], 2);
  }
}

const PLOT = new HeatmapPlot();
