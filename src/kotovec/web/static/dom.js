// Elements from values. Text becomes text nodes, never HTML.

/** An element; `props` are attributes, but for `class`, `on` (event handlers) and properties that start with `.`. */
export function el(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") element.className = value;
    else if (name === "on") for (const [type, act] of Object.entries(value)) element.addEventListener(type, act);
    else if (name.startsWith(".")) element[name.slice(1)] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A link to a note, its title shielded from the text around it. */
export function noteLink(note, props = {}) {
  return el("a", { href: `#/note/${note.key}`, dir: "auto", ...props }, note.title || note.path);
}

/** "1 note", "2 notes". */
export function counted(n, one, many = `${one}s`) {
  return `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
}

/** `text` with the places of `terms` in <mark>. */
export function marked(text, terms) {
  const words = terms.filter(Boolean).map((term) => term.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (!words.length) return [text];
  const parts = text.split(new RegExp(`(${words.join("|")})`, "giu"));
  return parts.map((part, i) => (i % 2 ? el("mark", {}, part) : part));
}

/** A share of 100 as a small bar with its number. */
export function scoreBar(score) {
  const fill = el("span", {});
  fill.style.width = `${Math.max(0, Math.min(100, score))}%`;
  const shown = score >= 99.95 ? "100" : score >= 99 ? score.toFixed(1) : String(Math.floor(score));
  return el(
    "span",
    { class: "score", title: `more alike than ${shown} % of all pairs of notes` },
    el("span", { class: "bar", "aria-hidden": "true" }, fill),
    el("span", { class: "number" }, shown),
  );
}

/** A <details> that makes its body when it is first unfolded; the set `unfolded` remembers which are, by `name`. */
export function foldable(unfolded, name, head, body) {
  const details = el("details", {}, el("summary", {}, ...head));
  let made = false;
  details.addEventListener("toggle", () => {
    unfolded[details.open ? "add" : "delete"](name);
    if (details.open && !made) details.append(...body());
    made ||= details.open;
  });
  details.open = unfolded.has(name);
  return details;
}

/** Show at first `step` of `items`, and a button for as many more. */
export function inSteps(list, items, makeRow, step = 100) {
  const more = el("button", { type: "button", class: "more" });
  let shown = 0;
  const grow = () => {
    list.append(...items.slice(shown, shown + step).map(makeRow));
    shown = Math.min(shown + step, items.length);
    more.hidden = shown >= items.length;
    more.textContent = `Show more (${(items.length - shown).toLocaleString("en")} left)`;
  };
  more.addEventListener("click", grow);
  grow();
  return [list, more];
}
