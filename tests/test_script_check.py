import pytest

from japanese_text import sentences
from kotovec.corpus.config import CorpusConfig
from kotovec.corpus.encoding import encode
from kotovec.corpus.vocabulary import Vocabulary
from kotovec.events import Notice

JAPANESE = "".join(sentences(20))
CHINESE = "我昨天和朋友一起去了北京的图书馆。我们看了很多有意思的书,然后在附近的饭店吃了晚饭。"
THAI = "เมื่อวานฉันไปห้องสมุดกับเพื่อนที่กรุงเทพ เราอ่านหนังสือหลายเล่มและกินข้าวเย็นด้วยกัน"
KHMER = "ម្សិលមិញខ្ញុំទៅបណ្ណាល័យជាមួយមិត្តភក្តិ ពួកយើងអានសៀវភៅជាច្រើន"
TAMIL = "நேற்று நான் என் நண்பர்களுடன் நூலகத்திற்குச் சென்றேன் புத்தகங்களைப் படித்தோம்"
GEORGIAN = "გუშინ მეგობრებთან ერთად ბიბლიოთეკაში წავედი და საინტერესო წიგნები წავიკითხეთ"
KOREAN = "어제 나는 친구와 함께 도서관에 갔다 우리는 재미있는 책을 많이 읽었다"
ENGLISH = "yesterday I went to the library with friends https://example.org/a/very/long/address?with=parameters&more"
BOXES = "".join(map(chr, range(0x2500, 0x2600)))


def told(text, **settings):
    events = []
    config = CorpusConfig(min_count=1, **settings)
    encode([line for line in text.splitlines() if line], config, callback=events.append)
    return " ".join(event.text for event in events if isinstance(event, Notice))


@pytest.mark.parametrize("tokenizer", ["whitespace", "words"])
def test_japanese_without_spaces_is_noticed_and_the_flag_named(tokenizer):
    notice = told("\n".join(sentences(50)), tokenizer=tokenizer)
    assert "looks like Japanese, which must be tokenised; try: --tokenizer ja" in notice


@pytest.mark.parametrize(("text", "language"), [(CHINESE, "Chinese"), (THAI, "Thai"), (KHMER, "Khmer")])
def test_languages_without_a_tokenizer_here_are_named(text, language):
    notice = told(f"{text}\n" * 3)
    assert f"looks like {language}" in notice
    assert f"kotovec has no tokenizer for {language}; put spaces between its words" in notice
    assert "--tokenizer" not in notice


@pytest.mark.parametrize(
    "text", [ENGLISH, KOREAN, TAMIL, GEORGIAN, "x" * 500, "".join(map(chr, range(0x2500, 0x2600)))]
)
def test_other_languages_are_left_alone_however_long_their_words(text):
    assert told(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "先生 は 東京 へ 行っ た 。",
        "我 昨天 和 朋友 一起 去 了 北京 的 图书馆 。",
        "เมื่อวาน ฉัน ไป ห้องสมุด กับ เพื่อน ที่ กรุงเทพ",
        f"{ENGLISH} " * 30 + CHINESE,
    ],
)
def test_tokenised_text_and_a_little_of_the_other_are_left_alone(text):
    assert told(text) == ""


def test_with_the_tokenizer_ja_there_is_nothing_to_notice():
    pytest.importorskip("fugashi")
    pytest.importorskip("unidic_lite")
    assert told("\n".join(sentences(50)), tokenizer="ja") == ""


def test_a_vocabulary_that_was_given_is_its_owners_affair():
    events = []
    encode([JAPANESE], CorpusConfig(), vocabulary=Vocabulary([JAPANESE]), callback=events.append)
    assert not [event for event in events if isinstance(event, Notice)]


def test_the_notice_comes_before_the_error_that_nothing_is_left(run_kotovec, tmp_path):
    (tmp_path / "text.txt").write_text("\n".join(sentences(20)), encoding="utf-8")
    done = run_kotovec("train", tmp_path / "text.txt", "-o", tmp_path / "v.bin", "--min-count", 50)
    assert done.returncode == 1
    assert "try: --tokenizer ja" in done.stderr.splitlines()[0]
    assert "no word is left" in done.stderr.splitlines()[1]
