// The search box: words that begin with what is typed, then words that contain it. Enter goes from one to the next.

const SEARCH_PAUSE = 60; // milliseconds

function plain(text) {
  return text.normalize("NFKC").toLowerCase();
}

function findWords(words, typed) {
  const wanted = plain(typed.trim());
  if (!wanted) return [];
  const found = [[], [], []];
  words.forEach((word, index) => {
    const at = plain(word).indexOf(wanted);
    if (at === 0) found[word.length === typed.trim().length ? 0 : 1].push(index);
    else if (at > 0) found[2].push(index);
  });
  return found.flat();
}

// `found` gets all matches; `choose` the one that Enter goes to.
function watchSearch(words, { found, choose }) {
  const box = byId("search");
  const note = byId("found");
  let [matches, next, timer] = [[], 0, 0];
  const search = () => {
    matches = findWords(words, box.value);
    next = 0;
    note.textContent = box.value.trim() ? (matches.length ? `${numberText(matches.length)} found` : "not here") : "";
    found(matches);
  };
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, SEARCH_PAUSE);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      box.value = "";
      clearTimeout(timer);
      search();
    }
    if (event.key !== "Enter" || event.isComposing) return;
    clearTimeout(timer);
    if (plain(box.value.trim()) !== box.dataset.last) search();
    box.dataset.last = plain(box.value.trim());
    if (!matches.length) return;
    note.textContent = `${next + 1} of ${numberText(matches.length)}`;
    choose(matches[next]);
    next = (next + 1) % matches.length;
  });
}
