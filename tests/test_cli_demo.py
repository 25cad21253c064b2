import ast

import pytest

from kotovec.demo_corpus import paragraphs
from kotovec.errors import EmptyCorpusError


@pytest.fixture
def library(tmp_path):
    """A standard library of a few files."""
    files = {
        "pydoc_data/topics.py": 'topics = {"assert": "The *assert* statement\\n\\nchecks what\\nmust hold.\\n"}\n',
        "alpha.py": '"""First\n\n  things\n  first."""\nclass A:\n  """Of A."""\n  def f(self):\n    "Of f."\n',
        "package/beta.py": "async def g():\n    '''Of g.'''\n    'no docstring'\nraise SystemExit('never run')\n",
        "test/gamma.py": '"""Left out."""\n',
        "broken.py": "def (",
        "null.py": "\0",
        "silent.py": "x = 1\n",
    }
    for name, text in files.items():
        path = tmp_path / "lib" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "lib"


def test_topics_and_docstrings_come_paragraph_by_paragraph(library):
    assert list(paragraphs(library)) == [
        "The *assert* statement",
        "checks what must hold.",
        "First",
        "things first.",
        "Of A.",
        "Of f.",
        "Of g.",
    ]


def test_what_is_missing_is_missed_and_the_rest_is_used(library):
    (library / "pydoc_data" / "topics.py").unlink()
    assert list(paragraphs(library))[0] == "First"


def test_a_library_without_sources_is_an_error_that_says_so(tmp_path):
    with pytest.raises(EmptyCorpusError, match="without the sources of its standard library"):
        list(paragraphs(tmp_path))


def test_nothing_is_imported_or_run(library, monkeypatch):
    monkeypatch.setattr("builtins.compile", ast_only(compile))
    list(paragraphs(library))


def ast_only(original):
    def checked(source, filename, mode, flags=0, *arguments, **options):
        assert flags & ast.PyCF_ONLY_AST
        return original(source, filename, mode, flags, *arguments, **options)

    return checked


def test_this_python_carries_enough_english():
    assert sum(len(paragraph.split()) for paragraph in paragraphs()) > 100_000
