"""Vectors as decimal text: lines `word v1 ... vn` to float32 and back, exactly, without an object per number.

Reading: digits give a 64-bit integer, one multiplication by a power of ten gives a double that is wrong by at most
a few parts in 2**53. Where float32 rounding cannot depend on that error, which is all but one in 10**7 numbers,
the result is the nearest float32; the others are reported to the caller, who decides them with exact arithmetic.
Writing: the fewest digits for which the reader's own test is certain, so that every number reads back the same.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numba import types
from numpy.typing import NDArray

from kotovec.kernels.jit import inline, kernel

Bytes: TypeAlias = NDArray[np.uint8]
Floats: TypeAlias = NDArray[np.float32]
Longs: TypeAlias = NDArray[np.int64]

SPACE, TAB, LINE_FEED, CARRIAGE_RETURN = 32, 9, 10, 13
OK, FULL, NO_WORD, TOO_FEW, TOO_MANY, NO_NUMBER = 0, 1, 2, 3, 4, 5

MAX_NUMBER_BYTES = 16  # of one written number and its separator
_LARGEST_POWER = 300
_POWERS = np.array([float(f"1e{e}") for e in range(-_LARGEST_POWER, _LARGEST_POWER + 1)])
_ABOVE, _BELOW = 1.0 + 2.0**-50, 1.0 - 2.0**-50
_MAX_EXPONENT = 10_000_000


@inline
def _digits(
    data: Bytes, position: int, end: int, mantissa: np.uint64, used: int, exponent: int, after_point: int
) -> tuple[int, np.uint64, int, int]:
    """A run of digits: at most 19 go into the mantissa, the others only move the exponent."""
    while position < end and 48 <= data[position] <= 57:
        if used < 19:
            mantissa = mantissa * np.uint64(10) + np.uint64(data[position] - 48)
            used += np.int64(mantissa > 0)
            exponent -= after_point
        else:
            exponent += 1 - after_point
        position += 1
    return position, mantissa, used, exponent


@inline
def _signed(data: Bytes, position: int, end: int) -> tuple[int, int]:
    """A sign, where there is one: -1 or 1, and what follows it."""
    if position < end and data[position] == 45:
        return position + 1, -1
    return position + np.int64(position < end and data[position] == 43), 1


@inline
def _exponent(data: Bytes, position: int, end: int) -> tuple[int, int, bool]:
    """What follows an `e`; valid says whether there was a digit."""
    position, sign = _signed(data, position, end)
    value, first = 0, position
    while position < end and 48 <= data[position] <= 57:
        value = min(value * 10 + np.int64(data[position]) - 48, _MAX_EXPONENT)
        position += 1
    return position, sign * value, position > first


@inline
def _number(data: Bytes, position: int, end: int) -> tuple[int, np.float32, bool, bool]:
    """One decimal number: where it ends, its float32, whether that is certain, whether it is a number at all."""
    position, sign = _signed(data, position, end)
    first = position
    position, mantissa, used, exponent = _digits(data, position, end, np.uint64(0), 0, 0, 0)
    n_digits = position - first
    if position < end and data[position] == 46:
        first = position + 1
        position, mantissa, used, exponent = _digits(data, first, end, mantissa, used, exponent, 1)
        n_digits += position - first
    valid = n_digits > 0
    if valid and position < end and (data[position] | 32) == 101:
        position, more, valid = _exponent(data, position + 1, end)
        exponent += more
    power = _POWERS[min(max(exponent, -_LARGEST_POWER), _LARGEST_POWER) + _LARGEST_POWER]
    value = np.float64(mantissa) * power
    low, high = np.float32(value * _BELOW), np.float32(value * _ABOVE)
    return position, np.float32(sign) * low, low == high, valid


@inline
def _is_separator(byte: int) -> bool:
    return byte == SPACE or byte == TAB or byte == CARRIAGE_RETURN


@inline
def _skip_separators(data: Bytes, position: int, end: int) -> int:
    while position < end and _is_separator(data[position]):
        position += 1
    return position


@inline
def _token_end(data: Bytes, position: int, end: int) -> int:
    while position < end and data[position] != LINE_FEED and not _is_separator(data[position]):
        position += 1
    return position


_PARSE = types.UniTuple(types.int64, 5)(
    types.uint8[::1],
    types.int64,
    types.int64,
    types.float32[:, ::1],
    types.int64,
    types.uint8[::1],
    types.int64[::1],
    types.int64[:, ::1],
)


@kernel(_PARSE)
def parse_rows(
    data: Bytes,
    start: int,
    end: int,
    rows: Floats,
    first_row: int,
    words: Bytes,
    ends: Longs,
    unsure: Longs,
) -> tuple[int, int, int, int, int]:
    """Whole lines of `data[start:end]`, the last of which ends in a line feed, into rows of a matrix.

    Lines `word v1 ... vn` fill `rows` ((n_rows, vector_size) float32) from `first_row` on, the bytes of their
    words `words`, and where each ends `ends`, both from 0 on. Numbers whose float32 is not certain are listed in
    `unsure` ((n, 4): row, column, begin and end in data). Lines of nothing but separators are passed over.

    Gives (lines read, position, bytes of words, numbers unsure, status). After OK all is read; after FULL the
    caller makes room (in rows, ends or unsure) and calls again from position; else a bad line begins there.
    """
    vector_size = rows.shape[1]
    position, used, n_unsure, n = start, 0, 0, 0
    while True:
        line = position
        position = _skip_separators(data, position, end)
        while position < end and data[position] == LINE_FEED:
            line = position + 1
            position = _skip_separators(data, line, end)
        if position >= end:
            return n, end, used, n_unsure, OK
        if first_row + n >= rows.shape[0] or n >= ends.shape[0] or n_unsure + vector_size > unsure.shape[0]:
            return n, line, used, n_unsure, FULL
        if position > line:
            return n, line, used, n_unsure, NO_WORD
        stop = _token_end(data, position, end)
        for i in range(position, stop):
            words[used + i - position] = data[i]
        row_unsure, length = n_unsure, stop - position
        position = stop
        for column in range(vector_size):
            position = _skip_separators(data, position, end)
            if data[position] == LINE_FEED:
                return n, line, used, n_unsure, TOO_FEW
            begin = position
            position, value, certain, valid = _number(data, position, end)
            if not valid or not (data[position] == LINE_FEED or _is_separator(data[position])):
                return n, line, used, n_unsure, NO_NUMBER
            rows[first_row + n, column] = value
            if not certain:
                unsure[row_unsure, 0] = first_row + n
                unsure[row_unsure, 1] = column
                unsure[row_unsure, 2] = begin
                unsure[row_unsure, 3] = position
                row_unsure += 1
        position = _skip_separators(data, position, end)
        if data[position] != LINE_FEED:
            return n, line, used, n_unsure, TOO_MANY
        position += 1
        used += length
        n_unsure = row_unsure
        ends[n] = used
        n += 1


@inline
def _reads_back(number: np.float32, significand: int, exponent: int) -> bool:
    """Whether the reader certainly makes `number` (float32, positive) of significand * 10**exponent."""
    value = np.float64(significand) * _POWERS[exponent + _LARGEST_POWER]
    return bool(np.float32(value * _BELOW) == number and np.float32(value * _ABOVE) == number)


@inline
def _shortest(number: np.float32) -> tuple[int, int]:
    """Significand without trailing zeros and exponent of the shortest decimal that reads back as `number` > 0."""
    magnitude, power = np.float64(number), 0
    while magnitude >= _POWERS[power + 1 + _LARGEST_POWER]:
        power += 1
    while magnitude < _POWERS[power + _LARGEST_POWER]:
        power -= 1
    exponent = power - 8
    significand = np.int64(magnitude * _POWERS[_LARGEST_POWER - exponent] + 0.5)
    while exponent <= power:
        fewer = np.int64(magnitude * _POWERS[_LARGEST_POWER - exponent - 1] + 0.5)
        if fewer == 0 or not _reads_back(number, fewer, exponent + 1):
            break
        significand, exponent = fewer, exponent + 1
    return significand, exponent


@inline
def _write_whole(out: Bytes, position: int, value: int, n_digits: int) -> int:
    """`n_digits` decimal digits of value, with leading zeros."""
    for i in range(n_digits - 1, -1, -1):
        out[position + i] = 48 + value % 10
        value //= 10
    return position + n_digits


@inline
def _write_number(out: Bytes, position: int, number: np.float32) -> int:
    """The shortest text of one finite float32; gives the position after it."""
    if number < 0:
        out[position] = 45
        position += 1
        number = -number
    if number == 0:
        out[position] = 48
        return position + 1
    significand, exponent = _shortest(number)
    n_digits, rest = 1, significand // 10
    while rest > 0:
        n_digits += 1
        rest //= 10
    leading = n_digits + exponent  # digits before the point; 0 or less: 0.00...
    if -4 < leading <= 0:
        out[position], out[position + 1] = 48, 46
        position = _write_whole(out, position + 2, 0, -leading)
        return _write_whole(out, position, significand, n_digits)
    if 0 < leading <= 9 and exponent >= 0:
        position = _write_whole(out, position, significand, n_digits)
        return _write_whole(out, position, 0, exponent)
    point = leading if 0 < leading <= 9 else 1
    ten = np.int64(1)
    for _ in range(n_digits - point):
        ten *= 10
    position = _write_whole(out, position, significand // ten, point)
    if n_digits > point:
        out[position] = 46
        position = _write_whole(out, position + 1, significand % ten, n_digits - point)
    if 0 < leading <= 9:
        return position
    scale = leading - 1
    out[position], out[position + 1] = 101, 45 if scale < 0 else 43
    return _write_whole(out, position + 2, abs(scale), 2)


_FORMAT = types.int64(
    types.Array(types.float32, 2, "C", readonly=True),
    types.Array(types.uint8, 1, "C", readonly=True),
    types.Array(types.int64, 1, "C", readonly=True),
    types.int64,
    types.int64,
    types.uint8[::1],
)


@kernel(_FORMAT)
def format_rows(rows: Floats, words: Bytes, ends: Longs, first: int, separator: int, out: Bytes) -> int:
    """Lines `word v1 ... vn` for all of `rows` (finite float32), the first of which is word id `first`.

    Words are `words[ends[i - 1] : ends[i]]`; nothing separates an empty one from its numbers. `separator` is a byte.
    `out` has room for the bytes of the words, 1 byte for each and MAX_NUMBER_BYTES for each number. Gives the
    bytes written.
    """
    position = 0
    for i in range(rows.shape[0]):
        begin = ends[first + i - 1] if first + i > 0 else 0
        for j in range(begin, ends[first + i]):
            out[position] = words[j]
            position += 1
        for column in range(rows.shape[1]):
            if column > 0 or ends[first + i] > begin:
                out[position] = separator
                position += 1
            position = _write_number(out, position, rows[i, column])
        out[position] = LINE_FEED
        position += 1
    return position
