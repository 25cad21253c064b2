// The network: edges as lines, the stronger the thicker; the pointer over an edge shows its similarity.

const EDGE_REACH = 5; // pixels

function distanceToLine([ax, ay], [bx, by], x, y) {
  const [dx, dy] = [bx - ax, by - ay];
  const along = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(ax + along * dx - x, ay + along * dy - y);
}

class EdgeNodes extends Nodes {
  hover(x, y) {
    super.hover(x, y);
    const edge = x === null || this.hovered !== null ? null : this.nearestEdge(x, y);
    if (edge) {
      const [from, to, score] = edge;
      const words = element("span", { dir: "auto" }, `${DATA.words[from]} \u2013 ${DATA.words[to]}: `);
      this.tip.show(x, y, words, element("strong", {}, scoreText(score)));
    }
    if (edge !== this.edge) {
      this.edge = edge;
      this.surface.redraw();
    }
  }

  nearestEdge(x, y) {
    let [best, distance] = [null, EDGE_REACH];
    for (const edge of DATA.edges) {
      const away = distanceToLine(this.places[edge[0]], this.places[edge[1]], x, y);
      if (away < distance) [best, distance] = [edge, away];
    }
    return best;
  }
}

function startNetwork() {
  const joined = DATA.words.map(() => []);
  for (const [from, to, score] of DATA.edges) {
    joined[from].push([DATA.words[to], score]);
    joined[to].push([DATA.words[from], score]);
  }
  for (const pairs of joined) pairs.sort((a, b) => b[1] - a[1]);
  const scores = DATA.edges.map((edge) => edge[2]);
  const low = scores.reduce((a, b) => Math.min(a, b), Infinity);
  const crowd = Math.max(0.2, Math.min(1, Math.sqrt(700 / DATA.edges.length))); // many edges are paler
  const range = scores.reduce((a, b) => Math.max(a, b), -Infinity) - low || 1;
  return new EdgeNodes({
    neighborsOf: (index) => joined[index],
    heading: "Joined with",
    under: (nodes, pen, focus) => {
      for (const edge of DATA.edges) {
        const [from, to, score] = edge;
        const isMarked = edge === nodes.edge || from === focus || to === focus;
        const share = (score - low) / range;
        pen.globalAlpha = isMarked ? 1 : crowd * (0.35 + 0.5 * share) * Math.min(nodes.strength(from), nodes.strength(to));
        pen.strokeStyle = isMarked ? nodes.colors.mark : nodes.colors.dim;
        pen.lineWidth = (isMarked ? 1.2 : 0.6) + 1.6 * share;
        pen.beginPath();
        pen.moveTo(nodes.places[from][0], nodes.places[from][1]);
        pen.lineTo(nodes.places[to][0], nodes.places[to][1]);
        pen.stroke();
      }
      pen.globalAlpha = 1;
    },
  });
}

const PLOT = startNetwork();
