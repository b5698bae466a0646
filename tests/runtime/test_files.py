"""The runtime's reader and writer of processes' files, in place."""

from __future__ import annotations

from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st
from pbmon.plan.modules import AppModule
from pbmon.render.runtime import METRICS, copies
from pbmon.runtime.files import ReservedFile
from pbmon.runtime.processes import write_values
from pbmon.runtime.reading import TORN, check_values, read_values
from prometheus_client.mmap_dict import MmapedDict, mmap_key

ROOT = Path(__file__).parent.parent.parent
VALUES = st.dictionaries(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=50),
    st.floats(allow_nan=False),
    max_size=40,
)


def written(path: Path, kind: type, values: dict[str, float]) -> bytes:
    """The file that a process with these values leaves behind."""
    path.unlink(missing_ok=True)
    file = kind(str(path))
    for key, value in values.items():
        file.write_value(key, value, 7.0)
    file.close()
    return path.read_bytes()


def read(path: Path) -> dict[str, float]:
    return {key: value for key, value, _, _ in read_values(str(path))}


@settings(deadline=None)
@given(VALUES)
def test_what_a_process_wrote_is_read_back_and_written_as_prometheus_client_does(
    tmp_path_factory: object, values: dict[str, float]
) -> None:
    path = Path(tmp_path_factory.mktemp("files")) / "counter_1.db"  # type: ignore[attr-defined]
    assert written(path, ReservedFile, values) == written(path, MmapedDict, values)
    assert read(path) == values
    write_values(path, {key: (value, 7.0) for key, value in values.items()})
    assert read(path) == values
    assert {key: value for key, value, _, _ in MmapedDict.read_all_values_from_file(str(path))} == (  # type: ignore[no-untyped-call]
        values
    )


@settings(deadline=None, max_examples=300)
@example(8, b"\x9c\xff\xff\xff")  # a key of negative length sends prometheus_client's reader round
@given(st.integers(0, 400), st.binary(min_size=1, max_size=30))
def test_no_damage_keeps_the_reader_or_a_new_process_from_coming_to_an_end(
    tmp_path_factory: object, place: int, damage: bytes
) -> None:
    path = Path(tmp_path_factory.mktemp("files")) / "counter_1.db"  # type: ignore[attr-defined]
    keys = {mmap_key("a", "a", ["b"], [str(number)], "Help."): 1.0 for number in range(5)}
    whole = written(path, MmapedDict, keys)
    path.write_bytes(whole[:place] + damage + whole[place + len(damage) :])
    try:
        check_values(str(path))
        torn = False
    except TORN:
        torn = True
    ReservedFile(str(path)).write_value("[]", 1.0, 0.0)
    assert path.with_name("counter_1.db.bad").exists() is torn
    assert read(path)["[]"] == 1.0


def test_an_app_gets_the_modules_as_they_are() -> None:
    for artifact in copies(AppModule("src/shop/metrics/__init__.py", "Shop.", ()), METRICS):
        name = artifact.path.removeprefix("src/shop/metrics/_runtime/")
        assert artifact.text == (ROOT / "generator/pbmon/runtime" / name).read_text("utf-8")
        assert artifact.copied
