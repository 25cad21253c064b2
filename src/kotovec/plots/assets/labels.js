// Labels that do not cover each other: the important ones first, each beside its point, or not at all.

const CELL = 48; // pixels of the grid in which neighbours are looked for

class LabelRoom {
  constructor(width, height) {
    this.width = width;
    this.height = height;
    this.cells = new Map();
  }

  // Takes the room and says true, where nobody has it yet.
  take(left, top, right, bottom) {
    if (left < 0 || top < 0 || right > this.width || bottom > this.height) return false;
    const keys = [];
    for (let i = Math.floor(left / CELL); i <= Math.floor(right / CELL); i++) {
      for (let j = Math.floor(top / CELL); j <= Math.floor(bottom / CELL); j++) {
        const key = `${i} ${j}`;
        const taken = this.cells.get(key) || [];
        if (taken.some((box) => left < box[2] && right > box[0] && top < box[3] && bottom > box[1])) return false;
        keys.push(key);
      }
    }
    for (const key of keys) {
      if (!this.cells.has(key)) this.cells.set(key, []);
      this.cells.get(key).push([left, top, right, bottom]);
    }
    return true;
  }

  // Keeps labels off a point.
  block(x, y, radius) {
    const key = `${Math.floor(x / CELL)} ${Math.floor(y / CELL)}`;
    if (!this.cells.has(key)) this.cells.set(key, []);
    this.cells.get(key).push([x - radius, y - radius, x + radius, y + radius]);
  }

  // Left end and middle line of a label of this size beside a point, or null.
  place(x, y, gap, width, height) {
    const beside = [
      [x + gap, y],
      [x - gap - width, y],
      [x - width / 2, y - gap - height / 2],
      [x - width / 2, y + gap + height / 2],
    ];
    const fits = ([left, middle]) => this.take(left - 1, middle - height / 2, left + width + 1, middle + height / 2);
    return beside.find(fits) || null;
  }
}

// Text with a rim in the colour of the paper, readable over points and lines.
function drawLabel(pen, text, left, middle, color, paper) {
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  pen.lineWidth = 3;
  pen.strokeStyle = paper;
  pen.strokeText(text, left, middle);
  pen.fillStyle = color;
  pen.fillText(text, left, middle);
}

const LONGEST_LABEL = 32;

function shortText(word) {
  const letters = [...word];
  return letters.length > LONGEST_LABEL ? `${letters.slice(0, LONGEST_LABEL - 1).join("")}\u2026` : word;
}
