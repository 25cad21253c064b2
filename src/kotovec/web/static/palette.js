// Eight colours that colour-blind people tell apart (style.css has them), times four shapes.

const N_TINTS = 8;
const SHAPES = ["●", "■", "▲", "◆"];

/** The colour of a cluster; -1 is no cluster. */
export function tint(cluster) {
  const name = cluster < 0 ? "--tint-none" : `--tint-${cluster % N_TINTS}`;
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** 0 to 3: circle, square, triangle, diamond. */
export function shapeOf(cluster) {
  return cluster < 0 ? 0 : Math.floor(cluster / N_TINTS) % SHAPES.length;
}

/** A point of the legend. */
export function swatch(cluster) {
  const sign = document.createElement("span");
  sign.className = cluster < 0 ? "swatch loose" : `swatch tint-${cluster % N_TINTS}`;
  sign.setAttribute("aria-hidden", "true");
  sign.textContent = SHAPES[shapeOf(cluster)];
  return sign;
}

/** Add a point to the path of a canvas. */
export function tracePoint(context, x, y, radius, shape) {
  const r = radius * (shape ? 1.15 : 1);
  if (shape === 0) {
    context.moveTo(x + r, y);
    context.arc(x, y, r, 0, 7);
    return;
  }
  const corners = [
    [],
    [[-0.85, -0.85], [0.85, -0.85], [0.85, 0.85], [-0.85, 0.85]],
    [[0, -1.1], [1, 0.8], [-1, 0.8]],
    [[0, -1.2], [1.2, 0], [0, 1.2], [-1.2, 0]],
  ][shape];
  corners.forEach(([dx, dy], i) => context[i ? "lineTo" : "moveTo"](x + dx * r, y + dy * r));
  context.closePath();
}
