"""The functions that Prometheus adds to Go's.

https://prometheus.io/docs/prometheus/latest/configuration/template_reference/#functions
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import quote_plus

from pbmon.patterns import compiled
from pbmon.proof.texts.values import (
    AnyMap,
    FailedTemplate,
    QueryResult,
    Sample,
    UnknownTemplate,
    Value,
    bounded,
)

_DURATION = re.compile(
    r"(?:([0-9]+)y)?(?:([0-9]+)w)?(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?"
    r"(?:([0-9]+)ms)?"
)
_MILLISECONDS = (31_536_000_000, 604_800_000, 86_400_000, 3_600_000, 60_000, 1000, 1)
_PLAIN_WORDS = re.compile(r"(?:[A-Za-z][A-Za-z0-9]*|[ /-])*")
_REFERENCE = re.compile(r"\$(?:\$|(\w+)|\{(\w+)\})?", re.ASCII)


def first(result: QueryResult) -> Sample:
    """first: a query's first series."""
    if not result:
        raise FailedTemplate("first() of a query without a result")
    return result.in_order()[0]


def label(name: str, sample: Sample) -> str:
    """label: of a series."""
    return sample.labels.get(name, "")


def strvalue(sample: Sample) -> str:
    """strvalue."""
    return sample.labels.get("__value__", "")


def sort_by_label(name: str, result: QueryResult) -> QueryResult:
    """sortByLabel; stable, and in place as in Prometheus."""
    result.sort(key=lambda sample: sample.labels.get(name, "").encode())
    values = {sample.labels.get(name, "") for sample in result}
    result.ordered = result.ordered or len(values) == len(result)
    return result


def args(*values: Value) -> AnyMap:
    """args: arg0, arg1 …"""
    return AnyMap({f"arg{number}": value for number, value in enumerate(values)})


def title(text: str) -> str:
    """title. Prometheus 2 and 3 have other ideas of a word, and agree on plain words."""
    if not _PLAIN_WORDS.fullmatch(text):
        raise UnknownTemplate(
            f"title of {text[:80]!r} depends on Prometheus's version: only plain English words in"
            " it are the same"
        )
    return re.sub("[A-Za-z][A-Za-z0-9]*", lambda word: word[0][0].upper() + word[0][1:], text)


def upper(text: str) -> str:
    """toUpper."""
    return "".join(letter.upper() if len(letter.upper()) == 1 else letter for letter in text)


def lower(text: str) -> str:
    """toLower."""
    return "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)


def match(pattern: str, text: str) -> bool:
    """match: whether the pattern is found in the text."""
    return bool(_pattern(pattern).search(text))


def replace_all(pattern: str, replacement: str, text: str) -> str:
    """reReplaceAll: each match replaced; `$1` and `${name}` stand for groups."""
    made: list[str] = []
    copied = place = 0
    regex = _pattern(pattern)
    while place <= len(text) and (found := regex.search(text, place)) is not None:
        begin, end = found.span()
        made.append(text[copied:begin])
        # an empty match right behind another one counts as a part of it
        if end > copied or begin == 0:
            made.append(_expanded(replacement, found))
        copied, place = end, max(end, place + 1)
    made.append(text[copied:])
    return bounded("".join(made))


def _pattern(pattern: str) -> re.Pattern[str]:
    try:
        found: re.Pattern[str] = compiled(pattern, whole=False)
    except ValueError as error:
        raise FailedTemplate(f"the pattern {pattern[:80]!r} is none: {error}") from None
    return found


def _expanded(replacement: str, found: re.Match[str]) -> str:
    names = found.re.groupindex

    def group(reference: re.Match[str]) -> str:
        if reference[0] == "$$":
            return "$"
        name = reference[1] or reference[2]
        if name is None:
            raise UnknownTemplate("a replacement with a $ that names no group")
        if name.isdecimal():
            number = int(name) if len(name) < 5 else 1000
            return (found.group(number) or "") if number <= found.re.groups else ""
        return (found.group(name) or "") if name in names else ""

    return _REFERENCE.sub(group, replacement)


def graph_link(expression: str) -> str:
    """graphLink."""
    return f"/graph?g0.expr={quote_plus(expression)}&g0.tab=0"


def table_link(expression: str) -> str:
    """tableLink."""
    return f"/graph?g0.expr={quote_plus(expression)}&g0.tab=1"


def strip_port(address: str) -> str:
    """stripPort."""
    parts = _host_and_port(address)
    return parts[0] if parts else address


def strip_domain(address: str) -> str:
    """stripDomain: the first part of a host's name; addresses stay."""
    host, port = _host_and_port(address) or (address, "")
    try:
        ip_address(host)
        return address
    except ValueError:
        pass
    host = host.split(".")[0]
    if not port:
        return host
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _host_and_port(address: str) -> tuple[str, str] | None:
    """As Go's net.SplitHostPort; None where it is no address with a port."""
    before, colon, port = address.rpartition(":")
    if not colon:
        return None
    if address.startswith("["):
        host, closed, rest = address[1:].partition("]")
        if not closed or rest != f":{port}" or "[" in host:
            return None
    else:
        host = before
        if ":" in host or "[" in host or "]" in host:
            return None
    return None if "[" in port or "]" in port else (host, port)


def parse_duration(text: str) -> float:
    """parseDuration: seconds."""
    found = _DURATION.fullmatch(text)
    if text == "0":
        return 0.0
    if not text or found is None or len(text) > 60:
        raise FailedTemplate(f"{text[:80]!r} is no duration")
    total = sum(
        int(number or 0) * factor
        for number, factor in zip(found.groups(), _MILLISECONDS, strict=True)
    )
    if total * 1_000_000 >= 2**63:
        raise FailedTemplate(f"{text!r} is too long a duration")
    return total * 1_000_000 / 1e9
