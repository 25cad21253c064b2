// Where on the map there is room for a text: boxes that are taken, as [x, y, half the width, half the height].

function meets([x, y, width, height], [otherX, otherY, otherWidth, otherHeight]) {
  return Math.abs(x - otherX) < width + otherWidth && Math.abs(y - otherY) < height + otherHeight;
}

export class Room {
  constructor([width, height]) {
    this.size = [width, height];
    this.points = [];
    this.texts = [];
  }

  /** The place moved so far that a text of this half width is not cut at the edges. */
  inside([x, y], half) {
    return [Math.max(half, Math.min(this.size[0] - half, x)), Math.max(10, Math.min(this.size[1] - 10, y))];
  }

  take([x, y], halfWidth, halfHeight) {
    this.texts.push([x, y, halfWidth, halfHeight]);
  }

  overTexts([x, y], halfWidth, halfHeight) {
    return this.texts.some((text) => meets(text, [x, y, halfWidth, halfHeight]));
  }

  free([x, y], halfWidth, halfHeight) {
    const over = this.points.some((point) => meets(point, [x, y, halfWidth, halfHeight]));
    return !over && !this.overTexts([x, y], halfWidth, halfHeight);
  }
}
