// The small window beside the pointer.

class Tip {
  constructor(stage) {
    this.stage = stage;
    this.box = element("div", { class: "tip", role: "status" });
    this.box.hidden = true;
    stage.append(this.box);
  }

  show(x, y, ...children) {
    this.box.replaceChildren(...children);
    this.box.hidden = false;
    const [width, height] = [this.box.offsetWidth, this.box.offsetHeight];
    const left = x + 16 + width < this.stage.clientWidth ? x + 16 : x - 16 - width;
    const top = Math.min(y + 12, this.stage.clientHeight - height - 4);
    this.box.style.left = `${Math.max(4, Math.min(left, this.stage.clientWidth - width - 4))}px`;
    this.box.style.top = `${Math.max(4, top)}px`;
  }

  hide() {
    this.box.hidden = true;
  }
}
