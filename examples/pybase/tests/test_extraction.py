"""The readers find in a file what was put there, and say what a broken one lacks."""

from __future__ import annotations

import pytest

from load.samples import KINDS, SAMPLES, broken
from pybase.extraction import READERS, ExtractionError, kind_of, read_any


@pytest.mark.parametrize("kind", ["pdf", "dxf", "ifc", "step"])
def test_each_format_is_recognised_by_its_content(kind: str) -> None:
    assert all(kind_of(SAMPLES[kind](number)) == f"extract_{kind}" for number in range(20))


def test_a_dxf_drawing_gives_entities_layers_and_box() -> None:
    found = READERS["extract_dxf"](SAMPLES["dxf"](1))
    assert found == {
        "entities": {"CIRCLE": 4, "LINE": 4},
        "layers": ["holes", "part-0", "part-1", "part-2"],
        "box": [0, 0, 8, 6],
    }


def test_a_pdf_file_gives_its_text_from_packed_streams() -> None:
    found = READERS["extract_pdf"](SAMPLES["pdf"](5))
    assert found == {
        "pages": 1,
        "lines": ["Drawing 5", "D7.5 M8x1.25", "General tolerances ISO 2768-mK"],
    }


def test_a_drawing_gives_its_callouts() -> None:
    found = READERS["extract_werk24"](SAMPLES["werk24"](5))
    assert found == {"diameters": ["7.5"], "threads": ["M8x1.25"], "tolerances": ["ISO 2768-mK"]}


def test_a_building_gives_elements_and_storeys_also_with_a_semicolon_in_a_name() -> None:
    found = READERS["extract_ifc"](SAMPLES["ifc"](1))
    assert (found["schema"], found["elements"]["IFCWALL"], found["storeys"]) == (
        "IFC4",
        8,
        ["Storey 0", "Storey 1"],
    )


def test_an_assembly_gives_its_products() -> None:
    found = READERS["extract_step"](SAMPLES["step"](7))
    assert found["products"] == ["P7-0", "P7-1", "P7-2"]


@pytest.mark.parametrize("number", range(2 * len(KINDS)))
def test_half_a_file_is_refused(number: int) -> None:
    with pytest.raises(ExtractionError):
        read_any(broken(number))


def test_a_reference_to_nothing_is_refused() -> None:
    with pytest.raises(ExtractionError, match="#3 refers to #99"):
        READERS["extract_step"](SAMPLES["step"](0).replace(b"(#2)", b"(#99)"))


def test_a_stream_that_unpacks_without_end_is_cut_off() -> None:
    import zlib

    bomb = zlib.compress(b"(x) Tj " * 10_000_000)
    file = (
        b"%PDF-1.4\n<< /Length 1 /Filter /FlateDecode >>\nstream\n" + bomb + b"\nendstream\n%%EOF"
    )
    assert len(READERS["extract_pdf"](file)["lines"]) < 2_000_000
