import pytest

from japanese_text import sentences, write_text
from kotovec.corpus import processes

pytest.importorskip("fugashi")
pytest.importorskip("unidic_lite")


@pytest.fixture
def run(run_kotovec, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def tokenize_with(*options):
        done = run_kotovec("tokenize", *options, "--tokenizer", "ja", "--dictionary", "unidic-lite")
        assert done.returncode == 0, done.stderr
        return done

    return tokenize_with


def test_japanese_comes_out_as_sentences_of_surfaces(run, tmp_path):
    write_text(tmp_path / "text.txt", 30)
    lines = run("text.txt").stdout.splitlines()
    assert lines[0] == "先生 は 東京 へ 行っ た 。"
    assert [line.replace(" ", "") for line in lines] == sentences(30)


@pytest.mark.parametrize("threads", [1, 2])
def test_ids_of_japanese_are_the_same_for_any_number_of_processes(run, tmp_path, monkeypatch, threads):
    monkeypatch.setattr(processes, "_BLOCK_SIZE", 500)
    write_text(tmp_path / "text.txt", 200)
    run("text.txt", "-o", "ids.txt", "--ids", "--vocab-out", "vocab.tsv", "--threads", threads)
    lines = (tmp_path / "vocab.tsv").read_text(encoding="utf-8").splitlines()[1:]
    words = dict(line.split("\t") for line in lines)
    assert list(words) == [str(word_id) for word_id in range(len(words))]
    ids = (tmp_path / "ids.txt").read_text().splitlines()
    assert ["".join(words[word_id] for word_id in line.split()) for line in ids] == sentences(200)


def test_sentences_without_a_token_of_the_parts_of_speech_are_left_out(run, tmp_path):
    (tmp_path / "text.txt").write_text("。\n東京へ。\n\nはい。\n大阪から。\n。\n", encoding="utf-8")
    done = run("text.txt", "--pos", "名詞")
    assert done.stdout == "東京\n大阪\n"
    assert "2 tokens, 2 sentences" in done.stderr


def test_a_sentence_over_several_blocks_is_one_line(run, tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "_BLOCK_SIZE", 100)
    monkeypatch.setattr(processes, "_LONGEST_LINE", 300)
    line = "".join(sentences(40))
    (tmp_path / "text.txt").write_text(f"\n{line}\n\n{line}", encoding="utf-8")
    found = run("text.txt").stdout
    assert "  " not in found
    assert [part.replace(" ", "") for part in found.splitlines()] == [line, line]
