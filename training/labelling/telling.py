"""What a person is told on stderr while labelled documents are looked after."""

from __future__ import annotations

from typing import Any

import click

from classifier.errors import InputError
from classifier.io import Caution, visible

HELP = {"help_option_names": ["-h", "--help"]}


def examples(*lines: str) -> dict[str, Any]:
    """Return what a command shows at the end of its help."""
    return {"epilog": "\b\nExamples:\n" + "\n".join("  " + line for line in lines), "context_settings": HELP}


class Told:
    """Says on stderr what is wrong as it is found, and counts what was unusable."""

    def __init__(self) -> None:
        self.problems = 0

    def __call__(self, problem: InputError | Caution) -> None:
        """Tell of one problem."""
        failed = isinstance(problem, InputError)
        self.problems += failed
        say(f"{'error' if failed else 'warning'}: {problem.where}: {problem.reason}")

    def end(self) -> None:
        """Leave with status 1 where anything was unusable."""
        if self.problems:
            raise click.exceptions.Exit(1)


def say(message: str) -> None:
    """Say one line."""
    click.echo("winnow: " + visible(message), err=True)


def documents(n: int) -> str:
    """Return a count of documents in words."""
    return f"{n} document" + "s" * (n != 1)
