"""A report as one HTML file that opens offline: figures, scatter plots, residuals, the best and the worst pairs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape

from kotovec.evaluation.analogies import AnalogyResult, AnalogySection
from kotovec.evaluation.scatter import Axis, Point, axis_for, scatter_svg
from kotovec.evaluation.word_pairs import Estimate, ScoredPair, WordPairResult
from kotovec.page import html_page

_SHOWN = 15  # best and worst pairs
_WORDS_SHOWN = 200  # unknown words
_STYLE = """
body { margin: 0 auto; max-width: 66rem; padding: 1.5rem; }
h2 { font-size: 1.25rem; margin: 2.2rem 0 .6rem; border-top: 1px solid var(--line); padding-top: 1.4rem; }
h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
p { margin: .3rem 0; }
.side-by-side { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(27rem, 100%), 1fr)); gap: 0 2rem; }
table { border-collapse: collapse; width: 100%; } table.small { width: auto; } .scroll { overflow-x: auto; }
th, td { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--dim); font-weight: 500; } td.n, th.n { text-align: right; white-space: nowrap;
  font-variant-numeric: tabular-nums; } td.n:last-child, th.n:last-child { padding-right: 0; }
table.small td, table.small th { padding-right: 1.6rem; }
td.bar { width: 30%; min-width: 7rem; } td.bar div { background: var(--bar); height: .9rem; }
tr.sum td { font-weight: 600; }
svg { width: 100%; height: auto; } svg line { stroke: var(--line); } svg text { fill: var(--dim); font-size: 12px; }
svg .tick, svg .axis { text-anchor: middle; } svg .side { text-anchor: end; }
circle { fill: var(--point); fill-opacity: .45; } circle.marked { fill: var(--mark); fill-opacity: .9; }
circle:hover { fill-opacity: 1; stroke: var(--ink); stroke-width: 1.5; }
@media (max-width: 500px) { body { padding: 1rem; } svg text { font-size: 15px; } table { font-size: 13px; }
  th, td, table.small td, table.small th { padding-right: .4rem; } td { overflow-wrap: break-word; }
  td.bar, th.bar { display: none; } }
"""


def report_html(title: str, pairs: Sequence[WordPairResult], analogies: Sequence[AnalogyResult]) -> str:
    """The whole page. Nothing in it is loaded from elsewhere, and it holds no script."""
    body = [f"<h1>{escape(title)}</h1>", '<p class="dim">How well word vectors agree with people.</p>']
    for result in pairs:
        body += _pair_section(result)
    for answers in analogies:
        body += _analogy_section(answers)
    return html_page(title, style=_STYLE, body="\n".join(body))


def _pair_section(result: WordPairResult) -> list[str]:
    ordered = sorted(result.pairs, key=lambda pair: abs(pair.residual))
    worst = ordered[::-1][:_SHOWN]
    marked = set(map(id, worst))
    human = axis_for("people", [pair.human for pair in result.pairs])
    scores = [Point(pair.human, pair.model, _text(pair), id(pair) in marked) for pair in result.pairs]
    residuals = [Point(pair.human, pair.residual, _text(pair), id(pair) in marked) for pair in result.pairs]
    cosine = axis_for("vectors (cosine similarity)", [pair.model for pair in result.pairs])
    return [
        f"<h2>{escape(result.name)}</h2>",
        _table(
            ["", "n:correlation", "n:95 % interval", "n:p-value"],
            [_estimate_row("Spearman", result.spearman), _estimate_row("Pearson", result.pearson)],
            kind=' class="small"',
        ),
        f"<p>{len(result.pairs)} of {result.n_pairs} pairs used; "
        f"{100 * result.unknown_share:.1f} % have an unknown word.</p>",
        *_unknown(result.unknown_words),
        '<div class="side-by-side"><div>',
        "<h3>Scores</h3>",
        scatter_svg(scores, human, cosine, f"{result.name}: scores of people and of vectors"),
        "</div><div>",
        "<h3>Residuals: ranks of vectors less ranks of people</h3>",
        scatter_svg(residuals, human, Axis("residual, share of all pairs", -1.05, 1.05), f"{result.name}: residuals"),
        "</div><div>",
        "<h3>Worst pairs</h3>",
        _pair_table(worst),
        "</div><div>",
        "<h3>Best pairs</h3>",
        _pair_table(ordered[:_SHOWN]),
        "</div></div>",
    ]


def _text(pair: ScoredPair) -> str:
    return f"{pair.first} – {pair.second}: people {pair.human:g}, vectors {pair.model:.3f}"


def _estimate_row(name: str, estimate: Estimate) -> list[str]:
    interval = "" if math.isnan(estimate.low) else f"{estimate.low:.3f} to {estimate.high:.3f}"
    return [name, f"{estimate.value:.4f}", interval, f"{estimate.p_value:.2g}"]


def _pair_table(pairs: Iterable[ScoredPair]) -> str:
    rows = [[p.first, p.second, f"{p.human:g}", f"{p.model:.3f}", _signed(p.residual)] for p in pairs]
    return _table(["word", "word", "n:people", "n:vectors", "n:residual"], rows)


def _signed(residual: float) -> str:
    text = f"{residual:+.2f}"
    return text[1:] if float(text) == 0 else text


def _unknown(words: Sequence[str]) -> list[str]:
    if not words:
        return []
    more = f" and {len(words) - _WORDS_SHOWN} more" if len(words) > _WORDS_SHOWN else ""
    return [f'<p class="dim">Unknown: {escape(", ".join(words[:_WORDS_SHOWN]))}{more}.</p>']


def _analogy_section(result: AnalogyResult) -> list[str]:
    limit = "" if result.restrict_vocab is None else f", among the first {result.restrict_vocab:,} words"
    rows = [*result.sections, result.semantic, result.syntactic, result.total]
    body = [_section_row(section, index >= len(result.sections)) for index, section in enumerate(rows)]
    heads = ["section", "n:asked", "n:correct", "n:accuracy", "n:95 % interval", ""]
    return [
        f"<h2>{escape(result.name)}</h2>",
        f"<p>Analogies by {result.method.replace('cos', 'Cos').replace('add', 'Add').replace('mul', 'Mul')}{limit}; "
        f"{100 * result.total.unknown_share:.1f} % of the questions have an unknown word.</p>",
        f'<div class="scroll"><table><tr>{_heads(heads)}</tr>{"".join(body)}</table></div>',
    ]


def _section_row(section: AnalogySection, is_sum: bool) -> str:
    low, high = section.interval
    share = 0.0 if math.isnan(section.accuracy) else 100 * section.accuracy
    figures = ["–", "–"] if math.isnan(low) else [f"{share:.1f} %", f"{100 * low:.1f} to {100 * high:.1f}"]
    cells = "".join(f'<td class="n">{text}</td>' for text in (section.n_asked, section.n_correct, *figures))
    bar = f'<td class="bar"><div style="width:{share:.1f}%"></div></td>'
    row = '<tr class="sum">' if is_sum else "<tr>"
    return f"{row}<td>{escape(section.name)}</td>{cells}{bar}</tr>\n"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], kind: str = "") -> str:
    """A table; a head that begins with `n:` is one of numbers."""
    numeric = [head.startswith("n:") for head in heads]
    lines = [
        "<tr>" + "".join(f"<td{_class(n)}>{escape(cell)}</td>" for n, cell in zip(numeric, row, strict=True)) + "</tr>"
        for row in rows
    ]
    return f'<div class="scroll"><table{kind}><tr>{_heads(heads)}</tr>\n' + "\n".join(lines) + "</table></div>"


def _heads(heads: Sequence[str]) -> str:
    return "".join(f"<th{_class(head.startswith('n:'))}>{escape(head.removeprefix('n:'))}</th>" for head in heads)


def _class(numeric: bool) -> str:
    return ' class="n"' if numeric else ""
