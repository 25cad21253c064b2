import numpy as np
import pytest

from kotovec.notes.calibration import Calibration, trust_in_links
from kotovec.notes.percentiles import LEVELS
from kotovec.notes.ranking import Ranker
from ranking_vault import TOPICS, build, note

GROUPS = 8


def group_of(names: list[str]) -> list[list[str]]:
    return [names[start : start + GROUPS] for start in range(0, len(names), GROUPS)]


def linked_in_groups() -> Ranker:
    """Each note links to most of its group, whatever it is about."""
    generator = np.random.default_rng(1)
    words = sorted(" ".join(TOPICS.values()).split())
    names = [f"n{number}" for number in range(5 * GROUPS)]
    notes = []
    for group in group_of(names):
        for name in group:
            links = " ".join(f"[[{other}]]" for other in group if other != name and generator.random() < 0.7)
            notes.append(note(f"{name}.md", " ".join(generator.choice(words, 12)) + " " + links))
    return Ranker(build(notes))


def linked_by_pairs_of_like_text() -> Ranker:
    """Each note links to one other alone, which shares rare words with it: no two notes link to the same one."""
    generator = np.random.default_rng(1)
    words = sorted(" ".join(TOPICS.values()).split())
    notes = []
    for number in range(0, 60, 2):
        rare = f"rare{number} odd{number} seldom{number}"
        for own, other in ((number, number + 1), (number + 1, number)):
            notes.append(note(f"n{own}.md", f"{rare} {' '.join(generator.choice(words, 12))} [[n{other}]]"))
    return Ranker(build(notes))


def test_links_that_close_triangles_are_trusted():
    assert trust_in_links(linked_in_groups()) == 1


def test_links_that_say_nothing_of_others_are_not():
    assert trust_in_links(linked_by_pairs_of_like_text()) == 0


def test_a_vault_without_links_has_nothing_to_distrust():
    assert trust_in_links(Ranker(build([note("A.md", "tide"), note("B.md", "sail")]))) == 1
    assert trust_in_links(Ranker(build([]))) == 1


def test_without_trust_links_change_no_score():
    ranker = linked_in_groups()
    some, none = (
        Ranker(ranker.arrays, calibration=ranker.calibration._replace(trust=trust)).scores(3) for trust in (0.5, 0.0)
    )
    plain = sum(
        getattr(ranker.weights, name) * values
        for name, values in ranker.weighable(3).items()
        if name not in ("votes", "common", "coupled")
    )
    np.testing.assert_allclose(none, plain, atol=1e-5)
    assert np.abs(some - plain).max() > 0.1


def test_a_calibration_is_kept_as_one_array():
    ranker = linked_in_groups()
    again = Calibration.from_array(ranker.calibration.as_array())
    assert again is not None
    assert again.trust == ranker.trust
    np.testing.assert_array_equal(again.quantiles, ranker.quantiles)


@pytest.mark.parametrize(
    "numbers", [np.zeros(0), np.zeros(3), np.full(len(LEVELS) + 1, 2.0), np.full(len(LEVELS) + 1, np.nan)]
)
def test_an_array_that_is_no_calibration_is_none(numbers):
    assert Calibration.from_array(numbers) is None
