// Beside the picture: the chosen word with its neighbours, and the groups.

class Panel {
  constructor({ choose, dim }) {
    this.chosen = byId("chosen");
    this.groups = byId("groups");
    this.choose = choose;
    this.dim = dim;
    this.only = null; // the one group that stands out
    this.indexOf = new Map(DATA.words.map((word, index) => [word, index]));
  }

  showWord(index, heading, pairs) {
    if (index === null) {
      this.chosen.replaceChildren();
      return;
    }
    const facts = [];
    if (DATA.counts) facts.push(`${numberText(DATA.counts[index])} times`);
    if (DATA.cluster_names.length > 1) facts.push(`in ${DATA.cluster_names[DATA.clusters[index]]}`);
    this.chosen.replaceChildren(
      element("h2", { dir: "auto" }, DATA.words[index]),
      element("p", { class: "dim" }, facts.join("; ")),
      element("h3", {}, heading),
      wordList(pairs, this.indexOf, this.choose),
    );
    this.chosen.parentElement.scrollTop = 0;
  }

  showGroups(colors) {
    if (DATA.cluster_names.length < 2) return;
    const sizes = DATA.cluster_names.map(() => 0);
    for (const group of DATA.clusters) sizes[group] += 1;
    const rows = DATA.cluster_names.map((name, group) => {
      const dot = element("span", { class: "dot" });
      dot.style.background = colors[group % colors.length];
      const press = () => {
        this.only = this.only === group ? null : group;
        this.dim(this.only);
        this.showGroups(themeColors().groups);
        this.groups.querySelectorAll("button")[group].focus();
      };
      const pressed = String(this.only === group);
      const word = element("span", { class: "word", dir: "auto" }, name);
      const size = element("span", { class: "score" }, numberText(sizes[group]));
      const options = { class: "row", type: "button", "aria-pressed": pressed, onclick: press };
      return element("li", {}, element("button", options, dot, word, size));
    });
    this.groups.replaceChildren(element("h3", {}, "Groups, by their central words"), element("ul", { class: "list" }, ...rows));
  }
}
