"""A report for programs: JSON, and JUnit XML that CI systems show as tests."""

from __future__ import annotations

import json
import re
from itertools import groupby
from xml.etree import ElementTree

from pbmon.finding import Finding
from pbmon.live.verification import Report

_NOT_XML = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even escaped, or should not (https://www.w3.org/TR/xml/#charsets).
"""


def as_json(report: Report) -> str:
    """Findings, notes, what was skipped, coverage figures by name, and what every query of the
    dashboards cost.

    All but ASCII is escaped, so that no text of a server moves a terminal's cursor, and no encoding
    of a pipe breaks it.
    """
    coverage = report.coverage
    return json.dumps(
        {
            "findings": [
                {
                    "check": finding.check,
                    "file": finding.source.path,
                    "line": finding.source.line,
                    "problem": finding.problem,
                    "help": finding.help,
                }
                for finding in report.findings
            ],
            "notes": report.notes,
            "skipped": report.skipped,
            "coverage": {
                **{what: {"seen": seen, "total": total} for what, seen, total in coverage.figures},
                "panels rightly empty": coverage.rightly_empty,
                "samples read": coverage.samples,
                "seconds": round(coverage.seconds, 3),
            },
            "queries": [
                {
                    "dashboard": cost.dashboard,
                    "panel": cost.panel or None,
                    "query": cost.query,
                    "expression": cost.expression,
                    "answer": cost.answer,
                    "rows": cost.rows,
                    "samples": cost.samples,
                    "seconds": round(cost.seconds, 3),
                }
                for cost in report.costs
            ],
        },
        indent=2,
    )


def as_junit(report: Report) -> str:
    """One test case a check; a check with findings has one failed case for each.

    https://github.com/testmoapp/junitxml describes what CI systems agree on. All but ASCII is
    escaped, as in JSON.
    """
    by_check = {
        check: list(group)
        for check, group in groupby(
            sorted(report.findings, key=lambda f: f.check), key=lambda f: f.check
        )
    }
    checks = [*report.checks, *(check for check in by_check if check not in report.checks)]
    cases = [(check, finding) for check in checks for finding in by_check.get(check, [None])]
    suite = ElementTree.Element(
        "testsuite",
        name="pbmon verify",
        tests=str(len(cases) + len(report.skipped)),
        failures=str(len(report.findings)),
        skipped=str(len(report.skipped)),
    )
    for check, finding in cases:
        name = f"{check}: {finding.problem}" if finding else check
        case = ElementTree.SubElement(
            suite, "testcase", classname=f"pbmon.{check}", name=_text(name)
        )
        if finding:
            _fail(case, finding)
    for reason in report.skipped:
        case = ElementTree.SubElement(suite, "testcase", classname="pbmon", name=_text(reason))
        ElementTree.SubElement(case, "skipped", message=_text(reason))
    ElementTree.SubElement(suite, "system-out").text = _text(
        "\n".join([*report.notes, str(report.coverage)])
    )
    ElementTree.indent(suite)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suite).decode("ascii")


def _fail(case: ElementTree.Element, finding: Finding) -> None:
    case.set("file", _text(finding.source.path))
    case.set("line", str(finding.source.line))
    ElementTree.SubElement(case, "failure", message=_text(finding.problem)).text = _text(
        str(finding)
    )


def _text(text: str) -> str:
    return _NOT_XML.sub("�", text)
