// The page: from the address to a view, and from news to a fresh view.

import { Problem, ask } from "./api.js";
import { toast } from "./copy.js";
import { el } from "./dom.js";
import { HomeView, StatusView, SuggestionsView } from "./lists.js";
import { listen } from "./live.js";
import { MapView } from "./map.js";
import { NoteView } from "./note.js";
import { Search } from "./search.js";

const VIEWS = { "": HomeView, note: NoteView, map: MapView, suggestions: SuggestionsView, status: StatusView };

const place = document.getElementById("view");
const scrolls = new Map(); // by the id of an entry of the history
let entry = 0;
let current = null; // { view, stop, name }
let vaultName = "kotovec";
let revision = null;
let refreshing = false;
let again = false;

function parts() {
  return location.hash.replace(/^#\/?/, "").split("/").map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
}

/** Show the view that the address names; the old one stays until the new one has its data. */
async function go() {
  const [name, ...rest] = parts();
  const back = history.state?.entry !== undefined;
  if (!back) history.replaceState({ entry: `${Date.now()}-${entry++}` }, "");
  current?.stop.abort();
  const stop = new AbortController();
  const view = VIEWS[name] ? new VIEWS[name](place, rest, stop.signal) : null;
  current = { view, stop, name, entry: history.state.entry };
  markNavigation(name);
  place.setAttribute("aria-busy", "true");
  const patience = setTimeout(() => toast("Working it out: in a large vault this takes seconds."), 1500);
  stop.signal.addEventListener("abort", () => clearTimeout(patience));
  try {
    if (!view) throw new Problem(404, "There is no such view.");
    await view.load();
  } catch (error) {
    if (stop.signal.aborted) return;
    showProblem(error, name);
  }
  if (stop.signal.aborted) return;
  clearTimeout(patience);
  place.removeAttribute("aria-busy");
  place.dataset.view = name || "home";
  setTitle();
  arrive(back);
}

function setTitle() {
  document.title = `${current.view?.title || "kotovec"} · ${vaultName}`;
}

function arrive(back) {
  const elsewhere = document.activeElement?.closest?.(".top");
  if (!elsewhere) place.querySelector("h1")?.focus({ preventScroll: true });
  if (back && scrolls.has(current.entry)) scrollTo(0, scrolls.get(current.entry));
  else if (!current.view?.goToHeading?.()) scrollTo(0, 0);
}

function markNavigation(name) {
  for (const link of document.querySelectorAll("nav a")) {
    if (link.dataset.view === (name || "home")) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

function showProblem(error, name) {
  current.failed = true;
  const gone = name === "note" && error.status === 404;
  place.replaceChildren(
    el("h1", { tabindex: "-1" }, gone ? "This note is not in the vault" : "This did not work"),
    el("p", { class: "empty" }, gone ? "It was deleted or renamed, or its address is wrong." : error.message),
    el("p", {}, el("a", { href: "#/" }, "All notes")),
  );
  if (!(error instanceof Problem)) console.error(error);
}

/** Bring the view up to date; news that comes meanwhile makes one more round. */
async function refresh() {
  if (refreshing) {
    again = true;
    return;
  }
  refreshing = true;
  const { view, stop, name, failed } = current;
  try {
    if (view) await (failed ? view.load() : view.refresh());
    if (!stop.signal.aborted) {
      current.failed = false;
      setTitle();
    }
  } catch (error) {
    if (!stop.signal.aborted) {
      if (error.status === 404) showProblem(error, name);
      else showTrouble(error.message);
    }
  }
  search.refresh();
  refreshing = false;
  if (again) {
    again = false;
    refresh();
  }
}

function showTrouble(text) {
  const line = document.getElementById("trouble");
  line.hidden = !text;
  line.textContent = text;
}

const search = new Search((key) => {
  location.hash = `#/note/${key}`;
});

history.scrollRestoration = "manual";
addEventListener("scroll", () => current && scrolls.set(current.entry, scrollY), { passive: true });
addEventListener("hashchange", go);
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault(); // the address belongs to the views
  place.focus();
});

async function begin() {
  try {
    const vault = await ask("vault");
    revision = vault.revision;
    vaultName = vault.name;
    document.getElementById("vault").textContent = vault.name;
  } catch (error) {
    showTrouble(error.message);
  }
  await go();
  listen(
    () => revision,
    (news) => {
      revision = news;
      refresh();
    },
    showTrouble,
  );
}

begin();
