// Eight colours that colour-blind people tell apart (Okabe and Ito's, black for grey), times four shapes.

const LIGHT = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#3f9fd8", "#7a5195", "#6b7280"];
const DARK = ["#4aa3df", "#ff8b3d", "#2fc79a", "#e79cc8", "#f0c541", "#8fd0f5", "#b48bd6", "#a3acb8"];
const LOOSE = ["#9a9fa8", "#7d848f"];
const SHAPES = ["●", "■", "▲", "◆"];

function dark() {
  const theme = document.documentElement.dataset.theme;
  return theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
}

/** The colour of a cluster; -1 is no cluster. */
export function tint(cluster) {
  const colours = dark() ? DARK : LIGHT;
  return cluster < 0 ? LOOSE[dark() ? 1 : 0] : colours[cluster % colours.length];
}

/** 0 to 3: circle, square, triangle, diamond. */
export function shapeOf(cluster) {
  return cluster < 0 ? 0 : Math.floor(cluster / LIGHT.length) % SHAPES.length;
}

/** A point of the legend. */
export function swatch(cluster) {
  const sign = document.createElement("span");
  sign.className = cluster < 0 ? "swatch loose" : `swatch tint-${cluster % LIGHT.length}`;
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
