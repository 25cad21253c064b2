"""`kotovec plot`: a map, a network, a heatmap or a training curve, as a page that opens offline or as a picture."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument, Option

from kotovec.cli.expression import check_known, known_of_file
from kotovec.cli.output import print_json, print_lines, say
from kotovec.cli.vectors_file import DebugFlag, FormatName, JsonFlag, SurfacesFile, VectorsFile, open_vectors
from kotovec.errors import ConfigError

if TYPE_CHECKING:
    from kotovec.plots.kinds import Plot
    from kotovec.vectors import KeyedVectors

EXAMPLES = """\b
Examples:
  kotovec plot vectors.bin -o map.html
  kotovec plot vectors.bin -o map.html --dimensions 3 --projection umap --top 2000
  kotovec plot vectors.bin -o network.html --kind network --threshold 0.6
  kotovec plot vectors.bin king queen man woman -o heatmap.png --kind heatmap
  kotovec plot model -o curve.html --kind curve
"""

_SHOWN = 5  # unknown words of --words
_KINDS = ("map", "network", "heatmap", "curve")
# which kinds each option belongs to, and its name in the library
_BELONGS = {
    "top": ("map", "network", "heatmap"),
    "clusters": ("map", "network"),
    "seed": ("map", "network"),
    "dimensions": ("map",),
    "projection": ("map",),
    "neighbors": ("map",),
    "threshold": ("network",),
    "nearest": ("network",),
    "order": ("heatmap",),
}


@dataclass(frozen=True, slots=True)
class PlotOptions:
    """Everything that `kotovec plot` can be told."""

    file: VectorsFile
    words: Annotated[list[str], Argument(metavar="WORD", help="which words  [default: the most frequent]")] = field(
        default_factory=list
    )
    output: Annotated[str | None, Option("-o", "--output", metavar="PATH", help="a .html page, or a .png or .svg")] = (
        None
    )
    kind: Annotated[str, Option("--kind", metavar="NAME", help="map, network, heatmap or curve")] = "map"
    words_file: Annotated[str | None, Option("--words", metavar="FILE", help="the words of a file, one per line")] = (
        None
    )
    top: Annotated[
        int | None,
        Option(
            "-n", "--top", metavar="N", help="the N most frequent words  [default: map 1000, network 200, heatmap 40]"
        ),
    ] = None
    dimensions: Annotated[int | None, Option("--dimensions", metavar="N", help="of a map: 2 or 3  [default: 2]")] = None
    projection: Annotated[
        str | None, Option("--projection", metavar="NAME", help="of a map: pca, umap or tsne  [default: pca]")
    ] = None
    neighbors: Annotated[
        str | None,
        Option("--neighbors", metavar="NAME", help="of a map: look among all words or those shown  [default: all]"),
    ] = None
    clusters: Annotated[
        int | None, Option("--clusters", metavar="N", help="groups of words; 0 for none  [default: by their number]")
    ] = None
    threshold: Annotated[
        float | None, Option("--threshold", metavar="X", help="of a network: join words of this similarity or more")
    ] = None
    nearest: Annotated[
        int | None,
        Option("--nearest", metavar="N", help="of a network: join each word with its N nearest  [default: 3]"),
    ] = None
    order: Annotated[
        str | None, Option("--order", metavar="NAME", help="of a heatmap: similar or given  [default: similar]")
    ] = None
    seed: Annotated[int | None, Option("--seed", metavar="N", help="same seed, same plot  [default: 1]")] = None
    title: Annotated[str | None, Option("--title", metavar="TEXT", help="heading  [default: the name of FILE]")] = None
    size: Annotated[str, Option("--size", metavar="WxH", help="of a picture, in pixels")] = "1600x1200"
    dark: Annotated[bool, Option("--dark", help="a picture on a dark ground; a page has both")] = False
    format: FormatName = None
    vocab: SurfacesFile = None
    json: JsonFlag = False
    debug: DebugFlag = False


def plot(options: PlotOptions) -> None:
    """Draw a map, a network, a heatmap or the training curve.

    A .html page shows neighbours under the pointer, finds words, zooms and turns; it opens offline. With --json the
    figures are printed, and -o may be left out.
    """
    chosen = _check(options)
    size = _size(options.size)
    if options.output:
        from kotovec.atomic import check_writable
        from kotovec.plots.files import form_of
        from kotovec.plots.picture import check_picture

        if form_of(options.output) != "html":
            check_picture(form_of(options.output), size)
        check_writable(options.output)
    vectors = open_vectors(options)
    drawn = _make(options, vectors, chosen)
    if options.output:
        from kotovec.plots.files import write_plot

        title = options.title or os.path.basename(os.path.normpath(options.file))
        write_plot(drawn, options.output, title=title, size=size, dark=options.dark)
    if options.json:
        print_json({"file": options.file, "output": options.output} | drawn.as_dict())
    else:
        from kotovec.plots.kinds import describe

        print_lines([f"{options.output}: {describe(drawn)}"])


def _check(options: PlotOptions) -> dict[str, Any]:
    """The options that were given, for the library; ConfigError for those that have no meaning together."""
    if options.kind not in _KINDS:
        raise ConfigError("unknown kind", expected="map, network, heatmap or curve", found=repr(options.kind))
    if options.output is None and not options.json:
        raise ConfigError("nowhere to draw", hint="try: -o map.html, or --json for the figures")
    given = {name: getattr(options, name) for name in _BELONGS if getattr(options, name) is not None}
    for name in given:
        if options.kind not in _BELONGS[name]:
            raise ConfigError(f"--{name} belongs to {', '.join(_BELONGS[name])}, not to {options.kind}")
    has_words = bool(options.words or options.words_file)
    if options.kind == "curve" and has_words:
        raise ConfigError("a curve has no words", hint="leave the words out")
    if has_words and "top" in given:
        raise ConfigError("either words or --top", expected="one of both")
    return given


def _size(text: str) -> tuple[int, int]:
    """Width and height; whether they are in range is checked by the picture."""
    width, _, height = text.lower().partition("x")
    if not (width.isascii() and width.isdigit() and height.isascii() and height.isdigit()):
        raise ConfigError("--size is no size", expected="width x height in pixels, such as 1600x1200", found=repr(text))
    return int(width), int(height)


def _make(options: PlotOptions, vectors: KeyedVectors, chosen: dict[str, Any]) -> Plot:
    from kotovec import plots

    if options.kind == "curve":
        return plots.training_curve(vectors.config, path=options.file)
    make: dict[str, Any] = {
        "map": plots.map_words,
        "network": plots.similarity_network,
        "heatmap": plots.similarity_heatmap,
    }
    drawn: Plot = make[options.kind](vectors, _words(options, vectors), **chosen)
    return drawn


def _words(options: PlotOptions, vectors: KeyedVectors) -> list[str] | None:
    """The words of the command line and of the file; None where the most frequent ones are wanted."""
    if not options.words and options.words_file is None:
        return None
    check_known(vectors, options.words)
    if options.words_file is None:
        return options.words
    known, unknown = known_of_file(vectors, options.words_file)
    if unknown:
        say([f"{options.words_file}: {len(unknown)} unknown words passed over: {', '.join(unknown[:_SHOWN])}"])
    return [*options.words, *known]
