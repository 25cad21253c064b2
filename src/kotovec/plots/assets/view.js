// Where one looks: middle and zoom of a flat picture, and the turn of a solid one.

const SMALLEST_ZOOM = 0.5;
const LARGEST_ZOOM = 60;
const EYE = 3.2; // distance of the eye from the middle of a solid picture, whose radius is 1

class View {
  constructor(isSolid) {
    this.isSolid = isSolid;
    this.reset();
  }

  reset() {
    this.x = this.y = 0; // the place in the middle of the screen
    this.zoom = 1;
    this.yaw = 0.5;
    this.pitch = 0.35;
  }

  fit(width, height) {
    this.width = width;
    this.height = height;
    this.unit = 0.5 * Math.min(width, height) * 0.9; // pixels for a length of 1 at zoom 1
    // a wide screen is used: flat pictures have no scale that must be the same both ways
    this.across = this.isSolid ? this.unit : 0.5 * Math.max(width - 90, 40);
    this.down = this.isSolid ? this.unit : 0.5 * Math.max(height - 50, 40);
  }

  // Screen place [x, y, depth factor] of a point.
  place(point) {
    if (!this.isSolid) {
      return [
        this.width / 2 + (point[0] - this.x) * this.across * this.zoom,
        this.height / 2 - (point[1] - this.y) * this.down * this.zoom,
        1,
      ];
    }
    const [sinYaw, cosYaw] = [Math.sin(this.yaw), Math.cos(this.yaw)];
    const [sinPitch, cosPitch] = [Math.sin(this.pitch), Math.cos(this.pitch)];
    const x = point[0] * cosYaw + point[2] * sinYaw;
    const back = -point[0] * sinYaw + point[2] * cosYaw;
    const y = point[1] * cosPitch - back * sinPitch;
    const near = point[1] * sinPitch + back * cosPitch;
    const factor = EYE / (EYE - near);
    return [
      this.width / 2 + (x * factor - this.x) * this.across * this.zoom,
      this.height / 2 - (y * factor - this.y) * this.down * this.zoom,
      factor,
    ];
  }

  pan(right, down) {
    this.x -= right / (this.across * this.zoom);
    this.y += down / (this.down * this.zoom);
    this.x = Math.max(-1.5, Math.min(1.5, this.x)); // the picture is never lost
    this.y = Math.max(-1.5, Math.min(1.5, this.y));
  }

  turn(right, down) {
    this.yaw += right * 0.008;
    this.pitch = Math.max(-1.5, Math.min(1.5, this.pitch + down * 0.008));
  }

  // Zoom so that the place under (x, y) stays there.
  zoomAt(factor, x = this.width / 2, y = this.height / 2) {
    const next = Math.max(SMALLEST_ZOOM, Math.min(LARGEST_ZOOM, this.zoom * factor));
    const [right, down] = [x - this.width / 2, y - this.height / 2];
    this.x += (right / this.across) * (1 / this.zoom - 1 / next);
    this.y -= (down / this.down) * (1 / this.zoom - 1 / next);
    this.zoom = next;
  }

  // Bring a point to the middle.
  centre(point) {
    const [x, y] = this.place(point);
    this.pan(this.width / 2 - x, this.height / 2 - y);
  }
}
