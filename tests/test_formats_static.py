"""Folders of static vectors: model2vec itself opens them, splits text as kotovec does, and gets our vectors."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from japanese_text import sentences
from kotovec.corpus.tokenizers import tokenize
from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import ConfigError, FormatError, OutputError
from kotovec.formats import load, save
from kotovec.formats.static import CONTENTS
from kotovec.formats.static_tokenizer import choose_segmenter, frequencies, never_found, tokenizer_json
from test_formats_round_trip import models

ENGLISH = ["the", "king", "queen", "don't", "rules", "castle", "grösse", "42", "strasse"]
JAPANESE = ["先生", "は", "東京", "へ", "行っ", "た", "。", "東", "京", "ガギ", "猫"]


def vectors_for(words: list[str], size: int = 7) -> np.ndarray:
    return np.random.default_rng(len(words)).normal(size=(len(words), size)).astype(np.float32)


def counts_for(words: list[str]) -> list[int]:
    return [1000 // (i + 1) for i in range(len(words))]


def write(path: Path, words: list[str], **options: object) -> np.ndarray:
    vectors = vectors_for(words)
    save(path, Vocabulary(words, counts_for(words)), vectors, format="static", **options)  # type: ignore[arg-type]
    return vectors


def mean_of(words: list[str], known: list[str], rows: np.ndarray) -> np.ndarray:
    total = sum((rows[known.index(word)] for word in words if word in known), np.zeros(rows.shape[1]))
    return total / (np.linalg.norm(total) or 1)


def opened(path: Path):  # type: ignore[no-untyped-def]
    return pytest.importorskip("model2vec").StaticModel.from_pretrained(path)


def found_by(path: Path, text: str) -> list[str]:
    """The words that the library tokenizers finds with the folder's tokenizer.json, `?` for what is none."""
    tokenizers = pytest.importorskip("tokenizers")
    tokenizer = tokenizers.Tokenizer.from_file(str(path / "tokenizer.json"))
    encoded = tokenizer.encode(text, add_special_tokens=False)
    return ["?" if token == 0 else tokenizer.id_to_token(token) for token in encoded.ids]


TEXTS = [
    "The king, the QUEEN!",
    "nobody knows",
    "",
    "Don\u2019t: 42 (Größe)\u3000STRASSE Straße",
    "co\u00adop king_queen",
]


@pytest.mark.parametrize("weights", ["none", "sif"])
def test_model2vec_gets_the_mean_of_our_vectors(weights: str, tmp_path: Path) -> None:
    rows = write(tmp_path / "s", ENGLISH, weights=weights)
    if weights == "sif":
        share = np.array(counts_for(ENGLISH)) / sum(counts_for(ENGLISH))
        rows = rows * (1e-3 / (1e-3 + share))[:, np.newaxis]
    theirs = opened(tmp_path / "s").encode(TEXTS)
    ours = [mean_of(tokenize(text, "words"), ENGLISH, rows) for text in TEXTS]
    np.testing.assert_allclose(theirs, ours, atol=1e-6)
    assert not theirs[1].any() and theirs[0].any()


def test_text_is_not_cut_off_at_512_words(tmp_path: Path) -> None:
    rows = write(tmp_path / "s", ENGLISH, weights="none")
    text = "king " * 600 + "queen " * 600
    ours = mean_of(text.split(), ENGLISH, rows)
    np.testing.assert_allclose(opened(tmp_path / "s").encode([text])[0], ours, atol=1e-4)


@settings(deadline=None, max_examples=150)
@given(text=st.text(st.characters(exclude_categories=["Cs", "Cn", "Co"], max_codepoint=0x2FFF), max_size=30))
def test_the_words_tokenizer_is_that_of_kotovec(text: str, tmp_path_factory) -> None:  # type: ignore[no-untyped-def]
    tokenizers = pytest.importorskip("tokenizers")
    pieces = "".join(tokenizer_json(Vocabulary(["a"]), "words"))
    theirs = tokenizers.Tokenizer.from_str(pieces)
    rare = [c for c in text if "\u13a0" <= c <= "\u13ff" or "\u1c80" <= c <= "\u1c8f" or "\uab70" <= c <= "\uabbf"]
    if not rare:  # letters whose folding tokenizer.json is not told
        folded = theirs.normalizer.normalize_str(text)
        assert [word for word, _ in theirs.pre_tokenizer.pre_tokenize_str(folded)] == tokenize(text, "words")


def test_white_space_splits_where_kotovec_splits(tmp_path: Path) -> None:
    words = ["a,", "b\u00a0c", "A", "d\u3000e"]
    write(tmp_path / "s", words, segmenter="whitespace")
    text = " a,\tb\u00a0c\nA\x0bd\u3000e x"
    assert found_by(tmp_path / "s", text) == [*tokenize(text, "whitespace")[:4], "?"]


def test_japanese_words_are_found_without_spaces_or_mecab(tmp_path: Path) -> None:
    rows = write(tmp_path / "s", JAPANESE, weights="none")
    assert found_by(tmp_path / "s", "先生は東京へ行った。") == ["先生", "は", "東京", "へ", "行っ", "た", "。"]
    assert found_by(tmp_path / "s", "東の\u3000ｶﾞｷﾞ蝙蝠京") == ["東", "?", "ガギ", "?", "京"]
    ours = mean_of(["先生", "は", "猫"], JAPANESE, rows)
    np.testing.assert_allclose(opened(tmp_path / "s").encode(["先生は猫"])[0], ours, atol=1e-6)


def test_training_with_nfkc_is_followed(tmp_path: Path) -> None:
    write(tmp_path / "s", [*JAPANESE, "ab"], config={"tokenizer": "ja", "nfkc": True})
    assert found_by(tmp_path / "s", "ａｂ猫") == ["ab", "猫"]


@pytest.mark.parametrize(
    ("words", "config", "segmenter"),
    [
        (ENGLISH, None, "words"),
        (["The", "king"], None, "whitespace"),
        (["the", ","], None, "whitespace"),
        (["the", ","], {"tokenizer": "words"}, "words"),
        (JAPANESE, None, "unigram"),
        (["我们", "是"], None, "unigram"),
        (["ไทย", "a"], None, "unigram"),
        (["the", "king", "of", "東京"], None, "words"),
        (["the", "king"], {"tokenizer": "ja"}, "unigram"),
        (["한국어", "말"], None, "words"),
        ([], None, "whitespace"),
    ],
)
def test_the_segmenter_suits_the_words(words: list[str], config: dict[str, str] | None, segmenter: str) -> None:
    assert choose_segmenter(Vocabulary(words, counts_for(words)), config) == segmenter


def test_words_that_no_text_can_hold_are_counted() -> None:
    words = Vocabulary(["king", "The", "new york", "a.b", "don't"])
    assert [never_found(words, segmenter) for segmenter in ("whitespace", "words", "unigram")] == [1, 3, 1]


def test_without_counts_the_rank_stands_for_them() -> None:
    shares = frequencies(Vocabulary(["a", "b", "c"]))
    np.testing.assert_allclose(shares, np.array([1 / 2.7, 1 / 3.7, 1 / 4.7]) / sum([1 / 2.7, 1 / 3.7, 1 / 4.7]))
    np.testing.assert_allclose(frequencies(Vocabulary("abc", [6, 0, 2])), np.array([6, 1, 2]) / 9)


def test_a_word_that_is_called_like_the_unknown_token_keeps_its_row(tmp_path: Path) -> None:
    rows = write(tmp_path / "s", ["[UNK]", "[[UNK]]", "king"], segmenter="whitespace", weights="none")
    assert found_by(tmp_path / "s", "[UNK] king queen") == ["[UNK]", "king", "?"]
    model = opened(tmp_path / "s")
    np.testing.assert_array_equal(model.embedding[1:], rows)
    assert not model.embedding[0].any()


def test_both_libraries_find_the_files_that_they_want(tmp_path: Path) -> None:
    write(tmp_path / "s", ENGLISH)
    assert sorted(entry.name for entry in (tmp_path / "s").iterdir()) == sorted(CONTENTS)
    config = json.loads((tmp_path / "s" / "config.json").read_text("utf-8"))
    expected = {"model_type": "model2vec", "normalize": True, "max_length": None, "hidden_dim": 7}
    assert {name: config[name] for name in expected} == expected
    modules = json.loads((tmp_path / "s" / "modules.json").read_text("utf-8"))
    assert [module["type"].rpartition(".")[2] for module in modules] == ["StaticEmbedding", "Normalize"]
    opened(tmp_path / "s").save_pretrained(tmp_path / "again")
    theirs = json.loads((tmp_path / "again" / "modules.json").read_text("utf-8"))
    assert modules == theirs


def test_sentence_transformers_gets_the_same_vectors(tmp_path: Path) -> None:
    library = pytest.importorskip("sentence_transformers")
    write(tmp_path / "s", ENGLISH)
    theirs = library.SentenceTransformer(str(tmp_path / "s"), device="cpu").encode(TEXTS)
    np.testing.assert_allclose(theirs, opened(tmp_path / "s").encode(TEXTS), atol=1e-6)


@pytest.mark.parametrize("weights", ["none", "sif"])
def test_words_counts_numbers_and_configuration_come_back(weights: str, tmp_path: Path) -> None:
    rows = write(tmp_path / "s", ENGLISH, weights=weights, config={"epochs": 3})
    loaded = load(tmp_path / "s")
    assert loaded.index_to_key == ENGLISH and loaded.config == {"epochs": 3}
    assert loaded.vocabulary.counts.tolist() == counts_for(ENGLISH)
    np.testing.assert_allclose(loaded.vectors, rows, rtol=0 if weights == "none" else 1e-6)


@settings(deadline=None, max_examples=40)
@given(model=models())
def test_any_words_and_numbers_come_back(model: tuple[Vocabulary, np.ndarray]) -> None:
    vocabulary, vectors = model
    with tempfile.TemporaryDirectory() as folder:
        save(Path(folder) / "s", vocabulary, vectors, format="static", weights="none")
        loaded = load(Path(folder) / "s")
        assert loaded.vocabulary == vocabulary
        np.testing.assert_array_equal(loaded.vectors, vectors)


def test_rows_of_many_blocks_are_written_from_a_strided_view(tmp_path: Path) -> None:
    padded = np.random.default_rng(3).normal(size=(9000, 64)).astype(np.float32)
    words = Vocabulary([f"w{i}" for i in range(9000)])
    save(tmp_path / "s", words, padded[:, :50], format="static", weights="none")
    np.testing.assert_array_equal(load(tmp_path / "s").vectors, padded[:, :50])
    assert opened(tmp_path / "s").embedding.shape == (9001, 50)
    assert found_by(tmp_path / "s", "w8999 w0 w9000") == ["w8999", "w0", "?"]


def test_no_words_at_all_are_a_folder_too(tmp_path: Path) -> None:
    save(tmp_path / "s", Vocabulary([]), np.empty((0, 5), np.float32), format="static")
    assert len(load(tmp_path / "s")) == 0
    assert opened(tmp_path / "s").encode(["king"]).tolist() == [[0.0] * 5]


@pytest.mark.parametrize("word", ["", "tab\there", "line\nend", "cr\r"])
def test_a_word_that_the_folder_cannot_hold_is_named(word: str, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="the static format cannot hold the word"):
        save(tmp_path / "s", Vocabulary(["fine", word]), np.ones((2, 3), np.float32), format="static")
    assert not (tmp_path / "s").exists()


def test_options_that_there_are_not_are_refused_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="unknown segmenter: expected whitespace or words or unigram, found 'bpe'"):
        write(tmp_path / "s", ENGLISH, segmenter="bpe")
    with pytest.raises(ConfigError, match="unknown weights: expected sif or none, found 'idf'"):
        write(tmp_path / "s", ENGLISH, weights="idf")
    with pytest.raises(ConfigError, match="part of speech.*--unit surface"):
        write(tmp_path / "s", ["走る/動詞"], config={"tokenizer": "ja", "unit": "base+pos"})
    with pytest.raises(ConfigError, match="segmenter and weights belong to the format static, not to bin"):
        save(tmp_path / "v.bin", Vocabulary(["a"]), np.ones((1, 2), np.float32), weights="sif")
    assert not list(tmp_path.iterdir())


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "thesis.txt").write_text("mine")
    with pytest.raises(OutputError, match="left alone.*thesis.txt"):
        write(tmp_path / "s", ENGLISH)
    write(tmp_path / "t", ENGLISH)
    write(tmp_path / "t", JAPANESE)
    assert load(tmp_path / "t").index_to_key == JAPANESE


def test_a_folder_of_another_program_is_named_as_such(tmp_path: Path) -> None:
    write(tmp_path / "s", ENGLISH)
    opened(tmp_path / "s").save_pretrained(tmp_path / "theirs")
    config = json.loads((tmp_path / "theirs" / "config.json").read_text("utf-8"))
    del config["kotovec"]
    (tmp_path / "theirs" / "config.json").write_text(json.dumps(config))
    with pytest.raises(FormatError, match="static vectors that kotovec did not write.*model2vec"):
        load(tmp_path / "theirs")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("config.json", "{", "damaged configuration"),
        ("config.json", "[]", "kotovec did not write"),
        ("config.json", '{"kotovec": {"weights": "sif", "sif": 0}}', "damaged configuration"),
        ("config.json", '{"kotovec": {"weights": []}}', "damaged configuration"),
        ("config.json", '{"kotovec": {"weights": "none", "training": 3}}', "damaged configuration"),
        ("config.json", None, "the configuration is missing"),
        ("vocab.tsv", None, "the words are missing"),
        ("vocab.tsv", "a\t1\n", "wrong number of lines: expected 9"),
        ("model.safetensors", "", "no safetensors file"),
    ],
)
def test_a_damaged_folder_is_a_format_error(name: str, content: str | None, message: str, tmp_path: Path) -> None:
    write(tmp_path / "s", ENGLISH)
    (tmp_path / "s" / name).unlink()
    if content is not None:
        (tmp_path / "s" / name).write_text(content)
    with pytest.raises(FormatError, match=message):
        _ = load(tmp_path / "s", format="static").index_to_key


def test_a_byte_changed_in_a_header_is_an_error_of_ours_or_none(tmp_path: Path) -> None:
    write(tmp_path / "s", ENGLISH[:2])
    for name, last in (("model.safetensors", 200), ("config.json", 600)):
        whole = (tmp_path / "s" / name).read_bytes()
        for place in range(min(last, len(whole))):
            damaged = bytearray(whole)
            damaged[place] ^= 0x01 if place % 2 else 0xFF
            (tmp_path / "s" / name).write_bytes(damaged)
            try:
                assert len(load(tmp_path / "s", format="static").index_to_key) == 2
            except FormatError as error:
                assert str(tmp_path) in str(error)
        (tmp_path / "s" / name).write_bytes(whole)


def test_the_command_says_what_it_chose(run_kotovec, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    save(tmp_path / "v.bin", Vocabulary(["The", "king", "new york".replace(" ", "\u00a0")]), vectors_for(["a"] * 3))
    done = run_kotovec("convert", tmp_path / "v.bin", tmp_path / "out", "--to", "static", "--segmenter", "words")
    assert done.returncode == 0
    assert "static, 3 words, vector size 7" in done.stderr
    assert "text becomes words by words; weights of words: sif" in done.stderr
    assert "2 words that words finds in no text" in done.stderr
    done = run_kotovec("convert", tmp_path / "v.bin", tmp_path / "out", "--to", "static", "--weights", "none", "--json")
    facts = json.loads(done.stdout)
    assert (facts["segmenter"], facts["weights"], facts["never_found"]) == ("whitespace", "none", 0)
    assert "format       static" in run_kotovec("info", tmp_path / "out").stdout
    assert run_kotovec("convert", tmp_path / "out", tmp_path / "again.bin").returncode == 0
    assert (tmp_path / "again.bin").read_bytes() == (tmp_path / "v.bin").read_bytes()


def test_word_ids_without_words_are_refused_with_what_to_try(run_kotovec, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    save(tmp_path / "v.mcv1", Vocabulary(["0", "2"]), vectors_for(["a"] * 2))
    done = run_kotovec("convert", tmp_path / "v.mcv1", tmp_path / "out", "--to", "static")
    assert done.returncode == 1 and "word ids, which stand in no text" in done.stderr and "--vocab FILE" in done.stderr
    assert not (tmp_path / "out").exists()
    (tmp_path / "words.tsv").write_text("0\t東京\n2\t先生\n", encoding="utf-8")
    arguments = ("convert", tmp_path / "v.mcv1", tmp_path / "out", "--to", "static", "--vocab", tmp_path / "words.tsv")
    assert run_kotovec(*arguments).returncode == 0
    assert found_by(tmp_path / "out", "先生東京") == ["先生", "東京"]


def test_agreement_with_mecab_is_shown_at_export(run_kotovec, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    pytest.importorskip("fugashi")
    pytest.importorskip("unidic_lite")
    (tmp_path / "text.txt").write_text("\n".join(sentences(60)), encoding="utf-8")
    run_kotovec("train", tmp_path / "text.txt", "-o", tmp_path / "m", "-f", "native", "--tokenizer", "ja", "-q")
    shown = ("convert", tmp_path / "m", tmp_path / "s", "--to", "static", "--agreement-on", tmp_path / "text.txt")
    done = run_kotovec(*shown)
    assert done.returncode == 0 and "against MeCab on 60 sentences: words F1 " in done.stderr
    agreement = json.loads(run_kotovec(*shown, "--json").stdout)["agreement"]
    assert agreement["n_sentences"] == 60 and 0.9 < agreement["f1"] <= agreement["boundary_f1"] <= 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--to", "bin", "--agreement-on", "x"], "--agreement-on is for the format static"),
        (["--to", "static", "--segmenter", "words", "--agreement-on", "x"], "--agreement-on is for the format static"),
        (["--to", "static", "--agreement-on", "missing.txt"], "missing.txt: no such file"),
        (["--to", "bin", "--weights", "sif"], "--segmenter and --weights belong to the format static"),
    ],
)
def test_options_of_other_formats_are_refused_before_anything_is_written(  # type: ignore[no-untyped-def]
    run_kotovec, options: list[str], message: str, tmp_path: Path
) -> None:
    save(tmp_path / "v.bin", Vocabulary(["a"]), vectors_for(["a"]))
    done = run_kotovec("convert", tmp_path / "v.bin", tmp_path / "out.bin", *options)
    assert done.returncode in (1, 2) and message in done.stderr
    assert not (tmp_path / "out.bin").exists()


def test_vectors_saved_as_static_are_gensims_words_too(tmp_path: Path) -> None:
    import kotovec

    vectors = kotovec.KeyedVectors(Vocabulary(ENGLISH), vectors_for(ENGLISH))
    vectors.save(tmp_path / "s", format="static")
    shutil.move(tmp_path / "s", tmp_path / "moved")
    assert kotovec.load(tmp_path / "moved").most_similar("king", topn=3) == [
        (word, pytest.approx(similarity, abs=1e-5)) for word, similarity in vectors.most_similar("king", topn=3)
    ]
