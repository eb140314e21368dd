from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.rows import QUANTA, chosen, laid, numbers, shares


@given(st.lists(st.integers(0, 1 << 62)))
def test_numbers_are_written_as_python_writes_them(values: list[int]) -> None:
    rows = laid([numbers(np.array(values, np.int64)), b"\n"], len(values))
    assert rows.decode().split() == [str(value) for value in values]


@pytest.mark.parametrize("largest", [9, 10, 255, 256, 99_999, 100_000, (1 << 32) - 1, 1 << 32])
def test_numbers_of_every_width(largest: int) -> None:
    assert laid([numbers(np.array([0, largest, 1])), b" "], 3) == f"0 {largest} 1 ".encode()


def test_shares_are_written_as_python_writes_them() -> None:
    quanta = np.arange(QUANTA + 1)
    rows = laid([shares(quanta), b" "], len(quanta)).decode().split()
    assert rows == [repr(round(i / QUANTA, 4)) for i in range(QUANTA + 1)]


@given(st.lists(st.tuples(st.sampled_from(["", "a", "longer", "\\u0000"]), st.integers(0, 300))))
def test_rows_are_their_cells_in_order(rows: list[tuple[str, int]]) -> None:
    texts = ["", "a", "longer", "\\u0000"]
    which = np.array([texts.index(text) for text, _ in rows], np.int64)
    found = laid([b"<", chosen(texts, which), b":", numbers(np.array([n for _, n in rows], np.int64)), b">"], len(rows))
    assert found.decode() == "".join(f"<{text}:{n}>" for text, n in rows)
