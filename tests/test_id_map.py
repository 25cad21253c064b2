import os
import shlex
from pathlib import Path

import pytest

from japanese_text import sentences, write_text
from kotovec.corpus.config import CorpusConfig
from kotovec.corpus.encoding import encode
from kotovec.corpus.id_map import read_id_map, read_words
from kotovec.corpus.japanese import Analyser
from kotovec.corpus.japanese_config import JapaneseConfig
from kotovec.errors import EmptyCorpusError, FormatError
from kotovec.events import Notice
from kotovec.formats import load
from mecab_dump import write_dump

fugashi = pytest.importorskip("fugashi")
ipadic = pytest.importorskip("ipadic")

SMALL = """\
# made by hand
3\t名詞,固有名詞,地域,一般,*,*,東京,トウキョウ,トーキョー
5\t動詞,自立,*,*,五段・カ行促音便,連用タ接続,行く,イッ,イッ
6\t動詞,自立,*,*,五段・カ行促音便,基本形,行く,イク,イク
7\t動詞,自立,*,*,五段・カ行促音便,基本形,行く,ユク,ユク
8\t名詞,サ変接続,*,*,*,*,行く,イク,イク
9\t助詞,格助詞,一般,*,*,*,へ,ヘ,エ
11\t名詞,一般,*,*,*,*,*
"""


@pytest.fixture
def small(tmp_path):
    (tmp_path / "ids.tsv").write_text(SMALL, encoding="utf-8")
    return str(tmp_path / "ids.tsv")


@pytest.fixture(scope="module")
def dump(tmp_path_factory):
    """The word ids of IPADIC: the file, and the features in it."""
    path = tmp_path_factory.mktemp("dump") / "ipadic_vocab.txt"
    return str(path), write_dump(Path(ipadic.DICDIR), path)


def tokenised(text, **settings):
    return Analyser(JapaneseConfig(**settings)).tokenize(text.encode())


def test_a_surface_has_the_id_of_its_very_feature(small):
    assert tokenised("東京へ行った", id_map=small).data == b"3 9 5"


def test_a_base_form_has_the_id_of_its_dictionary_form_and_part_of_speech(small):
    assert tokenised("東京へ行った", id_map=small, unit="base").data == b"3 9 6"


def test_what_has_no_id_is_left_out_and_counted(small):
    result = tokenised("東京へ行った。大阪へ", id_map=small)
    assert result.data == b"3 9 5 9"
    assert (result.n_tokens, result.n_kept, result.n_without_id) == (7, 4, 3)
    assert result.examples == ["た", "。", "大阪"]


def test_tokens_left_out_by_their_part_of_speech_are_not_missed(small):
    result = tokenised("東京へ行った。", id_map=small, pos=("名詞", "動詞"))
    assert (result.data, result.n_without_id) == (b"3 5", 0)


def test_a_map_of_surfaces_will_do(tmp_path):
    (tmp_path / "vocab.tsv").write_text("0\t東京\n4\t行っ\n2\t行く\n", encoding="utf-8")
    path = str(tmp_path / "vocab.tsv")
    assert tokenised("東京へ行った", id_map=path).data == b"0 4"
    assert tokenised("東京へ行った", id_map=path, unit="base").data == b"0 2"


def test_the_words_of_an_id_map_are_base_forms_or_surfaces(small):
    assert list(read_words(small)) == [("3", "東京"), *((i, "行く") for i in "5678"), ("9", "へ")]


def test_a_part_of_speech_decides_between_words_that_are_spelt_alike(small):
    ids = read_id_map(small)
    found = [ids.find("行く", "", pos, exact=False) for pos in ("動詞", "名詞", "副詞")]
    assert found == ["6", "8", "6"]


def test_ids_of_a_real_dictionary_line_up_with_it(dump):
    path, features = dump
    tagger = fugashi.GenericTagger(f"-r {os.devnull} -d {shlex.quote(ipadic.DICDIR)}")
    analyser = Analyser(JapaneseConfig(id_map=path))
    for sentence in dict.fromkeys(sentences(100)):
        ids = analyser.tokenize(sentence.encode()).data.split()
        assert [features[int(i)] for i in ids] == [",".join(word.feature) for word in tagger(sentence)]


def test_train_and_tokenize_use_the_ids(run_kotovec, dump, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path, features = dump
    write_text(tmp_path / "text.txt", 300)
    flags = ("--tokenizer", "ja", "--id-map", path)
    done = run_kotovec("tokenize", "text.txt", "-o", "ids.txt", *flags, "--ids", "--vocab-out", "vocab.tsv")
    assert done.returncode == 0, done.stderr
    assert f"{len(features):,} words in vocab.tsv" in done.stderr
    last = str(len(features) - 1)
    train = ("-f", "mcv1", "--size", 8, "--epochs", 1, "--seed", 1, "--threads", 1)
    for source, output, more in (("text.txt", "a.bin", flags), ("ids.txt", "b.bin", ("--max-word-id", last))):
        done = run_kotovec("train", source, "-o", output, *train, *more)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "a.bin").read_bytes() == (tmp_path / "b.bin").read_bytes()
    vectors = load(tmp_path / "a.bin", vocab=tmp_path / "vocab.tsv")
    tokyo = next(i for i, feature in enumerate(features) if feature.startswith("名詞,固有名詞,地域,一般,*,*,東京,"))
    assert len(vectors) == len(features)
    assert vectors["東京"].any()
    assert vectors.vectors[tokyo].tolist() == vectors["東京"].tolist()


def test_what_has_no_id_is_reported_by_train(small):
    events = []
    config = CorpusConfig(tokenizer="ja", min_count=1, japanese=JapaneseConfig(id_map=small))
    corpus = encode(["東京へ行った。"], config, callback=events.append)
    assert corpus.vocabulary.words == ["3", "9", "5"]
    notices = [event.text for event in events if isinstance(event, Notice)]
    assert notices == [f"2 of 5 tokens have no id in {small} and are left out, such as た 。"]


def test_a_map_that_knows_no_token_at_all_is_refused(small):
    config = CorpusConfig(tokenizer="ja", min_count=1, japanese=JapaneseConfig(id_map=small))
    with pytest.raises(EmptyCorpusError, match="none of 2 tokens has an id, such as 大阪 。; name the dictionary"):
        encode(["大阪。"], config)


def test_an_id_above_the_largest_allowed_is_refused_before_training(run_kotovec, small, tmp_path):
    (tmp_path / "text.txt").write_text("東京へ行った\n" * 9, encoding="utf-8")
    flags = ("--tokenizer", "ja", "--id-map", small, "-f", "mcv1", "--max-word-id", "8")
    done = run_kotovec("train", tmp_path / "text.txt", "-o", tmp_path / "v.bin", *flags)
    assert done.returncode == 1
    assert "1 of 3 word ids are above the largest allowed: expected ids up to 8, found 9" in done.stderr
    assert not (tmp_path / "v.bin").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("3\t東京\n3\t大阪\n", "line 2: the id 3 comes twice"),
        ("3\t東京\n\t大阪\n", "line 2: not a line of word ids: expected word_id, a tab, and a feature or surface"),
        ("3\t東京\n大阪\n", "line 2: not a line of word ids.*found '大阪'"),
        ("3\t東京\n-4\t大阪\n", "line 2: not a line of word ids"),
        ("", "the id map is empty"),
        ("# only this\n", "the id map is empty"),
    ],
)
def test_a_bad_id_map_is_refused_in_one_line(tmp_path, text, message):
    (tmp_path / "ids.tsv").write_text(text, encoding="utf-8")
    with pytest.raises(FormatError, match=message):
        encode(["東京"], CorpusConfig(tokenizer="ja", japanese=JapaneseConfig(id_map=str(tmp_path / "ids.tsv"))))


def test_an_id_map_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(FormatError, match="none.tsv: word ids that cannot be read: No such file"):
        read_id_map(tmp_path / "none.tsv")
