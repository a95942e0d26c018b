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
@click.option("--quiet", is_flag=True, help="Print nothing unless an alert is new or something fails.")
@SETTINGS
def watch(params: Path, quiet: bool, overrides: dict[str, Any]) -> None:
    """Look for alerts in the newest contacts of PARAMS, build no report, and send what is new.

    Ends with 0 where no alert goes on, 10 where one does, 1 after an error.
    """
    from .watch import watch as look

    seen = look(params.resolve(), **overrides)
    for line in seen.lines(quiet):
        click.echo(line)
    for line in seen.failures:
        click.echo(f"error: not sent: {line}", err=True)
    sys.exit(seen.status)


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


@cli.group()
def taxonomy() -> None:
    """Check the categories that people wrote down, or have a draft made from what customers write."""


@taxonomy.command("check")
@click.argument("file", type=click.Path(path_type=Path))
def taxonomy_check(file: Path) -> None:
    """Check a taxonomy FILE: everything that is wrong is told at once, then what asks for care."""
    from ..text.taxonomy.check import checked

    known, care = checked(file)
    subs = list(known.subs())
    languages = sorted({language for _, sub in subs for language in sub.keywords})
    counts = [f"{sum(len(sub.keywords.get(code, ())) for _, sub in subs):,} {code}" for code in languages]
    for problem in care:
        click.echo(f"mind: {problem}")
    click.echo(f"{file}: good; {len(known.roots)} roots, {len(subs)} subcategories, keywords: {', '.join(counts)}")


@taxonomy.command("draft")
@click.argument("params", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Where to write it; printed where it is not given.")
@click.option("--period", help="As for run; the topics are those of all contacts up to its end.")
@SETTINGS
def taxonomy_draft(params: Path, out: Path | None, period: str | None, overrides: dict[str, Any]) -> None:
    """Draft a taxonomy from the topics of PARAMS' contacts; an existing file is never overwritten."""
    from ..data.problems import Problem
    from ..text.taxonomy.draft import draft
    from ..text.topics.fit import fit
    from .month import open_month

    if out is not None and out.exists():
        raise InputError(str(out), [Problem("--out", "the file is there already", "Name another, or move it away.")])
    month = open_month(params.resolve(), period, **overrides)
    try:
        said, chosen = month.texts.corpus, month.settings.text
        topics = fit(said, chosen.topics, month.settings.seed, chosen.encoder)
        speaking = said.segments[~said.segments["empty"]]
        assigned = topics.assign(said.vectors)[0][speaking["vector"].to_numpy()]
        text = draft(topics, speaking["text"].tolist(), assigned)
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        raise InputError(str(params), [Problem("texts", str(error), "Give more contacts with text.")]) from error
    finally:
        month.close()
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")
        click.echo(out)


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
