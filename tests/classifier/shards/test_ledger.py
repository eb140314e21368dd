from __future__ import annotations

from pathlib import Path

import pytest

from classifier.shards import ledger as module
from classifier.shards.ledger import Ledger


def opened(root: Path) -> Ledger:
    (root / ".winnow").mkdir(exist_ok=True)
    return Ledger(str(root))


def test_the_last_entry_of_a_name_counts_and_outlives_its_writer(tmp_path: Path) -> None:
    first = opened(tmp_path)
    first.put("a", {"n": 1})
    first.put("b", {"n": 2})
    first.put("a", {"n": 3})
    first.drop("b")
    first.put("c#0", {"key": "k", "range": [0, 1]})
    for seen in (first, opened(tmp_path)):  # not closed: killed
        assert (seen.get("a"), seen.get("b"), seen.get("none")) == ({"n": 3}, None, None)
        assert list(seen.parts()) == [("k", 0)]


@pytest.mark.parametrize("torn", [b'["a",{"n"', b'["a",{"n":9}]', b"\x00" * 40])
def test_a_line_that_was_not_finished_is_cut_off(torn: bytes, tmp_path: Path) -> None:
    first = opened(tmp_path)
    first.put("a", {"n": 1})
    first.close()
    path = tmp_path / ".winnow" / "ledger"
    whole = path.read_bytes()
    path.write_bytes(whole + torn)
    assert Ledger(str(tmp_path), read_only=True).get("a") == {"n": 1} and path.read_bytes() == whole + torn
    second = opened(tmp_path)
    assert second.get("a") == {"n": 1} and path.read_bytes() == whole
    second.put("b", {"n": 2})
    second.close()
    assert opened(tmp_path).get("b") == {"n": 2}


def test_lines_that_are_no_entries_tell_of_nothing(tmp_path: Path) -> None:
    opened(tmp_path)
    (tmp_path / ".winnow" / "ledger").write_bytes(b'nonsense\n[1,2]\n["x"]\n["y",7]\n["a",{"n":1}]\n\xff\n')
    seen = opened(tmp_path)
    assert seen.get("a") == {"n": 1} and not any(seen.get(name) for name in ("x", "y"))


def test_a_ledger_of_mostly_old_news_is_written_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_STALE", 3)
    first = opened(tmp_path)
    for n in range(9):
        first.put("a", {"n": n})
    first.put("b", {"n": 0})
    first.close()
    assert opened(tmp_path).get("a") == {"n": 8}
    assert len((tmp_path / ".winnow" / "ledger").read_bytes().splitlines()) == 2


def test_what_cannot_be_written_leaves_no_half_a_line(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    import signal

    first = opened(tmp_path)
    first.put("a", {"n": 1})
    path = tmp_path / ".winnow" / "ledger"
    whole, before = path.read_bytes(), resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(whole) + 20, before[1]))
    try:
        with pytest.raises(OSError):
            first.put("b", {"text": "x" * 100})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert path.read_bytes() == whole and first.get("b") is None
    first.put("c", {"n": 3})
    assert opened(tmp_path).get("c") == {"n": 3}
