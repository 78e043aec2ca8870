"""`freezecase export`: write the records of a store for other tools, and to be read as a store."""

from pathlib import Path
from time import perf_counter

import click

from freezecase.app.stores.opening import open_store
from freezecase.cli.common import DB, JSON, number, print_json, progress, say, say_read
from freezecase.present.export.arrow import FILE, export_parquet

__all__ = ["command"]


@click.command("export")
@DB
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    required=True,
    help="A new folder to write to.",
)
@click.option(
    "--file",
    type=click.IntRange(min=1),
    default=FILE,
    show_default=True,
    metavar="RECORDS",
    help="About how many records to write into one file.",
)
@JSON
def command(db: str, folder: Path, file: int, *, as_json: bool) -> int:
    """
    Write all records of the store to Parquet, and the list of its cases.

    Records are written byte for byte, as they are stored: what is sealed stays sealed. The folder
    is a store to read, wherever it was taken: with --db parquet:///FOLDER it is replayed, or judged
    again.
    """
    with open_store(db, create=False) as store:
        started = perf_counter()
        with progress("exporting") as bar:
            exported = export_parquet(store, folder, file=file, progress=bar)
        took = perf_counter() - started
        read = {"store": store.where, "range": number(exported.records, "record")}
    say_read("export", read)
    say(f"  took: {took:.2f} s, {exported.records / took:,.0f} records a second")
    if as_json:
        print_json("export", read, folder=str(folder), exported=exported)
    else:
        files, cases = number(exported.files, "file"), number(exported.cases, "case")
        records = number(exported.records, "record")
        print(f"{records} of {cases} in {files}, and the list of cases, in `{folder}`")
    return 0
