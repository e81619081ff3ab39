"""The ready questions of queries/reports: their parameters, and how one is run by name."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from catalog_db import assets, inventory, names, query, sizes, sqlfile
from catalog_db.errors import UsageError

PARAMETER = re.compile(r"(\w+) \((\w+), ([^)]+)\): (.+)")
NAMED = ("model", "accelerator", "kv_dtype")
WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True)
class Parameter:
    """A parameter as the report's header declares it; its default stands in the SQL itself."""

    name: str
    type: str
    default: str
    meaning: str


@dataclass(frozen=True)
class Report:
    """A question of queries/reports."""

    name: str
    question: str
    grain: str
    parameters: tuple[Parameter, ...]
    sql: str


def known() -> list[Report]:
    """Every report, by name."""
    return [_parsed(file) for file in sqlfile.read_folder(assets.folder("queries", "reports"))]


def named(name: str) -> Report:
    """The report of that name. Raises UsageError with the nearest names."""
    reports = {report.name: report for report in known()}
    key = name.strip().lower().replace("-", "_").removesuffix(".sql")
    if key in reports:
        return reports[key]
    near = difflib.get_close_matches(key, reports, n=3, cutoff=0.4)
    hint = f"nearest: {', '.join(near)}; " if near else ""
    raise UsageError(f"no report {name!r}; {hint}`mlsysdb query --list-reports` lists all")


def run(connection: duckdb.DuckDBPyConnection, report: Report, values: Mapping[str, str]) -> query.Answer:
    """The report's rows; values enter as bound parameters of SET VARIABLE. Raises UsageError for a bad one."""
    declared = {parameter.name: parameter for parameter in report.parameters}
    for name, text in values.items():
        if name not in declared:
            listed = ", ".join(declared) or "none"
            raise UsageError(f"--param {name}: report {report.name} has no such parameter; it has {listed}")
        connection.execute(f"set variable {name} = $1", [_value(connection, declared[name], text)])
    try:
        return query.sql(connection, report.sql)
    except UsageError as error:
        raise UsageError(f"report {report.name}: {inventory.short(str(error))}") from error


def pairs(texts: list[str]) -> dict[str, str]:
    """NAME=VALUE texts as a dictionary. Raises UsageError for one that is none."""
    bad = next((text for text in texts if not re.fullmatch(r"\w+=.*", text, re.DOTALL)), None)
    if bad is not None:
        raise UsageError(f"--param {bad}: say NAME=VALUE, such as gpu=H100")
    return dict(text.split("=", 1) for text in texts)


def _value(connection: duckdb.DuckDBPyConnection, parameter: Parameter, text: str) -> Any:
    what = f"--param {parameter.name}"
    if parameter.type in NAMED:
        return names.resolve(connection, parameter.type, text)[0]
    if parameter.type == "bigint":
        return sizes.count(text, what)
    if parameter.type == "boolean" and text.lower() in WORDS:
        return WORDS[text.lower()]
    if parameter.type == "double":
        return _number(text, what)
    if parameter.type == "file":
        return inventory.literal(Path(text).expanduser())
    if parameter.type == "boolean":
        raise UsageError(f"{what}: {text!r} is neither true nor false")
    return text


def _number(text: str, what: str) -> float:
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", text.strip()):
        raise UsageError(f"{what}: {text!r} is not a number such as 24 or 1.5")
    return float(text)


def _parsed(file: sqlfile.SqlFile) -> Report:
    paragraphs = [paragraph.strip() for paragraph in file.header.split("\n\n")]
    lines = paragraphs[2].splitlines() if len(paragraphs) > 2 else []
    found = (PARAMETER.fullmatch(line) for line in lines)
    parameters = tuple(Parameter(*match.groups()) for match in found if match)
    return Report(file.name, file.summary, " ".join(paragraphs[1].split()), parameters, file.definition)
