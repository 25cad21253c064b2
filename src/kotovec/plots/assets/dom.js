// Elements. Words come from strangers: they become text here, never markup.

const DATA = JSON.parse(document.getElementById("data").textContent);

function byId(id) {
  return document.getElementById(id);
}

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null)); // strings become text
  return made;
}

function scoreText(score, digits = 3) {
  return score.toFixed(digits).replace("-", "\u2212");
}

function numberText(number) {
  return number.toLocaleString("en");
}

// Words as rows with their similarity; those that `choose` can show are buttons.
function wordList(pairs, indexOf, choose) {
  const rows = pairs.map(([word, score]) => {
    const cells = [
      element("span", { class: "word", dir: "auto" }, word),
      element("span", { class: "score" }, scoreText(score)),
    ];
    const index = indexOf.get(word);
    if (index === undefined || choose === null) return element("li", {}, ...cells);
    return element("li", {}, element("button", { class: "row", type: "button", onclick: () => choose(index) }, ...cells));
  });
  return element("ul", { class: "list" }, ...rows);
}
