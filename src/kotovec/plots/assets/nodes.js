// What a map and a network share: words at places, to look at, hover over, search and choose.

const REACH = 14; // pixels from a point within which the pointer means it

class Nodes {
  // `neighborsOf(index)` gives pairs of word and similarity, `heading` what they are; `under` draws below the points.
  constructor({ neighborsOf, heading, under }) {
    this.neighborsOf = neighborsOf;
    this.heading = heading;
    this.under = under;
    this.view = new View(DATA.positions[0].length === 3);
    this.found = new Set();
    this.hovered = this.chosen = this.only = null;
    this.radius = DATA.positions.length > 400 ? 3 : 4;
    this.order = this.byImportance();
    this.tip = new Tip(byId("stage"));
    this.panel = new Panel({
      choose: (index) => this.choose(index),
      dim: (group) => { this.only = group; this.surface.redraw(); },
    });
    this.surface = new Surface(byId("canvas"), (pen, width, height) => this.paint(pen, width, height));
    listen(byId("canvas"), this.view, {
      changed: () => this.surface.redraw(),
      hovered: (x, y) => this.hover(x, y),
      tapped: (x, y) => this.choose(this.nearest(x, y)),
    });
    watchSearch(DATA.words, {
      found: (matches) => this.find(matches),
      choose: (index) => this.choose(index, true),
    });
    watchTheme(() => { this.colors = themeColors(); this.panel.showGroups(this.colors.groups); this.surface.redraw(); });
  }

  byImportance() {
    const counts = DATA.counts || DATA.words.map((_, index) => -index);
    return DATA.words.map((_, index) => index).sort((a, b) => counts[b] - counts[a]);
  }

  color(index) {
    return this.colors.groups[DATA.clusters[index] % this.colors.groups.length];
  }

  // 1 for what one looks at, less for the rest.
  strength(index) {
    if (index === this.hovered || index === this.chosen || this.found.has(index)) return 1;
    if (this.found.size || (this.only !== null && DATA.clusters[index] !== this.only)) return 0.16;
    return this.near.size && !this.near.has(index) ? 0.35 : 1;
  }

  nearest(x, y) {
    let [best, distance] = [null, REACH];
    this.places.forEach(([left, top], index) => {
      const away = Math.hypot(left - x, top - y);
      if (away < distance && this.strength(index) > 0.2) [best, distance] = [index, away];
    });
    return best;
  }

  find(matches) {
    this.found = new Set(matches);
    this.tip.hide();
    this.hovered = null;
    this.surface.redraw();
  }

  hover(x, y) {
    const index = x === null ? null : this.nearest(x, y);
    byId("canvas").classList.toggle("pointing", index !== null);
    if (index === null) this.tip.hide();
    else if (index !== this.hovered) {
      const pairs = this.neighborsOf(index);
      const title = element("strong", { dir: "auto" }, DATA.words[index]);
      const heading = element("div", { class: "dim" }, this.heading);
      this.tip.show(this.places[index][0], this.places[index][1], title, heading, wordList(pairs, this.panel.indexOf, null));
    }
    if (index !== this.hovered) {
      this.hovered = index;
      this.surface.redraw();
    }
  }

  choose(index, isFar = false) {
    this.chosen = index;
    if (index !== null && (isFar || !this.isVisible(index))) {
      if (this.view.zoom < 2 && isFar) this.view.zoom = 2;
      this.view.centre(DATA.positions[index]);
    }
    this.tip.hide();
    this.hovered = null;
    this.panel.showWord(index, this.heading, index === null ? [] : this.neighborsOf(index));
    this.surface.redraw();
  }

  isVisible(index) {
    const [x, y] = this.places[index];
    return x > 0 && y > 0 && x < this.surface.width && y < this.surface.height;
  }

  paint(pen, width, height) {
    this.colors = this.colors || themeColors();
    this.view.fit(width, height);
    this.places = DATA.positions.map((point) => this.view.place(point));
    const focus = this.hovered ?? this.chosen;
    const near = focus === null ? [] : this.neighborsOf(focus).map(([word]) => this.panel.indexOf.get(word));
    this.near = new Set(near.filter((index) => index !== undefined));
    if (this.near.size) this.near.add(focus);
    this.under(this, pen, focus);
    this.paintPoints(pen);
    this.paintLabels(pen, width, height, focus);
  }

  paintPoints(pen) {
    const back = DATA.words.map((_, index) => index);
    if (this.view.isSolid) back.sort((a, b) => this.places[a][2] - this.places[b][2]);
    for (const index of back) {
      const [x, y, factor] = this.places[index];
      const strength = this.strength(index);
      const size = this.radius * factor ** 1.6 * Math.min(1.8, Math.sqrt(Math.max(this.view.zoom, 0.8)));
      pen.globalAlpha = strength * (this.view.isSolid ? Math.min(1, 0.45 + 0.6 * (factor - 0.75)) : 0.85);
      pen.fillStyle = this.color(index);
      pen.beginPath();
      pen.arc(x, y, size, 0, 2 * Math.PI);
      pen.fill();
      if (strength === 1 && (this.found.has(index) || index === this.chosen)) {
        pen.globalAlpha = 1;
        pen.strokeStyle = this.colors.mark;
        pen.lineWidth = index === this.chosen ? 3.5 : 2;
        pen.beginPath();
        pen.arc(x, y, size + (index === this.chosen ? 5 : 3), 0, 2 * Math.PI);
        pen.stroke();
      }
    }
    pen.globalAlpha = 1;
  }

  paintLabels(pen, width, height, focus) {
    const room = new LabelRoom(width, height);
    const nearFirst = (a, b) => this.places[b][2] - this.places[a][2];
    const order = this.view.isSolid ? [...this.order].sort(nearFirst) : this.order;
    const first = [focus, this.chosen, ...this.near, ...this.found].filter((index) => index !== null);
    const important = new Set(first);
    for (const index of this.found) room.block(this.places[index][0], this.places[index][1], this.radius);
    const seen = new Set();
    for (const index of [...first, null, ...order]) {
      if (index === null) for (const [x, y] of this.places) room.block(x, y, 1.5);
      if (index === null || seen.has(index)) continue;
      seen.add(index);
      const strength = this.strength(index);
      if (strength < 0.3 && !important.has(index)) continue;
      const [x, y, factor] = this.places[index];
      if (x < -50 || y < -20 || x > width + 50 || y > height + 20) continue;
      const stands = index === focus || index === this.chosen || this.found.has(index);
      const size = (index === this.chosen ? 17 : stands ? 14 : 12) * Math.min(1.25, factor ** 0.8);
      pen.font = cssFont(size, this.surface.font, stands ? 600 : 400);
      const text = shortText(DATA.words[index]);
      const gap = this.radius + (index === this.chosen ? 8 : this.found.has(index) ? 6 : 4);
      const at = room.place(x, y, gap, pen.measureText(text).width, size * 1.15);
      if (at === null) continue;
      const nearness = this.view.isSolid && !stands ? Math.min(1, 0.4 + 0.75 * (factor - 0.7)) : 1;
      pen.globalAlpha = Math.max(strength, 0.35) * nearness;
      drawLabel(pen, text, at[0], at[1], stands ? this.colors.mark : this.colors.ink, this.colors.paper);
    }
    pen.globalAlpha = 1;
  }
}
