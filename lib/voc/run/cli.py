"""The command line: ``voc run params/sample.yml --period 2026-10``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from ..data.problems import InputError
from .yamls import load_value


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Voice of the customer: contacts → monthly report."""


def _pairs(_context: click.Context, _option: click.Option, values: tuple[str, ...]) -> dict[str, Any]:
    found = {}
    for value in values:
        name, equals, text = value.partition("=")
        if not equals:
            raise click.BadParameter(f"{value!r} is no name=value")
        try:
            found[name] = load_value(text)
        except ValueError as error:
            raise click.BadParameter(str(error)) from error
    return found


SETTINGS = click.option(
    "--set",
    "overrides",
    multiple=True,
    callback=_pairs,
    metavar="NAME=VALUE",
    help="Replace a setting (dots go deeper).",
)


@cli.command()
@click.argument("params", type=click.Path(path_type=Path))
@click.option("--period", help="2026-10, 2026-W44, 2026-Q3 or latest; the params file's by default.")
@click.option("--only", multiple=True, metavar="NOTEBOOK", help="Run only this notebook (may be given more than once).")
@click.option("--from", "start", metavar="NOTEBOOK", help="Run this notebook and those after it.")
@click.option("--resume", is_flag=True, help="Skip notebooks whose inputs are unchanged.")
@click.option("--continue-on-error", is_flag=True, help="Run the other notebooks before failing; nothing is published.")
@SETTINGS
def run(params: Path, overrides: dict[str, Any], **options: Any) -> None:
    """Run the report that PARAMS describes and publish it below reports/."""
    from .runner import run as run_report

    target = run_report(params.resolve(), **options, **overrides)
    if target:
        click.echo(target / "index.html")


@cli.command()
@click.argument("params", type=click.Path(path_type=Path))
@SETTINGS
def check(params: Path, overrides: dict[str, Any]) -> None:
    """Check PARAMS, everything it names and what its notebooks take, without running anything."""
    from .plan import plan
    from .settings import load_settings

    loaded = load_settings(params.resolve(), **overrides)
    steps = plan(loaded, loaded.settings.period)
    click.echo(f"{params}: good; {len(steps)} notebooks, {len(loaded.settings.sources)} sources")


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--seed", default=2026, show_default=True)
@click.option("--contacts", default=60_000, show_default=True)
def sample(folder: Path, seed: int, contacts: int) -> None:
    """Write the invented shop's exports (and the truth behind them) to FOLDER."""
    from ..data.sample import make_sample

    make_sample(folder, seed=seed, contacts=contacts)
    click.echo(folder)


@cli.command()
@click.argument("kind", type=click.Choice(["tables", "metrics"]))
def describe(kind: str) -> None:
    """Print the data dictionary or the metric definitions as Markdown."""
    from .describe import metrics_page, tables_page

    click.echo(tables_page() if kind == "tables" else metrics_page(), nl=False)


def main() -> None:
    """Run the command line; expected errors are told without a traceback, with exit status 1."""
    from .execute import RunError

    try:
        cli(standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except (InputError, RunError) as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(1)
