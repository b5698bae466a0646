"""What Grafana's own code makes of fields is within what the check holds possible."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path
from typing import Any

from pbmon.checks.dashboards.grafana.fields import fields_of
from pbmon.checks.dashboards.grafana.named_fields import fields_named
from pbmon.checks.dashboards.grafana.transformations import fields_after

Json = dict[str, Any]
Pairs = list[list[str]]
SCRIPT = Path(__file__).parent / "grafana_transformations.cjs"
LABELS = ("env", "job", "pod")
NAMES = (
    *LABELS,
    *("Time", "Time 1", "Time 2", "Value", "Value 1", "Value #A", "Value #B", "Value (max)"),
    *("Job", "Field", "Max", "env 1", "env 2", "x"),
)
CASES = 600


def some(chance: random.Random, most: int = 3) -> list[str]:
    return chance.sample(NAMES, chance.randint(0, most))


def order(chance: random.Random) -> Json:
    return {
        "excludeByName": {name: chance.random() < 0.8 for name in some(chance)},
        "includeByName": {name: True for name in some(chance) if chance.random() < 0.3},
        "renameByName": {
            name: chance.choice(["Job", "x", "", "job", "Value"]) for name in some(chance)
        },
    }


def kept(chance: random.Random) -> Json:
    include: Json = {"names": some(chance, 5)} if chance.random() < 0.6 else {}
    pattern = {"pattern": "/e/"} if chance.random() < 0.2 else {}
    exclude = {"exclude": {"names": some(chance)}} if chance.random() < 0.4 else {}
    return ({"include": include | pattern} if include or pattern else {}) | exclude


def groups(chance: random.Random) -> Json:
    def rule() -> Json:
        if chance.random() < 0.5:
            return {"operation": "groupby", "aggregations": []}
        calculations = chance.sample(["max", "lastNotNull"], chance.randint(0, 2))
        return {"operation": "aggregate", "aggregations": calculations}

    return {"fields": {name: rule() for name in some(chance, 4)}}


def calculation(chance: random.Random) -> Json:
    return {
        "mode": chance.choice(["reduceRow", "binary", "unary", "index", "cumulativeFunctions"]),
        "alias": chance.choice(["x", "y", ""]),
        "replaceFields": chance.random() < 0.3,
        "reduce": {"reducer": "sum", "include": some(chance, 2)},
        "binary": {
            "left": chance.choice(NAMES),
            "operator": "+",
            "right": chance.choice([*NAMES, "2"]),
        },
        "unary": {"operator": "abs", "fieldName": chance.choice(NAMES)},
        "cumulative": {"reducer": "sum", "field": chance.choice(NAMES)},
    }


def step(chance: random.Random) -> Json:
    name = chance.choice(NAMES)
    equal = {"id": "equal", "options": {"value": 1}}
    all_options: dict[str, Json] = {
        "organize": order(chance),
        "filterFieldsByName": kept(chance),
        "groupBy": groups(chance),
        "calculateField": calculation(chance),
        "reduce": {
            "reducers": chance.choice([["max"], ["lastNotNull", "max"], []]),
            "mode": chance.choice(["seriesToRows", "reduceFields"]),
        },
        "sortBy": {"sort": [{"field": name}]},
        "merge": {},
        "joinByField": {"byField": name, "mode": chance.choice(["outer", "inner"])},
        "concatenate": {},
        "seriesToRows": {},
        "convertFieldType": {"conversions": [{"targetField": name, "destinationType": "string"}]},
        "filterByValue": {"filters": [{"fieldName": name, "config": equal}], "type": "include"},
        "filterByRefId": {"include": "A"},
        "limit": {},
    }
    id = chance.choice(list(all_options))
    return {"id": id, "options": all_options[id]}


def case(chance: random.Random) -> Json:
    letters = "ABC"[: chance.choice([1, 1, 2, 2, 3])]
    frames = [
        {
            "refId": letter,
            "fields": [
                "Time",
                *sorted(chance.sample(LABELS, chance.randint(0, 3))),
                "Value" if len(letters) == 1 else f"Value #{letter}",
            ],
        }
        for letter in letters
    ]
    return {"frames": frames, "steps": [step(chance) for _ in range(chance.randint(1, 5))]}


def test_grafana_shows_no_field_that_the_check_calls_absent(grafana_packages: Path) -> None:
    chance = random.Random(2)
    cases = [case(chance) for _ in range(CASES)]
    printed = subprocess.run(
        ["node", str(SCRIPT), str(grafana_packages)],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout
    answers: list[list[Pairs | str]] = json.loads(printed)
    assert len(answers) == len(cases)
    assert sum(steps_held(one, answer) for one, answer in zip(cases, answers, strict=True)) > CASES


def steps_held(one: Json, answer: list[Pairs | str]) -> int:
    """How many steps of the case could be compared; fails at the first that differs."""
    fields = fields_of(name for frame in one["frames"] for name in frame["fields"])
    for count, step in enumerate(one["steps"]):
        before, after = answer[count], answer[count + 1]
        assert not isinstance(before, str)
        for named in fields_named(step["id"], step["options"]):
            is_known = fields.shows if named.by == "shown" else fields.has
            there = {shown for _, shown in before}
            there |= {name for name, _ in before} if named.by == "either" else set()
            assert is_known(named.field) or named.field not in there, (one, count, named)
        known = fields_after(step["id"], step["options"], fields)
        if known is None or isinstance(after, str):
            return count
        absent = [pair for pair in after if not (known.has(pair[0]) and known.shows(pair[1]))]
        assert absent == [], (one, count, known)
        fields = known
    return len(one["steps"])
