// Mouse, touch, pen and keys on the canvas: drag, pinch, wheel, arrows.

const TAP_DISTANCE = 6; // pixels that a finger may slip
const KEY_STEP = 40;

function listen(canvas, view, { changed, hovered, tapped }) {
  const fingers = new Map();
  let moved = 0;

  const local = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const spread = () => {
    const [[ax, ay], [bx, by]] = [...fingers.values()];
    return { distance: Math.hypot(ax - bx, ay - by) || 1, x: (ax + bx) / 2, y: (ay + by) / 2 };
  };
  const drag = (right, down, isPan) => {
    if (view.isSolid && !isPan) view.turn(right, down);
    else view.pan(right, down);
  };

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, local(event));
    if (fingers.size === 1) moved = 0;
    canvas.classList.add("dragging");
  });

  canvas.addEventListener("pointermove", (event) => {
    const [x, y] = local(event);
    if (!fingers.has(event.pointerId)) {
      hovered(x, y);
      return;
    }
    const [oldX, oldY] = fingers.get(event.pointerId);
    const before = fingers.size === 2 ? spread() : null;
    fingers.set(event.pointerId, [x, y]);
    if (before) {
      const after = spread();
      view.zoomAt(after.distance / before.distance, after.x, after.y);
      view.pan(after.x - before.x, after.y - before.y);
      moved = Infinity;
    } else if (fingers.size === 1) {
      moved += Math.hypot(x - oldX, y - oldY);
      if (moved > TAP_DISTANCE) drag(x - oldX, y - oldY, event.shiftKey || event.buttons === 2);
    }
    hovered(null);
    changed();
  });

  const release = (event) => {
    const wasTap = fingers.size === 1 && moved <= TAP_DISTANCE && event.type === "pointerup";
    fingers.delete(event.pointerId);
    if (!fingers.size) canvas.classList.remove("dragging");
    if (wasTap) tapped(...local(event));
  };
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener("pointerleave", () => hovered(null));
  canvas.addEventListener("contextmenu", (event) => {
    if (view.isSolid) event.preventDefault(); // the right button moves a solid picture
  });

  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 30 : 1; // Firefox counts lines
    view.zoomAt(Math.exp(-event.deltaY * lines * 0.0016), ...local(event));
    hovered(null);
    changed();
  }, { passive: false });

  const keys = {
    ArrowLeft: (pan) => drag(KEY_STEP, 0, pan),
    ArrowRight: (pan) => drag(-KEY_STEP, 0, pan),
    ArrowUp: (pan) => drag(0, KEY_STEP, pan),
    ArrowDown: (pan) => drag(0, -KEY_STEP, pan),
    "+": () => view.zoomAt(1.3),
    "=": () => view.zoomAt(1.3),
    "-": () => view.zoomAt(1 / 1.3),
    "0": () => view.reset(),
  };
  canvas.addEventListener("keydown", (event) => {
    if (!(event.key in keys) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    keys[event.key](event.shiftKey);
    hovered(null);
    changed();
  });
  const buttons = { closer: () => view.zoomAt(1.4), farther: () => view.zoomAt(1 / 1.4), reset: () => view.reset() };
  for (const [id, act] of Object.entries(buttons)) {
    byId(id).addEventListener("click", () => {
      act();
      changed();
    });
  }
}
