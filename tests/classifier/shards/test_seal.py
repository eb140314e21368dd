from __future__ import annotations

import os
import shutil
from pathlib import Path

from classifier.shards.seal import Look, Seal, content, digest_of, holds, look


def sealed(path: Path, settled: bool = True) -> Seal:
    pieces = ((0, path.stat().st_size, digest_of(str(path))),)
    return Seal(look(str(path))._replace(settled=settled), pieces)


def written(path: Path, text: str = "one two three") -> Path:
    path.write_text(text)
    return path


def test_a_file_left_alone_is_known_without_being_read(tmp_path: Path) -> None:
    path = written(tmp_path / "a")
    seal = sealed(path)._replace(pieces=((0, 13, "no digest of anything"),))
    assert holds(seal, str(path)) and Seal.from_json(seal.to_json()) == seal
    assert not holds(seal._replace(look=seal.look._replace(settled=False)), str(path))


def test_a_file_that_was_only_touched_or_copied_is_known_by_its_content(tmp_path: Path) -> None:
    path = written(tmp_path / "a")
    seal = sealed(path)
    os.utime(path, (1, 1))
    fresh = holds(seal, str(path))
    assert fresh and fresh.changed == 10**9
    shutil.copy(path, tmp_path / "b")
    assert holds(seal, str(tmp_path / "b"))


def test_another_text_of_the_same_size_and_time_is_another_file(tmp_path: Path) -> None:
    path = written(tmp_path / "a")
    seal, times = sealed(path), path.stat()
    path.write_text("two one three")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert not holds(seal, str(path))
    written(path, "one two three!")
    assert not holds(seal, str(path))
    path.unlink()
    assert not holds(seal, str(path))


def test_young_files_and_times_in_the_future_prove_nothing(tmp_path: Path) -> None:
    path = written(tmp_path / "a")
    assert not look(str(path)).settled
    os.utime(path, (4 * 10**9, 4 * 10**9))
    assert not look(str(path)).settled
    old = Look(1, 1, 1, 1, True)
    assert old.same(old) and not old._replace(settled=False).same(old)


def test_only_the_sealed_stretches_count(tmp_path: Path) -> None:
    path = written(tmp_path / "a")
    start = ((0, 7, content_digest(tmp_path, "one two")),)
    assert content(str(path), start)
    written(path, "one two more")
    assert content(str(path), start) and not content(str(path), ((4, 7, start[0][2]),))
    assert not content(str(tmp_path / "none"), start)
    assert not holds(Seal(look(str(path))._replace(settled=False), ()), str(path))


def content_digest(root: Path, text: str) -> str:
    return digest_of(str(written(root / "other", text)))
