"""A text that Prometheus expands for some labels or values of an alert, and not for others, is no
text of a proven alert.
"""

from __future__ import annotations

import pytest
from pbmon.proof.cases.alert import Proof
from rule_tests import proofs
from small_projects import SAID, plan_of

HEAD = f"""\
from pbmon import *

kind = Label("kind", "Kind.", max_values=20, other="other")
shelf = Label("shelf", "Shelf.", values=("bottom shelf", "top"))
shop = Service("shop", jobs=[Job("shop", ["shop:80"])], module="shop.py")
boxes = Gauge("boxes", "Boxes.", labels=[kind, shelf])
SAID = dict({SAID})
"""


def proof(text: str, condition: str = "boxes > 5") -> Proof:
    said = f"summary={text!r}, **{{name: each for name, each in SAID.items() if name != 'summary'}}"
    plan = plan_of(f"one = Alert('One', {condition}, {said})", head=HEAD)
    [of_alert] = [proof for file in proofs(plan) for proof in file.alerts]
    return of_alert


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("It is {{ slice $labels.kind 0 3 }} of them.", "kind is 'a'"),
        ('It is {{ reReplaceAll $labels.kind "x" "abc" }} of them.', "kind is '('"),
        ('{{ if match $labels.kind "abc" }}x{{ end }} is too many.', "kind is '('"),
        ('{{ if eq $labels.kind "z" }}{{ printf "%d" $value }}{{ end }} is many.', "kind is 'z'"),
    ],
)
def test_a_text_that_fails_for_values_of_an_open_label_is_not_proven(text: str, where: str) -> None:
    assert proof(text).verdict == "not proven"
    assert where in proof(text).reason
    assert "closed set" in proof(text).help


@pytest.mark.parametrize(
    ("text", "condition", "where"),
    [
        ("It is {{ slice $labels.shelf 0 5 }} too many.", "boxes > 5", "shelf is 'top'"),
        (
            '{{ if eq $labels.shelf "top" }}{{ parseDuration $labels.shelf }}{{ end }} is many.',
            "boxes > 5",
            "shelf is 'top'",
        ),
        (
            '{{ if gt $value 90.0 }}{{ printf "%d" $value }}{{ end }} is too many.',
            "boxes > 5",
            "its value is",
        ),
    ],
)
def test_one_that_fails_for_what_surely_comes_is_a_wrong_text(
    text: str, condition: str, where: str
) -> None:
    assert proof(text, condition).verdict == "wrong text"
    assert where in proof(text, condition).reason


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ('It is {{ $labels.kind | reReplaceAll "(.*):.*" "$1" | toUpper }} of them.', "boxes > 5"),
        ("It is {{ slice $labels.shelf 0 3 }} too many.", "boxes > 5"),
        ("{{ if gt $value 90.0 }}Very{{ else }}{{ humanize $value }}{{ end }} many.", "boxes > 5"),
        ("It is late since {{ $value | humanizeTimestamp }}.", "(boxes > 5) < 1e9"),
        ("{{ slice $labels.kind 0 3 }} is too many.", "boxes.where(kind.is_('small')) > 5"),
    ],
)
def test_one_that_fits_all_is_proven(text: str, condition: str) -> None:
    assert proof(text, condition).verdict == "proven", proof(text, condition).reason
