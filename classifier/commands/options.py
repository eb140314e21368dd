"""Options that several commands share, each written once. Importing this loads nothing but click."""

from __future__ import annotations

import codecs
import functools
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import click

Command = Callable[..., Any]
# What the first line of an output in JSONL has, and the head of one in TSV.
_MARKS = (b'"segments": [', b'"winnow": {', b'"parts": {', b"id\tstart\tend\tlabel\tscore")


@dataclass(frozen=True)
class Inputs:
    """What is read, and how."""

    paths: tuple[str, ...]
    input_format: str | None
    text_field: str
    id_field: str
    encoding: str | None

    def refuse_text_field(self, added: str) -> None:
        """Raise a usage error where the field that is added to each record is the one that holds its text."""
        if self.text_field == added:
            raise click.UsageError(f'the field "{added}" cannot hold the text: it is the one that is added.')

    def has_folder(self) -> bool:
        """Tell whether a path is a folder."""
        from ..io import is_folder

        return any(is_folder(path) for path in self.paths if path != "-")

    def refuse_outputs(self, *outputs: str | None) -> None:
        """Raise a usage error where an output is an input, or two outputs are one."""
        from ..io import is_remote

        names = [_real(name) for name in outputs if name not in (None, "-")]
        if len(set(names)) < len(names):
            raise click.UsageError("two outputs have the same name.")
        for path in self.paths:
            there = is_remote(path) or Path(path).is_file() or Path(path).is_dir()
            if path != "-" and there and _real(path) in names:
                raise click.UsageError(f"{path} is input and output at once; nothing was read or written.")
            for name in names:
                if path != "-" and Path(path).is_dir() and _lies_in(name, path) and not _written_by_us(name):
                    raise click.UsageError(
                        f"{name} is there already, among the inputs in {path}, and may be one of them; nothing was "
                        "read or written. Name another output, or move the file away."
                    )


def _lies_in(name: str, folder: str) -> bool:
    from ..io import known_suffix

    return bool(known_suffix(name)) and Path(name).is_file() and Path(os.path.realpath(folder)) in Path(name).parents


def _written_by_us(name: str) -> bool:
    """Tell whether a file is an output of an earlier run, which may be written again: its first line says so."""
    from ..io import first_line

    line = first_line(name)
    return not line or any(mark in line for mark in _MARKS)


def _real(path: str) -> str:
    from ..io import is_remote

    return path if is_remote(path) else os.path.realpath(path)


@dataclass(frozen=True)
class Job:
    """Who judges, with how many workers, and where the answers go."""

    model: str | None
    jobs: int
    output: str | None
    progress: str | None = None
    engine: str = "local"
    ray_address: str = "local"
    overwrite: bool = False
    retry_failed: bool = False
    dry_run: bool = False
    part: int = 32 << 20

    def refuse_folder_options(self) -> None:
        """Raise a usage error where something is asked for that only an output folder has."""
        asked = {"engine": self.engine != "local", "overwrite": self.overwrite}
        asked |= {"retry-failed": self.retry_failed, "dry-run": self.dry_run}
        for name in (name for name, given in asked.items() if given):
            raise click.UsageError(f"--{name} needs a folder as --output.")


def input_options(command: Command) -> Command:
    """Add what says what is read; the command receives it as ``inputs``."""

    @functools.wraps(command)
    def with_inputs(
        paths: tuple[str, ...],
        input_format: str | None,
        text_field: str,
        id_field: str,
        encoding: str | None,
        **others: Any,
    ) -> Any:
        return command(inputs=Inputs(_paths(paths), input_format, text_field, id_field, encoding), **others)

    return _add(with_inputs, _INPUT)


def job_options(command: Command) -> Command:
    """Add model, workers and output; the command receives them as ``job``."""

    @functools.wraps(command)
    def with_job(**given: Any) -> Any:
        job = Job(**{field.name: given.pop(field.name) for field in fields(Job)})
        return command(job=job, **given)

    return _add(with_job, [_OUTPUT, model_option, jobs_option, *_FOLDER])


def examples(*lines: str) -> str:
    """Return the end of a help page."""
    return "\b\nExamples:\n" + "\n".join("  " + line for line in lines)


def _add(command: Command, options: Sequence[Any]) -> Command:
    for option in reversed(options):
        command = option(command)
    return command


def _paths(paths: tuple[str, ...]) -> tuple[str, ...]:
    if not paths and sys.stdin is not None and sys.stdin.isatty():
        raise click.UsageError("no PATH given, and standard input is a terminal; - reads from it.")
    if paths.count("-") > 1:
        raise click.UsageError("- (standard input) can be read once only.")
    return paths or ("-",)


def _output(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value == "":
        raise click.BadParameter("is empty.")
    return None if value == "-" else value


def _encoding(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None:
        try:
            codecs.getincrementaldecoder(value)
            b"a".decode(value)
        except UnicodeError:
            pass
        except (LookupError, ValueError):
            raise click.BadParameter(f"{value!r} is not an encoding of text that Python knows.") from None
    return value


_INPUT: list[Any] = [
    click.argument("paths", nargs=-1, metavar="[PATH...|-]"),
    click.option(
        "--input-format",
        type=click.Choice(["text", "jsonl", "csv", "tsv", "parquet", "arrow", "html", "warc"]),
        help="What the inputs are. Refused are documents and lines of more than 256 MiB, and compressed files that "
        "unfold to more than 200 times their size and 256 MiB. [default: by suffix, else text]",
    ),
    click.option("--text-field", metavar="NAME", default="text", show_default=True, help="Field with a record's text."),
    click.option("--id-field", metavar="NAME", default="id", show_default=True, help="Field with a record's id."),
    click.option(
        "--encoding",
        metavar="NAME",
        callback=_encoding,
        help="Of the inputs, unless they have a byte order mark. [default: UTF-8]",
    ),
]
model_option = click.option(
    "--model",
    metavar="NAME_OR_PATH",
    help="The model that judges: default, accurate (slower; needs newswinnow[encoder]) or a folder. [default: default]",
)
jobs_option = click.option(
    "--jobs", metavar="N", type=click.IntRange(min=1), default=1, show_default=True, help="Workers."
)
_OUTPUT = click.option(
    "--output",
    "-o",
    metavar="PATH",
    callback=_output,
    help="One file where its suffix says so (.jsonl, .csv, .tsv, these also .gz and .zst, .parquet, .arrow, .feather, "
    ".html, .txt); else, where an input is a folder, one with an output for each input. [default: standard output]",
)
_FOLDER: list[Any] = [
    click.option("--overwrite", is_flag=True, help="Do again what is done already in an output folder."),
    click.option("--retry-failed", is_flag=True, help="Do again inputs that were damaged or killed their workers."),
    click.option("--dry-run", is_flag=True, help="Say what would be done in the output folder, and do nothing."),
    click.option(
        "--engine",
        type=click.Choice(["local", "ray", "dask"]),
        default="local",
        show_default=True,
        help="Where the parts of an output folder are done.",
    ),
    click.option(
        "--ray-address",
        metavar="WHERE",
        default="local",
        show_default=True,
        help="auto, local (a cluster of --jobs workers on this machine) or host:port.",
    ),
    click.option("--part", metavar="BYTES", type=click.IntRange(min=1), default=32 << 20, hidden=True),
    click.option(
        "--progress", type=click.Choice(["bar", "json", "none"]), help="On stderr. [default: a bar, on a terminal]"
    ),
]
