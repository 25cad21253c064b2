// The training curve: the loss of each epoch above, the learning rate below; the pointer shows the figures of an epoch.

const MARGIN = { left: 74, right: 24, top: 30, between: 54, bottom: 44 };

function roundTicks(low, high, about) {
  const rough = (high - low) / about || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) ticks.push(i * step);
  return ticks;
}

function tickText(value, ticks) {
  const step = ticks.length > 1 ? ticks[1] - ticks[0] : Math.abs(value) || 1;
  return value.toFixed(Math.min(8, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9))));
}

class CurvePlot {
  constructor() {
    this.epochs = DATA.loss.length;
    this.epoch = null;
    this.tip = new Tip(byId("stage"));
    this.surface = new Surface(byId("canvas"), (pen, width, height) => this.paint(pen, width, height));
    const canvas = this.surface.canvas;
    canvas.classList.add("still");
    const over = (event) => this.point(Math.round(this.epochAt(event.clientX - canvas.getBoundingClientRect().left)));
    canvas.addEventListener("pointermove", over);
    canvas.addEventListener("pointerdown", over);
    canvas.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") this.point(null); });
    canvas.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (step) this.point((this.epoch ?? (step > 0 ? 0 : this.epochs + 1)) + step);
      if (event.key === "Escape") this.point(null);
    });
    watchTheme(() => this.surface.redraw());
  }

  alphaAt(progress) {
    return DATA.alpha + (DATA.min_alpha - DATA.alpha) * progress;
  }

  // The loss of epoch e is a mean over [e - 1, e], and stands at its end.
  x(epoch) {
    return this.left + (epoch / this.epochs) * (this.right - this.left);
  }

  epochAt(x) {
    return ((x - this.left) / (this.right - this.left)) * this.epochs;
  }

  point(epoch) {
    this.epoch = epoch === null ? null : Math.max(1, Math.min(this.epochs, epoch));
    if (this.epoch === null) this.tip.hide();
    else {
      const loss = DATA.loss[this.epoch - 1];
      const rate = Number(this.alphaAt(this.epoch / this.epochs).toPrecision(3));
      const lines = [
        `epoch ${this.epoch} of ${this.epochs}`,
        `loss ${loss === null ? "not finite" : loss.toFixed(4)}`,
        `learning rate at its end ${rate}`,
      ];
      const top = loss === null ? this.lossBox.top : this.lossY(loss);
      this.tip.show(this.x(this.epoch), top, ...lines.map((line) => element("div", {}, line)));
    }
    this.surface.redraw();
  }

  lossY(loss) {
    return this.lossBox.bottom - ((loss - this.low) / (this.high - this.low)) * (this.lossBox.bottom - this.lossBox.top);
  }

  measure(width, height) {
    this.left = width < 500 ? 52 : MARGIN.left;
    this.right = width - MARGIN.right;
    const inner = height - MARGIN.top - MARGIN.between - MARGIN.bottom;
    this.lossBox = { top: MARGIN.top, bottom: MARGIN.top + inner * 0.7 };
    this.rateBox = { top: MARGIN.top + inner * 0.7 + MARGIN.between, bottom: height - MARGIN.bottom };
    const known = DATA.loss.filter((loss) => loss !== null);
    const [low, high] = [Math.min(...known), Math.max(...known)];
    const more = (high - low) * 0.08 || 0.05 * Math.abs(high) || 0.5;
    this.low = low - more;
    this.high = high + more;
  }

  paint(pen, width, height) {
    this.colors = themeColors();
    this.measure(width, height);
    this.axes(pen, this.lossBox, this.low, this.high, 6, "Loss, mean per word pair");
    const most = Math.max(DATA.alpha, DATA.min_alpha) * 1.08 || 1;
    this.axes(pen, this.rateBox, 0, most, 3, "Learning rate");
    this.epochTicks(pen, height);
    const rateY = (rate) => this.rateBox.bottom - (rate / most) * (this.rateBox.bottom - this.rateBox.top);
    this.line(pen, [[this.x(0), rateY(this.alphaAt(0))], [this.x(this.epochs), rateY(this.alphaAt(1))]], this.colors.mark);
    this.paintLoss(pen);
    if (this.epoch !== null) this.paintCursor(pen);
  }

  axes(pen, box, low, high, about, title) {
    pen.font = cssFont(12, this.surface.font);
    pen.lineWidth = 1;
    const ticks = roundTicks(low, high, about);
    for (const tick of ticks) {
      const y = box.bottom - ((tick - low) / (high - low)) * (box.bottom - box.top);
      this.line(pen, [[this.left, y], [this.right, y]], this.colors.line, 1);
      pen.fillStyle = this.colors.dim;
      pen.textAlign = "right";
      pen.textBaseline = "middle";
      pen.fillText(tickText(tick, ticks), this.left - 8, y);
    }
    pen.textAlign = "left";
    pen.textBaseline = "bottom";
    pen.fillStyle = this.colors.ink;
    pen.font = cssFont(13, this.surface.font, 600);
    pen.fillText(title, this.left, box.top - 8);
  }

  epochTicks(pen, height) {
    pen.font = cssFont(12, this.surface.font);
    pen.fillStyle = this.colors.dim;
    pen.textAlign = "center";
    pen.textBaseline = "top";
    const about = Math.max(2, Math.min(this.epochs, Math.floor((this.right - this.left) / 60)));
    for (const tick of roundTicks(0, this.epochs, about).filter((tick) => Number.isInteger(tick))) {
      pen.fillText(String(tick), this.x(tick), this.rateBox.bottom + 8);
    }
    pen.fillText("epochs", (this.left + this.right) / 2, height - 20);
  }

  line(pen, points, color, width = 2.2) {
    pen.strokeStyle = color;
    pen.lineWidth = width;
    pen.lineJoin = "round";
    pen.beginPath();
    points.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    pen.stroke();
  }

  paintLoss(pen) {
    let run = []; // a loss that was not finite is a gap
    for (let epoch = 1; epoch <= this.epochs + 1; epoch++) {
      const loss = epoch <= this.epochs ? DATA.loss[epoch - 1] : null;
      if (loss !== null) run.push([this.x(epoch), this.lossY(loss)]);
      else {
        if (run.length > 1) this.line(pen, run, this.colors.point);
        run = [];
      }
    }
    if (this.epochs > 60) return;
    pen.fillStyle = this.colors.point;
    DATA.loss.forEach((loss, i) => {
      if (loss === null) return;
      pen.beginPath();
      pen.arc(this.x(i + 1), this.lossY(loss), 4, 0, 2 * Math.PI);
      pen.fill();
    });
  }

  paintCursor(pen) {
    const [x, loss] = [this.x(this.epoch), DATA.loss[this.epoch - 1]];
    this.line(pen, [[x, this.lossBox.top], [x, this.rateBox.bottom]], this.colors.dim, 1);
    if (loss === null) return;
    pen.fillStyle = this.colors.ink;
    pen.beginPath();
    pen.arc(x, this.lossY(loss), 5.5, 0, 2 * Math.PI);
    pen.fill();
  }
}

const PLOT = new CurvePlot();
