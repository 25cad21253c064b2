"""What MeCab says of a word: a line of fields with commas between them, which differ from dictionary to dictionary."""

from __future__ import annotations

import csv

POS, FORM = 0, 5  # fields that all have: part of speech, and, where there are so many, form of inflection
_BASE = {7: 4, 9: 6}  # number of fields -> where the base form is: JUMANDIC; IPADIC, NEologd
_UNIDIC, _UNIDIC_BASE = 17, 10  # fields, at least; the base form as it is spelt, not the lemma
_DICTIONARY_FORMS = ("基本形", "終止形-一般", "*")


def split_feature(feature: str) -> list[str]:
    """The fields, one at least."""
    return next(csv.reader([feature]), [""]) if '"' in feature else feature.split(",")


def base_field(n_fields: int) -> int | None:
    """Which field of so many has the base form; None where that is not known."""
    return _UNIDIC_BASE if n_fields >= _UNIDIC else _BASE.get(n_fields)


def is_dictionary_form(fields: list[str]) -> bool:
    """Whether a word of at least 7 fields stands as a dictionary would print it."""
    return fields[FORM] in _DICTIONARY_FORMS
