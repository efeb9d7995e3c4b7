"""The theorems checked, experiments run, figures drawn."""

import csv
import os
from pathlib import Path
from typing import Any

from ._command import options, run as run_command
from ._folder import working_folder

Table = Any
"""A frame of pandas, or of polars if only that is there; else a list of dicts."""


def table(path: Path) -> Table:
    """A CSV file as a frame, or as a list of dicts of texts."""
    try:
        import pandas

        return pandas.read_csv(path)
    except ImportError:
        pass
    try:
        import polars

        return polars.read_csv(path)
    except ImportError:
        pass
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def check(
    *,
    full: bool = False,
    seed: int = 1,
    out: "str | os.PathLike[str] | None" = None,
    progress: bool | None = None,
) -> Table:
    """Checks every theorem, exactly and by simulation.

    Parameters
    ----------
    full : bool
        Half an hour of instances instead of a minute's.
    seed : int
        Another seed makes other instances.
    out : path-like, optional
        A folder for the tables.
    progress : bool, optional
        As for `certify`.

    Returns
    -------
    frame or list of dict
        A row a theorem: instances, violations, the slack of the closest, a verdict.

    Raises
    ------
    DoesNotHold
        If one does not hold; the message names it.
    """
    with working_folder(out) as folder:
        words = ["check", *options(full=full, seed=seed, out="results")]
        run_command(words, folder, progress=progress, json_out=True)
        return table(folder / "results" / "check.csv")


def run(
    experiment: "str | os.PathLike[str]",
    *,
    settings: dict[str, Any] | None = None,
    out: "str | os.PathLike[str] | None" = None,
    progress: bool | None = None,
) -> Table:
    """Runs an experiment: draws that can be stopped and gone on with.

    Parameters
    ----------
    experiment : path-like
        An experiment in TOML (experiments/README.md).
    settings : dict, optional
        Other values for keys of it, such as ``{"draws": 2}``.
    out : path-like, optional
        A folder for the draws; the same call again goes on from those that are there.
    progress : bool, optional
        As for `certify`.

    Returns
    -------
    frame or list of dict
        A row a draw.

    Raises
    ------
    UsageError
        If the experiment cannot be read.
    """
    source = Path(experiment).resolve()
    with working_folder(out) as folder:
        words = ["run", str(source), "--out", "results"]
        for key, value in (settings or {}).items():
            words += ["--set", f"{key}={_toml(value)}"]
        run_command(words, folder, progress=progress, json_out=True)
        return table(folder / "results" / f"{source.stem}.csv")


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    return str(value)


def figures(
    results: "str | os.PathLike[str]",
    *names: str,
    out: "str | os.PathLike[str] | None" = None,
    progress: bool | None = None,
) -> list[Path]:
    """Draws pictures of a folder of results, as SVG and PNG.

    Parameters
    ----------
    results : path-like
        A folder of CSV files, as `run` writes them.
    *names : str
        Which figures; all whose files are there without one.
    out : path-like, optional
        A folder for the pictures; ``figures`` in the folder of results without it.
    progress : bool, optional
        As for `certify`.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    UsageError
        If nothing can be drawn.
    """
    experiments = Path(results).resolve()
    pictures = None if out is None else Path(out).resolve()
    words = ["figures", *names, *options(experiments=experiments, out=pictures)]
    with working_folder() as folder:
        found = run_command(words, folder, progress=progress, json_out=True)
    return [Path(path) for path in found["written"]]
