"""Theorems checked, experiments run, figures drawn."""

from pathlib import Path

import nonvacuous
import pytest
from conftest import ROOT


def rows(table: object) -> list[dict[str, object]]:
    if isinstance(table, list):
        return table
    return table.to_dict("records")  # type: ignore[attr-defined, no-any-return]


def test_an_experiment_is_run_and_drawn(tmp_path: Path) -> None:
    experiment = ROOT / "experiments" / "codebook.toml"
    table = nonvacuous.run(experiment, settings={"draws": 20}, out=tmp_path)
    assert len(rows(table)) >= 20
    again = nonvacuous.run(experiment, settings={"draws": 20}, out=tmp_path)
    assert rows(again) == rows(table)
    written = nonvacuous.figures(tmp_path / "results", out=tmp_path / "pictures")
    assert written and all(path.stat().st_size > 1000 for path in written)


def test_a_key_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(nonvacuous.UsageError, match="drawz"):
        nonvacuous.run(ROOT / "experiments" / "codebook.toml", settings={"drawz": 2})


def test_a_missing_experiment_is_an_error() -> None:
    with pytest.raises(nonvacuous.UsageError, match="missing.toml"):
        nonvacuous.run("missing.toml")
