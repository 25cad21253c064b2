import unicodedata

import pytest

from japanese_notes import THEMES, theme_of, write_japanese_vault
from kotovec.notes import batch, open_vault
from kotovec.notes.terms import japanese_segmenter

NEIGHBOURS = 3  # as many as a theme has besides the note


@pytest.fixture(params=["words", "pairs"])
def cut(request, monkeypatch):
    """How Japanese is cut: into words by the ja extra, or, where that is not there, into pairs of characters."""
    if request.param == "words":
        pytest.importorskip("fugashi")
        pytest.importorskip("unidic_lite")
        assert japanese_segmenter() is not None
    else:
        monkeypatch.setattr(batch, "japanese_is_installed", lambda: False)
    return request.param


@pytest.fixture
def vault(cut, tmp_path):
    return open_vault(write_japanese_vault(tmp_path / "vault"), index=tmp_path / "index")


def titles(items):
    return [item.title for item in items]


def test_japanese_notes_find_their_own_theme(cut, vault):
    right = [
        theme_of(title) == theme_of(entry.title)
        for note, entry in enumerate(vault.entries)
        for title in titles(vault.related(note, NEIGHBOURS).items)
    ]
    assert len(right) == NEIGHBOURS * sum(map(len, THEMES.values()))
    assert sum(right) / len(right) > {"words": 0.75, "pairs": 0.6}[cut]  # 0.2 by chance


def test_the_nearest_japanese_note_is_the_one_that_a_reader_would_choose(vault):
    nearest = {title: titles(vault.related(vault.find(title), 1).items)[0] for title in ("畑の計画", "ゆっくり走る")}
    assert theme_of(nearest["畑の計画"]) == "畑"
    assert theme_of(nearest["ゆっくり走る"]) == "走る"


def test_reasons_are_japanese_words_that_both_notes_have(vault):
    note = vault.find("間隔をあけた復習")
    (best,) = vault.related(note, 1).items
    shared = [term for term, _ in best.why.shared]
    assert "復習" in shared
    assert all(term in vault.text_of(note) or term[0] in vault.text_of(note) for term in shared)


def test_a_japanese_search_finds_by_word(vault):
    assert titles(vault.search("ミミズと堆肥", 1)) == ["堆肥"]
    assert theme_of(vault.search("乳酸菌の発酵", 1)[0].title) == "発酵"


def test_japanese_without_spaces_has_more_than_one_word_a_note(vault):
    assert min(entry.n_words for entry in vault.entries) > 10


def test_inflected_forms_are_one_word_with_the_ja_extra(tmp_path):
    pytest.importorskip("fugashi")
    pytest.importorskip("unidic_lite")
    (tmp_path / "vault").mkdir()
    for name, text in {"a": "毎朝、川沿いを走った。", "b": "川まで走らない日もある。", "c": "本を読んだ。"}.items():
        (tmp_path / "vault" / f"{name}.md").write_text(text, encoding="utf-8")
    vault = open_vault(tmp_path / "vault", index=tmp_path / "index")
    best = vault.related(vault.find("a"), 1).items[0]
    assert best.title == "b"
    assert "走る" in [term for term, _ in best.why.shared]


def test_japanese_and_english_notes_meet_in_the_words_that_they_share(cut, tmp_path):
    folder = write_japanese_vault(tmp_path / "vault")
    (folder / "Oven.md").write_text("# Oven\n\nThe levain loaf wants 250 degrees and steam. Dutch oven, lid off.\n")
    (folder / "窯.md").write_text(
        "# 窯\n\n石の窯でパンを焼く。Dutch oven でもよい。levain の香りがする。\n", encoding="utf-8"
    )
    (folder / "Tax.md").write_text("# Tax\n\nReceipts go into the blue folder until March, then to the office.\n")
    vault = open_vault(folder, index=tmp_path / "index")
    assert titles(vault.related(vault.find("Oven"), 1).items) == ["窯"]
    assert titles(vault.related(vault.find("窯"), 3).items)[0] == "Oven"
    assert "levain" in [term for term, _ in vault.related(vault.find("窯"), 1).items[0].why.shared]


def test_half_width_kana_and_full_width_letters_are_the_usual_ones(cut, tmp_path):
    (tmp_path / "vault").mkdir()
    texts = {
        "半角": "ﾊﾟﾝ屋のﾊﾞｹﾞｯﾄを買う。ＢＡＧＵＥＴＴＥと書いてある。",
        "全角": "パン屋のバゲットはかたい。baguette は棒のこと。",
        "他": "朝の電車は混む。駅まで歩く。",
    }
    for name, text in texts.items():
        (tmp_path / "vault" / f"{name}.md").write_text(text, encoding="utf-8")
    vault = open_vault(tmp_path / "vault", index=tmp_path / "index")
    best = vault.related(vault.find("半角"), 1).items[0]
    assert best.title == "全角"
    assert "バゲット" in [term for term, _ in best.why.shared]
    assert set(titles(vault.search("ｂａｇｕｅｔｔｅ", 2))) == {"半角", "全角"}
    assert set(titles(vault.search("ﾊﾞｹﾞｯﾄ", 2))) == {"半角", "全角"}


@pytest.mark.parametrize("written", ["NFC", "NFD"])
@pytest.mark.parametrize("asked", ["NFC", "NFD"])
def test_a_file_name_is_found_in_either_normal_form(tmp_path, written, asked):
    folder = tmp_path / "vault"
    folder.mkdir()
    name = "プールの記録"
    (folder / f"{unicodedata.normalize(written, name)}.md").write_text(
        "五百メートル泳いだ。水が冷たい。", encoding="utf-8"
    )
    (folder / "日記.md").write_text(f"今日は [[{unicodedata.normalize(asked, name)}]] を書いた。", encoding="utf-8")
    vault = open_vault(folder, index=tmp_path / "index")
    note = vault.find(unicodedata.normalize(asked, name))
    assert vault.entries[note].n_words > 0
    assert titles(vault.related(vault.find("日記"), 1, "linked").items) == [vault.entries[note].title]
    assert vault.orphans() == []
