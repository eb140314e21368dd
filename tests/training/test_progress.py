from __future__ import annotations

from itertools import count

from training.progress import clocked, within


def test_each_line_says_how_long_it_took_and_how_long_is_left() -> None:
    lines: list[str] = []
    ticks = count(0, 30)
    say = clocked(lines.append, lambda: float(next(ticks)))
    say("begin", 0.0)
    within(say, 0.5, 1.0)("half of the second half", 0.5)
    say("nearly", 0.1)
    say("done", 1.0)
    assert lines == [
        "    30 s  begin",
        "    60 s  half of the second half  (about 20 s left)",
        "    90 s  nearly  (about 14 min left)",
        "   120 s  done",
    ]
