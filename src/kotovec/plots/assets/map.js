// The map of words: lines run from a word to those of its neighbours that are on the map.

function startMap() {
  const isAll = DATA.n_searched !== DATA.words.length;
  const heading = `Nearest of ${isAll ? `all ${numberText(DATA.n_searched)} words` : "the words on this map"}`;
  return new Nodes({
    neighborsOf: (index) => DATA.neighbors[index],
    heading,
    under: (nodes, pen, focus) => {
      if (focus === null) return;
      pen.strokeStyle = nodes.colors.dim;
      pen.lineWidth = 1;
      for (const index of nodes.near) {
        pen.globalAlpha = 0.6;
        pen.beginPath();
        pen.moveTo(nodes.places[focus][0], nodes.places[focus][1]);
        pen.lineTo(nodes.places[index][0], nodes.places[index][1]);
        pen.stroke();
      }
      pen.globalAlpha = 1;
    },
  });
}

const PLOT = startMap();
