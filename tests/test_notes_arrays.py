from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from kotovec.errors import FormatError
from kotovec.notes.arrays import VaultArrays, link_pairs
from kotovec.notes.mentions import find_names
from kotovec.notes.postings import Postings, starts_of
from kotovec.notes.word_vectors import with_vectors
from ranking_vault import analyzed, build, note, targets_of, topical

NOTES = [
    note("Old Boat.md", "tide tide rope [[Reef]]", tags=("sea",)),
    note("Reef.md", "the old boat and the reef\n# Storms at sea\nold boat, old boat", aliases=("Coral bank",)),
    note("deep/Soil.md", "compost [[Reef]] [[Reef]] [[Nowhere]] [[Soil]]"),
    note("Empty.md"),
]


def as_bags(arrays):
    """Each note's terms and counts, by word: what does not depend on any order."""
    return [
        {arrays.terms[term]: int(count) for term, count in zip(*arrays.text.row(number), strict=True)}
        for number in range(arrays.n_notes)
    ]


def as_mentions(arrays):
    names = [
        tuple(arrays.terms[term] for term in arrays.names.terms[first:last])
        for first, last in zip(arrays.names.starts[:-1], arrays.names.starts[1:], strict=True)
    ]
    phrases = zip(arrays.phrases.names, arrays.phrases.notes, arrays.phrases.counts, strict=True)
    return sorted((names[name], int(arrays.names.notes[name]), int(who), int(count)) for name, who, count in phrases)


def test_each_note_has_its_terms_as_often_as_they_count():
    expected = [dict(Counter(one.counted)) for one in analyzed(NOTES)]
    assert as_bags(build(NOTES)) == expected
    assert build(NOTES).lengths.tolist() == [sum(bag.values()) for bag in expected]


def test_terms_come_by_falling_number_of_notes():
    sizes = build(topical()).text.sizes()
    assert (np.diff(sizes) <= 0).all()


def test_whole_names_of_several_terms_are_found_in_other_notes():
    assert as_mentions(build(NOTES)) == [(("old", "boat"), 0, 1, 3)]


def test_names_are_not_found_across_sections():
    assert as_mentions(build([note("Old Boat.md"), note("b.md", "it is old\n# x\nboat")])) == []


def test_two_notes_of_one_name_are_both_found():
    notes = [note("a/Old Boat.md"), note("b/Old Boat.md"), note("c.md", "an old boat")]
    assert as_mentions(build(notes)) == [(("old", "boat"), 0, 2, 1), (("old", "boat"), 1, 2, 1)]


def slow_mentions(ids, owners, names):
    found = Counter()
    for number, name in enumerate(names):
        for at in range(len(ids) - len(name) + 1):
            if len(name) > 1 and ids[at : at + len(name)] == name:
                found[number, owners[at]] += 1
    return sorted((*key, count) for key, count in found.items())


def test_names_are_found_as_a_slow_search_finds_them():
    random = np.random.default_rng(3)
    ids = random.integers(-1, 4, 400).tolist()
    owners = np.repeat(np.arange(10), 40).tolist()
    names = [random.integers(0, 4, size).tolist() for size in (1, 2, 2, 2, 3, 3, 4, 5)]
    starts = starts_of([len(name) for name in names])
    ends = np.flatnonzero(np.arange(400) % 40 == 39)
    for end in ends:  # notes end as sections do
        ids[end] = -1
    found = find_names(np.array(ids, np.int32), np.array(owners, np.int32), starts, np.array(sum(names, []), np.int32))
    assert list(zip(*(part.tolist() for part in found), strict=True)) == slow_mentions(ids, owners, names)


def test_links_are_pairs_each_once_and_none_to_itself():
    assert build(NOTES).links.tolist() == [[0, 1], [2, 1]]
    assert link_pairs([[-1], []]).shape == (0, 2)


def test_after_a_change_all_is_as_if_built_anew():
    notes = topical(5)
    old = build(notes)
    changed = note("sea/harbour book.md", "tide boat garden 0 music compost", aliases=("Log of the sea",))
    kept = [number for number in range(len(notes)) if number not in (3, 7)]
    now = [notes[number] for number in kept]
    now.insert(4, changed)
    places = np.full(len(notes), -1)
    places[kept] = [number + (number >= 4) for number in range(len(kept))]
    updated = old.updated(places, {4: analyzed([changed])[0]}, targets_of(now))
    anew = build(now)
    assert updated.paths == anew.paths
    assert as_bags(updated) == as_bags(anew)
    assert as_mentions(updated) == as_mentions(anew)
    assert updated.lengths.tolist() == anew.lengths.tolist()
    assert updated.links.tolist() == anew.links.tolist()
    assert updated.names.notes.tolist() == anew.names.notes.tolist()
    assert updated.n_stale == 2
    assert anew.n_stale == 0


def test_notes_of_a_change_are_read_as_from_the_text():
    random = np.random.default_rng(0)
    notes = topical(4)
    arrays = with_vectors(build(notes), random.normal(size=(20, 8)).astype(np.float32))
    same = analyzed(notes)[5]
    places = np.arange(len(notes))
    places[5] = -1
    again = arrays.updated(places, {5: same}, targets_of(notes))
    assert np.abs(again.note_vectors.astype(int) - arrays.note_vectors).max() <= 1


def test_a_changed_name_is_found_in_the_note_that_changed():
    old = build([note("a.md", "nothing"), note("Old Boat.md")])
    new = old.updated([-1, 1], {0: analyzed([note("a.md", "an old boat")])[0]}, [[], []])
    assert as_mentions(new) == [(("old", "boat"), 1, 0, 1)]


def test_no_notes_give_empty_arrays_that_can_grow():
    empty = build([])
    assert empty.n_notes == 0
    assert as_bags(empty.updated([], dict(enumerate(analyzed(NOTES))), targets_of(NOTES))) == as_bags(build(NOTES))
    assert build(NOTES).updated([-1] * 4, {}, []).n_notes == 0


def test_arrays_go_out_and_come_back():
    arrays = with_vectors(build(NOTES), np.eye(5, 8, dtype=np.float32))
    plain = arrays.to_arrays()
    assert all(isinstance(value, np.ndarray) and value.dtype != object for value in plain.values())
    again = VaultArrays.from_arrays(plain)
    assert again.paths == arrays.paths
    assert again.terms == arrays.terms
    assert as_bags(again) == as_bags(arrays)
    assert as_mentions(again) == as_mentions(arrays)
    assert np.array_equal(again.word_vectors, arrays.word_vectors)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("text_notes", np.array([99], np.uint16)),
        ("text_starts", np.zeros(1, np.int64)),
        ("lengths", np.zeros(1, np.int32)),
        ("links", np.array([[0, 77]], np.int32)),
        ("name_notes", np.zeros(0, np.int32)),
        ("phrase_counts", np.zeros(0, np.uint8)),
        ("note_vectors", np.zeros((1, 3), np.int8)),
    ],
)
def test_arrays_that_do_not_belong_together_are_refused(name, value):
    with pytest.raises(FormatError, match="belong together"):
        VaultArrays.from_arrays(build(NOTES).to_arrays() | {name: value})


def test_arrays_that_are_missing_are_refused():
    plain = build(NOTES).to_arrays()
    del plain["terms"]
    with pytest.raises(FormatError, match="terms"):
        VaultArrays.from_arrays(plain)


def test_postings_take_int32_where_there_are_more_notes_than_16_bits_tell():
    notes = np.array([0, 70_000], np.int64)
    postings = Postings.build(notes, np.zeros(2, np.int64), 70_001, 1)
    assert postings.notes.dtype == np.int32
    assert postings.row(70_000)[0].tolist() == [0]
    assert Postings.build(notes[:1], np.zeros(1, np.int64), 65_536, 1).notes.dtype == np.uint16


def test_more_occurrences_than_a_byte_holds_count_as_255():
    arrays = build([note("a.md", "boat " * 1000)])
    assert as_bags(arrays)[0]["boat"] == 255


def test_a_file_name_that_is_no_unicode_is_kept():
    odd = replace(NOTES[0], path="caf\udce9.md")
    assert VaultArrays.from_arrays(build([odd]).to_arrays()).paths == ["caf\udce9.md"]
