"""How a folder of definitions is read: as Python reads it, folder by folder, each module to its
end.
"""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from definition_folders import folder_of, metrics, mistakes
from pbmon.catalog.catalog import load
from pbmon.cli import main
from pbmon.plan.plan import resolve
from pbmon.render.artifacts import render
from small_projects import SHOP, STORE

# As Python reads it


@pytest.mark.parametrize(
    "encoded",
    [
        codecs.BOM_UTF8 + (SHOP + 'x = Gauge("doors", "Türen.")\n').encode(),
        ("# coding: latin-1\n" + SHOP + 'x = Gauge("doors", "Türen.")\n').encode("latin-1"),
        (SHOP + 'x = Gauge("doors", "Türen.")\n').replace("\n", "\r\n").encode(),
    ],
    ids=["byte order mark", "coding line", "line ends of Windows"],
)
def test_a_module_is_decoded_as_python_decodes_it(encoded: bytes, tmp_path: Path) -> None:
    catalog = load(folder_of(tmp_path, shop=encoded))
    assert next(metric.help for metric in catalog.metrics if metric.name == "doors") == "Türen."


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"x = 'a\xff'\n", "Python cannot read this: "),
        (b"x = 1\0\n", "Python cannot read this: "),
        (b"# coding: klingon\n", "Python cannot read this: "),
        (b"return 1\n", "Python cannot read this: 'return' outside function"),
        (b"x = " + b"(" * 500 + b")" * 500, "Python cannot read this: too many nested parentheses"),
        (b"x = 1" + b" + 1" * 100_000, "Python cannot read this: something is nested too deeply"),
        (b"x = a" + b".b()" * 50_000, "Python cannot read this: something is nested too deeply"),
    ],
)
def test_what_python_cannot_read_is_one_mistake(text: bytes, problem: str, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, shop=SHOP, broken=text, user="from .broken import x, y\nz = x.y\n")
    (told,) = mistakes(folder)
    assert told.startswith("definitions/broken.py") and problem in told


def test_a_definition_knows_its_line_behind_a_byte_order_mark(tmp_path: Path) -> None:
    text = codecs.BOM_UTF8 + b'from pbmon import *\nx = Gauge("a-b", "A.")\n'
    (told,) = mistakes(folder_of(tmp_path, shop=text))
    assert told.startswith("definitions/shop.py:2: metric name 'a-b'")


# Folders


def test_a_folder_is_a_package_with_and_without_an_init_file(tmp_path: Path) -> None:
    files = {
        "shop": SHOP,
        "plain/a": "from ..shop import room\nfrom pbmon import Gauge\n"
        "a = Gauge('a', 'A.', labels=[room])\n",
        "plain/deep/b": "from ..a import a as same\nfrom pbmon import Gauge\n"
        "b = Gauge('b', 'B.')\n",
        "package/__init__": "from pbmon import Gauge\nc = Gauge('c', 'C.')\n",
        "package/d": "from . import c\nfrom pbmon import Record\nd = Record(':c:sum', c.sum())\n",
        "last": "from definitions.plain.deep.b import b as again\n"
        "from .package.d import d as more\n",
    }
    folder = folder_of(tmp_path, **files)
    catalog = load(folder)
    assert {"a", "b", "c", "lamps"} <= metrics(catalog)
    assert [str(record.source) for record in catalog.records] == ["definitions/package/d.py:3"]
    a = next(metric for metric in catalog.metrics if metric.name == "a")
    assert str(a.source) == "definitions/plain/a.py:3"


def test_overlays_hidden_folders_and_caches_hold_no_definitions(tmp_path: Path) -> None:
    broken = "raise SystemExit\n"
    folder = folder_of(
        tmp_path,
        **{"shop": SHOP, "environments/x": broken, ".git/x": broken, "sub/.venv/x": broken},
        **{"sub/.hidden": broken},
    )
    (folder / "__pycache__").mkdir(exist_ok=True)
    (folder / "__pycache__/y.py").write_text(broken)
    assert "lamps" in metrics(load(folder))


def test_a_folder_named_environments_deeper_down_is_a_package(tmp_path: Path) -> None:
    text = "from pbmon import Gauge\na = Gauge('a', 'A.')\n"
    assert "a" in metrics(load(folder_of(tmp_path, **{"shop": SHOP, "sub/environments/a": text})))


def test_a_module_beside_a_package_of_its_name_is_not_lost_without_a_word(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, **{"shop": SHOP, "rules": "x = 1\n", "rules/__init__": "y = 1\n"})
    (told,) = mistakes(folder)
    assert told.startswith("definitions/rules.py: the folder rules/ has the same name")


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("shop/hours", "the module shop.py lies beside the folder shop/"),
        ("shop/a/hours", "the module shop.py lies beside the folder shop/"),
        ("shop.hours", "'shop.hours' holds a dot"),
        ("a.b/hours", "'a.b' holds a dot"),
    ],
)
def test_a_file_that_no_import_leads_to_is_a_mistake(
    name: str, problem: str, tmp_path: Path
) -> None:
    (told,) = mistakes(folder_of(tmp_path, **{"shop": SHOP, name: "x = 1\n"}))
    assert told.startswith(f"definitions/{name}.py: {problem}") and "\n  help: " in told


def test_a_link_that_leads_nowhere_is_a_mistake(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, shop=SHOP)
    (folder / "hours.py").symlink_to("nowhere.py")
    (told,) = mistakes(folder)
    assert told.startswith("definitions/hours.py: this is no file that can be read")


def test_what_a_module_prints_is_not_in_the_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load(folder_of(tmp_path, shop=SHOP + "print('hello')\n"))
    assert capsys.readouterr() == ("", "hello\n")


def test_definitions_in_the_init_file_of_the_folder_itself_are_read(tmp_path: Path) -> None:
    text = "from pbmon import Gauge\na = Gauge('a', 'A.')\n"
    assert "a" in metrics(load(folder_of(tmp_path, shop=SHOP, __init__=text)))


def test_a_link_that_leads_back_up_is_followed_once(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, shop=SHOP)
    (folder / "again").symlink_to(folder)
    assert "lamps" in metrics(load(folder))


def test_messages_name_files_as_they_are_found_from_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ops").mkdir()
    (tmp_path / "beside").mkdir()
    folder = folder_of(tmp_path / "ops", shop=SHOP + 'x = Gauge("a-b", "A.")\n')
    for here, given, shown in (
        ("", "ops/definitions", "ops/definitions/shop.py:9"),
        ("", str(folder), "ops/definitions/shop.py:9"),
        ("ops", "definitions", "definitions/shop.py:9"),
        ("beside", "../ops/definitions", "../ops/definitions/shop.py:9"),
        ("beside", str(folder), "definitions/shop.py:9"),
    ):
        monkeypatch.chdir(tmp_path / here)
        (told,) = mistakes(Path(given))
        assert told.startswith(shown + ": "), (here, given)


def test_annotations_and_overlays_name_paths_that_exist(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ops").mkdir()
    folder = folder_of(tmp_path / "ops", shop=SHOP + 'x = Gauge("a-b", "A.")\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        "sys.argv", ["pbmon", "validate", "--definitions", "ops/definitions", "--format", "github"]
    )
    with pytest.raises(SystemExit):
        main()
    assert "file=ops/definitions/shop.py,line=9," in capsys.readouterr().out
    (folder / "shop.py").write_text(SHOP)
    (folder / "environments").mkdir()
    (folder / "environments/development.yaml").write_text("alerts: {None: {for: 5m}}\n")
    (told,) = mistakes(Path("ops/definitions"))
    assert told.startswith("ops/definitions/environments/development.yaml:1")


def test_generated_files_are_the_same_wherever_pbmon_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ops").mkdir()
    test = (
        'a = Alert("A", lamps > 1, **SAID)\n'
        't = RuleTest(a, given={\'lamps{job="shop",room="hall"}\': "2x20"}, fires_at="5m")\n'
    )
    folder_of(tmp_path / "ops", shop=SHOP + test, store=STORE)
    trees = []
    for here, given in (("", "ops/definitions"), ("ops", "definitions"), ("ops/definitions", ".")):
        monkeypatch.chdir(tmp_path / here)
        trees.append(render(resolve(load(Path(given)))))
    assert trees[0] == trees[1] == trees[2]
    assert not any("ops/" in artifact.text for artifact in trees[0])
