"""The command ``winnow``: a list of commands, and the one place that turns errors into a line and a status.

Importing this loads click and nothing else that takes time; each command is imported when it is called.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
import warnings
from contextlib import suppress
from importlib import import_module
from typing import Any, NoReturn

import click

from . import __version__
from .errors import ClassifierError, ModelError

# name: (module, attribute, what the list of commands says)
COMMANDS = {
    "classify": ("classifier.commands.classify", "classify", "Label every sentence."),
    "filter": ("classifier.commands.filter", "filter_command", "Keep only some labels of each document."),
    "split": ("classifier.commands.split", "split", "Take each document apart, by label."),
    "view": ("classifier.commands.view", "view", "Show documents with the label of every sentence."),
    "diff": ("classifier.commands.diff", "diff", "Show what changes under another model."),
    "serve": ("classifier.commands.serve", "serve", "Serve a page to paste text into, and answers over HTTP."),
    "info": ("classifier.commands.info", "info", "Show what a model is."),
    "train": ("training.cli", "train", "Make a model from labelled documents."),
    "corpus": ("training.labelling.cli", "corpus", "Look after labelled documents."),
    "evaluate": ("training.cli_evaluate", "evaluate", "Score a model on labelled documents."),
}
WRONG_INPUT, WRONG_USE, INTERRUPTED, TERMINATED = 1, 2, 130, 143


class Terminated(BaseException):
    """SIGTERM came: what Ctrl-C is to a person, this is to a machine."""


class LazyGroup(click.Group):
    """A group that imports a command when it is called, and ends in one line whatever goes wrong on purpose."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of ``COMMANDS``."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command called ``cmd_name``; None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, _, summary) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what it raises on purpose becomes a message and an exit status."""
        try:
            return super().invoke(ctx)
        except ModelError as error:
            _end(f"error: {error}", WRONG_USE)
        except ClassifierError as error:
            _end(f"error: {error}", WRONG_INPUT)
        except KeyboardInterrupt:
            _end_plainly("interrupted", INTERRUPTED)
        except Terminated:
            _end_plainly("terminated", TERMINATED)
        except MemoryError:
            _end("error: out of memory", WRONG_INPUT)
        except OSError as error:
            if error.errno != errno.EPIPE:
                _end(f"error: {error}", WRONG_INPUT)
            _close_stdout()
            ctx.exit(0)


def _end(message: str, status: int) -> NoReturn:
    from .commands.report import say

    say(message)
    raise click.exceptions.Exit(status)


def _end_plainly(message: str, status: int) -> NoReturn:
    """End without importing anything: an import may be what was interrupted."""
    click.echo(f"winnow: {message}", err=True)
    raise click.exceptions.Exit(status)


def _terminate(number: int, frame: object) -> NoReturn:
    raise Terminated


def _close_stdout() -> None:
    """Whoever read standard output has gone; let what is left in its buffer go where it hurts nobody."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="\b\nExamples:\n  winnow classify page.txt\n  winnow filter page.txt --keep reporting\n\n"
    "winnow COMMAND -h says more. Exit status: 0 done; 1 some input or output was unusable, each is named; 2 wrong "
    'options or model. Completion in bash: eval "$(_WINNOW_COMPLETE=bash_source winnow)" (zsh_source, fish_source).',
)
@click.version_option(__version__, prog_name="winnow")
def cli() -> None:
    """Tell reporting from opinion, reader comments and boilerplate in the text of pages, sentence by sentence."""


def main() -> None:
    """Run ``winnow``."""
    os.environ.setdefault("PYTHONSAFEPATH", "1")  # whatever process is started imports nothing from where it starts
    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _terminate)
    warnings.filterwarnings(
        "ignore", module=r"joblib\b"
    )  # it tells of the work it dropped when a pipe closes, or Ctrl-C
    cli(prog_name="winnow")
