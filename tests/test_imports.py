import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import kotovec

PACKAGE = Path(kotovec.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))

BOTTOM = {"errors", "events", "_version", "atomic", "page", "machine", "children"}
# what each room may import, besides itself and the bottom
ARROWS = {
    "errors": set(),
    "events": set(),
    "_version": set(),
    "atomic": set(),
    "page": set(),
    "machine": set(),
    "children": set(),
    "kernels": set(),
    "demo_corpus": set(),
    "corpus": {"kernels"},
    "vectors": {"formats", "corpus", "kernels"},  # one level: vectors can be saved, formats give vectors
    "formats": {"vectors", "corpus", "kernels"},
    "training": {"formats", "vectors", "corpus", "kernels"},
    "evaluation": {"vectors", "formats", "corpus", "kernels"},
    "notes": {"training", "vectors", "formats", "corpus", "kernels"},
    "plots": {"vectors", "formats", "corpus", "kernels"},
    "web": {"notes", "plots", "evaluation", "training", "formats", "vectors", "corpus"},
    "cli": {"web", "notes", "plots", "evaluation", "training", "formats", "vectors", "corpus", "demo_corpus"},
    "__main__": {"cli"},
    "__init__": {"training", "formats", "vectors", "corpus"},
}
NEVER_IMPORTED = {
    "pickle",
    "cPickle",
    "dill",
    "joblib",
    "marshal",
    "shelve",
    "socket",
    "urllib",
    "http",
    "requests",
    "ssl",
}
NEVER_CALLED = {"eval", "exec", "__import__"}


def room_of(path: Path, package: Path = PACKAGE) -> str:
    return path.relative_to(package).with_suffix("").parts[0]


def imports_of(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide the arrows"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def wrong_arrows(room: str, source: str) -> set[str]:
    allowed = ARROWS[room] | {room}
    if room != "kernels":
        allowed |= {"errors"} if room in BOTTOM else BOTTOM
    rooms = {name.split(".")[1] for name in imports_of(ast.parse(source)) if name.startswith("kotovec.")}
    return (rooms & set(ARROWS)) - allowed


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_import_runs_up(path):
    assert wrong_arrows(room_of(path), path.read_text("utf-8")) == set()


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("kernels", "from kotovec.errors import KotovecError"),
        ("corpus", "def f():\n    import kotovec.training.config"),
        ("vectors", "from kotovec import training"),
        ("training", "from kotovec.cli.output import print_json"),
        ("errors", "from kotovec.events import Event"),
    ],
)
def test_an_import_that_runs_up_is_seen(room, source):
    assert wrong_arrows(room, source)


def test_every_file_is_in_a_room_that_has_its_arrows():
    assert {room_of(path) for path in FILES} <= set(ARROWS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_pickle_no_eval_no_network(path):
    tree = ast.parse(path.read_text("utf-8"))
    assert not {name.split(".")[0] for name in imports_of(tree)} & NEVER_IMPORTED
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not called & NEVER_CALLED


def modules_after(statement: str) -> set[str]:
    code = f"import json, sys; {statement}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    return set(json.loads(done.stdout))


def test_importing_kotovec_loads_none_of_its_dependencies():
    assert not modules_after("import kotovec") & {"numba", "llvmlite", "numpy", "safetensors", "typer", "rich"}


def test_the_command_line_alone_loads_neither_numba_nor_numpy_nor_rich():
    assert not modules_after("import kotovec.cli") & {"numba", "llvmlite", "numpy", "safetensors", "rich"}


PUBLIC = """
CorpusConfig EncodedCorpus JapaneseConfig KeyedVectors KotovecError Neighbor StopTraining TrainConfig TrainedModel
Vocabulary Word2Vec
__version__ encode load save train
""".split()


def test_the_public_names_are_these_and_each_is_there():
    assert sorted(kotovec.__all__) == PUBLIC
    for name in PUBLIC:
        assert getattr(kotovec, name).__module__.startswith("kotovec.") if name != "__version__" else True
        assert name in dir(kotovec)


def test_type_checkers_see_the_same_public_names():
    tree = ast.parse(Path(kotovec.__file__).read_text("utf-8"))
    seen = {alias.asname for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert seen - {None} == {*PUBLIC} - {"__version__"}


def test_an_unknown_public_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="word3vec"):
        kotovec.word3vec  # noqa: B018


@pytest.mark.parametrize("command", [[], ["train"], ["similar"], ["notes"]])
def test_help_loads_neither_numba_nor_numpy_nor_rich(command: list[str]) -> None:
    """Nor much else: 0.2 s, of which bench/train.py has the figure."""
    arguments = [sys.executable, "-X", "importtime", "-m", "kotovec", *command, "--help"]
    done = subprocess.run(arguments, capture_output=True, check=True, text=True)
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}
    assert "Usage:" in done.stdout and "typer" in loaded
    assert not {name.partition(".")[0] for name in loaded} & {"numba", "llvmlite", "numpy", "safetensors", "rich"}
