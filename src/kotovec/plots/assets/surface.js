// The canvas: as many pixels as the screen has, drawn again once per frame at most.

class Surface {
  constructor(canvas, paint) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
    this.paint = paint;
    this.width = this.height = 0;
    this.waiting = false;
    this.font = getComputedStyle(document.body).fontFamily;
    new ResizeObserver(() => this.resize()).observe(canvas); // which calls for the first time, too
  }

  resize() {
    const box = this.canvas.getBoundingClientRect();
    const scale = window.devicePixelRatio || 1;
    this.width = box.width;
    this.height = box.height;
    this.canvas.width = Math.max(1, Math.round(box.width * scale));
    this.canvas.height = Math.max(1, Math.round(box.height * scale));
    this.scale = scale;
    this.draw(); // at once: a canvas that changes its size is blank
  }

  redraw() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.waiting = false;
    if (!this.width || !this.height) return;
    this.pen.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    this.pen.fillStyle = cssColor("paper");
    this.pen.fillRect(0, 0, this.width, this.height);
    this.paint(this.pen, this.width, this.height);
  }
}

function cssFont(size, family, weight = 400) {
  return `${weight} ${size}px ${family}`;
}
