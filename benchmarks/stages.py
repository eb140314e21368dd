"""Where the time goes: ``python benchmarks/stages.py PAGES.jsonl``, winnow classify with a stopwatch at each stage.

The stages are those that ``classifier.classify`` calls, found by their names there, so what is timed is the road
itself. Prints {"stage": seconds}, the start of the process first, what no stopwatch saw last.
"""

from __future__ import annotations

import time

_BEGUN = time.perf_counter()  # before anything is imported

import json  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
from collections.abc import Callable  # noqa: E402
from typing import Any  # noqa: E402

STAGES = {  # what it is called here: where it is, and its name there
    "records read": ("classifier.shards.desk", "", "records"),
    "laid out": ("classifier.sheets", "", "lay_out"),
    "tokens": ("classifier.sheets", "", "tokenize"),
    "segments": ("classifier.sheets", "", "segment"),
    "manner": ("classifier.sheets", "", "manner"),
    "first verdict": ("classifier.model", "FirstVerdict", "logits"),
    "context": ("classifier.classify", "", "contexts"),
    "second verdict": ("classifier.model", "SecondVerdict", "logits"),
    "decoded": ("classifier.classify", "", "decode"),
    "results": ("classifier.classify", "Classifier", "_results"),
    "JSON": ("classifier.result", "DocumentResult", "to_json"),
    "written": ("classifier.io.sink", "Sink", "_flush"),
}


class Stopwatches:
    """Seconds spent in each stage; only one of them runs at a time."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(STAGES, 0.0)

    def hang(self) -> None:
        """Put one at every stage; AttributeError where a stage is no longer there."""
        from importlib import import_module

        for name, (module, holder, attribute) in STAGES.items():
            place = getattr(import_module(module), holder) if holder else import_module(module)
            setattr(place, attribute, self._timed(name, getattr(place, attribute)))

    def _timed(self, name: str, stage: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **options: Any) -> Any:
            begun = time.perf_counter()
            result = stage(*args, **options)
            if hasattr(result, "send"):  # a generator works while it is read
                result = list(result)
            self.seconds[name] += time.perf_counter() - begun
            return result

        return timed


def split(path: str, output: str = os.devnull) -> dict[str, float]:
    """Classify a file and return the seconds of each stage, with the start first and the rest last."""
    from classifier.classify import Classifier
    from classifier.cli import cli
    from classifier.commands.classify import classify  # noqa: F401

    watches = Stopwatches()
    watches.hang()
    Classifier.load().classify("It rained on Monday.")
    watches.seconds = dict.fromkeys(STAGES, 0.0)
    started = time.perf_counter()
    cli(["classify", path, "--input-format", "jsonl", "--output", output], standalone_mode=False)
    seen = sum(watches.seconds.values())
    rest = time.perf_counter() - started - seen
    return {"started": started - _BEGUN, **watches.seconds, "the rest": rest}


def main() -> None:
    """Time one file."""
    print(json.dumps(split(sys.argv[1])))


if __name__ == "__main__":
    main()
