"""One run lists every mistake of every module once, says what to do, and comes to an end."""

from __future__ import annotations

from pathlib import Path

import pytest
from definition_folders import folder_of, metrics, mistakes
from pbmon.catalog import recovery
from pbmon.catalog.catalog import load
from small_projects import SHOP


def test_one_run_lists_every_mistake_of_a_module_once(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path,
        shop=SHOP
        + """\
bad = Gauge("a-b", "A.", labels=[room])
worse = Counter("visits", "V.")
used = bad.where(room.is_("hall")).sum(by=[room]) / lamps.sum(by=[room])
alert = Alert("A", used > 1, **SAID)
wrong = Alert("B", lamps > 1, for_="soon", **SAID)
rate = worse.rate("5m") + visits.rate("5m").sum(by=[floor])
rated = lamps.rate("5m")
records = [Record(":x:sum", lamps.sum() + missing), Record("y", lamps.sum())]
board = Dashboard(
    "D",
    uid="d",
    file="d",
    rows=[
        Row(
            "R",
            Panel("One", bad),
            Panel("Two", lamps.sum(by=[job, status])),
            Panel("Three", visits),
            Panel("Four", lamps, alerts=[alert, wrong]),
            Panel("Five", lamps, colour="red"),
        )
    ],
)
""",
        user="from .shop import *\nfrom .shop import bad, nothing\n"
        "x = Record(':b:sum', bad.sum())\ny = Gauge('b-c', 'B.')\n",
    )
    places = [told.split(": ")[0] for told in mistakes(folder)]
    assert places == [
        *(f"definitions/shop.py:{line}" for line in (9, 10, 13, 14, 15, 16, 16, 25, 26, 28)),
        "definitions/user.py:2",
        "definitions/user.py:4",
    ]


@pytest.mark.parametrize(
    "use",
    [
        "x = bad",
        "x, y = bad",
        "x, *y = bad, 1",
        "x = [each for each in bad]",
        "x = [Record(f':{name}:sum', lamps.sum()) for name in bad]",
        "x = {bad.name: bad for _ in (1, 2)}",
        "x = Record(f'{bad}:x', lamps)",
        "x = Alert('A', lamps > 1, **bad)",
        "x = Alert('A', bad > 1, **SAID)",
        "x = Alert('A', lamps.unless(bad) > 1, **SAID)",
        "x = [1, 2][bad]",
        "x = {}[bad]",
        "x = len(bad)",
        "x = range(bad)",
        "x = max(bad, lamps)",
        "x = bad if bad else lamps",
        "if bad:\n    x = 1\nelse:\n    y = 2",
        "while bad:\n    break",
        "for x in bad:\n    y = Gauge(x, 'X.')",
        "with bad as x:\n    y = x.z",
        "def f():\n    return Gauge(bad, 'X.')\nx = f()",
        "class X(bad):\n    y = 1\nz = X()",
        "assert bad",
        "from .third import x\ny = x.sum()",
        "import definitions.third\nx = definitions.third.x.sum()",
        "x = print(sum([bad, 1]))",
        "x = '%s' % bad",
        "x = bad + 1 > -bad",
        "x = lamps + bad",
        "x = lamps.sum(by=[bad])",
        "x = Gauge('g', 'G.', labels=[room, bad])",
        "match bad:\n    case 1:\n        x = 1",
        "x = (lambda: bad.y)()",
        "x = Service('s', jobs=[Job('j', [bad])])",
        "x = Dashboard('D', uid='d', file='d', rows=[Row('R', Panel('P', bad))])",
        "raise ValueError(bad)",
        "x = 0\nx += bad",
        "x = isinstance(bad, Gauge) or int(bad)",
    ],
)
def test_what_fails_only_because_of_an_earlier_mistake_is_not_told(
    use: str, tmp_path: Path
) -> None:
    third = (
        "from .shop import bad\nfrom pbmon import Label\nx = bad.where(Label('l', 'L.').is_(1))\n"
    )
    text = f'{SHOP}bad = Gauge("a-b", "A.")\n{use}\nlast = Gauge("c-d", "C.")\n'
    told = mistakes(folder_of(tmp_path, third=third, shop=text))
    rest = [each for each in told if "third.py" not in each]
    last = text.count("\n")
    assert [each.split(": ")[0] for each in rest] == [
        "definitions/shop.py:9",
        f"definitions/shop.py:{last}",
    ], rest


def test_a_module_that_always_fails_anew_comes_to_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "_SECONDS", 0.5)
    text = "\n".join(f'x{n} = Gauge("a-{n}", "A.")' for n in range(1000))
    told = mistakes(
        folder_of(tmp_path, shop=SHOP + text, user="from .shop import x999\nx999.y()\n")
    )
    assert len(told) > 3 and not any("user.py" in each for each in told)
    assert told[0].startswith("definitions/shop.py: there may be more mistakes in this module")


def test_a_name_that_is_missing_is_told_where_it_is_used_first(tmp_path: Path) -> None:
    text = "x = [missing, missing]\ndef f():\n    return missing\ny = f()\nz = missing.sum()\n"
    local = "def g():\n    print(here)\n    here = 1\ng()\ng()\n"
    told = mistakes(folder_of(tmp_path, shop=SHOP + text + local))
    assert [each.split(": ")[0] for each in told] == [
        "definitions/shop.py:9",
        "definitions/shop.py:15",
    ]


def test_mistakes_that_only_the_whole_shows_are_listed_with_those_of_a_module(
    tmp_path: Path,
) -> None:
    text = SHOP + 'x = Gauge("a-b", "A.")\ny = Gauge("lamps", "Again.")\n'
    told = mistakes(folder_of(tmp_path, shop=text))
    assert [each.split(": ")[0] for each in told] == [
        "definitions/shop.py:9",
        "definitions/shop.py:10",
    ]


# Help for errors of Python's own


@pytest.mark.parametrize(
    ("line", "problem", "help"),
    [
        ("x = Gauge('g')", "Gauge is missing its argument 'help'", "Gauge takes name, help, "),
        ("x = lamps & lamps", "unsupported operand type(s) for &", "a.and_(b)"),
        ("x = lamps | lamps", "unsupported operand type(s) for |", "a.or_(b)"),
        ("x = lamps and lamps", "an expression has no truth value", ".and_()"),
        ("x = 0 < lamps < 5", "an expression has no truth value", "(x > 0).and_(x < 5)"),
        ("x = visits > 5", "'>' not supported", "a counter only grows"),
        ("x = visits + visits", "unsupported operand type(s) for +", "a counter only grows"),
        ("x = lamps.rates('5m')", "a Gauge has no .rates", "it has absent, "),
        ("x = lamps.delte('5m')", "a Gauge has no .delte", "did you mean .delta()?"),
        ("x = Guage('g', 'G.')", "name 'Guage' is not defined", "did you mean: 'Gauge'?"),
        ("x = lamp", "name 'lamp' is not defined", "did you mean: 'lamps'?"),
        ("from pbmon import Gouge", "pbmon has no 'Gouge'", "near it: Gauge"),
        (
            "from .project import projekt",
            "definitions.project has no 'projekt'",
            "near it: project",
        ),
        (
            "from definitions import project\nx = project.pagers",
            "definitions.project has no 'pagers'",
            "near it: pager",
        ),
        ("import project", "No module named 'project'", "from definitions import project"),
        ("from project import x", "No module named 'project'", "from definitions import project"),
        ("from .shop import lamp", "this module imports itself", "leave the import out"),
        ("import nowhere", "No module named 'nowhere'", ""),
        ("from .nowhere import x", "No module named 'definitions.nowhere'", ""),
    ],
)
def test_an_error_of_pythons_says_what_to_do(
    line: str, problem: str, help: str, tmp_path: Path
) -> None:
    (told,) = mistakes(folder_of(tmp_path, shop=f"{SHOP}{line}\n"))
    assert (
        told.startswith(f"definitions/shop.py:{9 + line.count(chr(10))}: ")
        and problem in told
        and help in told
    ), told


def test_a_name_of_pbmons_that_is_not_imported_is_offered(tmp_path: Path) -> None:
    (told,) = mistakes(
        folder_of(tmp_path, shop="from pbmon import Counter\nx = Gauge('a', 'A.')\n")
    )
    assert told.endswith("help: from pbmon import Gauge")


def test_modules_that_import_each_other_are_told_how_to_part(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path, a="from .b import y\nx = y\n", b="from .a import x\ny = x\n", shop=SHOP
    )
    (told,) = mistakes(folder)
    assert told.startswith("definitions/b.py:1: definitions.a and this module import each other")
    assert "help: move what both need into a third module" in told


def test_whatever_a_module_raises_is_a_mistake_of_it(tmp_path: Path) -> None:
    raised = "BaseException('x')", "SystemExit(0)", "GeneratorExit", "exit"
    modules = {f"m{n}": f"raise {what}\n" for n, what in enumerate(raised)}
    told = mistakes(folder_of(tmp_path, shop=SHOP, **modules))
    assert [text.partition(": ")[0] for text in told] == [
        f"definitions/m{n}.py:1" for n in range(4)
    ]


# Depth


@pytest.mark.parametrize(
    "body",
    [
        "x = lamps\nfor _ in range(400):\n    x = x.clamp(0, 1)\na = Alert('A', x > 1, **SAID)",
        "x = lamps\nfor _ in range(9000):\n    x = x + 1\na = Record('instance_job_room:a:b', x)",
        "x = either(*[lamps] * 2000)\np = Panel('P', x)",
    ],
)
def test_an_expression_that_is_nested_too_deeply_is_a_mistake(body: str, tmp_path: Path) -> None:
    (told,) = mistakes(folder_of(tmp_path, shop=f"{SHOP}{body}\n"))
    assert "nests more than 100 operations" in told and "record a part" in told


@pytest.mark.parametrize(
    "body",
    [
        "x = []\nx.append(x)\nx.append(Gauge('a', 'A.'))",
        "x = {}\nx['x'] = [x, Gauge('a', 'A.')]",
        "x = [Gauge('a', 'A.')]\nfor _ in range(5000):\n    x = [x]",
    ],
)
def test_a_list_may_hold_itself_and_be_nested(body: str, tmp_path: Path) -> None:
    assert "a" in metrics(load(folder_of(tmp_path, shop=f"{SHOP}{body}\n")))


def test_a_function_that_calls_itself_without_end_is_a_mistake(tmp_path: Path) -> None:
    (told,) = mistakes(folder_of(tmp_path, shop=f"{SHOP}def f():\n    return f()\nx = f()\n"))
    assert told.startswith("definitions/shop.py:10: this calls itself without end")
