"""Small files of each format, the same for the same number."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable


def dxf(number: int) -> bytes:
    """A drawing with a few lines and circles."""
    pairs: list[tuple[int, object]] = [
        (0, "SECTION"),
        (2, "HEADER"),
        (0, "ENDSEC"),
        (0, "SECTION"),
        (2, "ENTITIES"),
    ]
    for index in range(number % 7 + 3):
        pairs += [
            (0, "LINE"),
            (8, f"part-{index % 3}"),
            (10, index),
            (20, number % 50),
            (11, index + 5),
            (21, index * 2),
        ]
        pairs += [(0, "CIRCLE"), (8, "holes"), (10, index * 1.5), (20, index), (40, 2.5)]
    pairs += [(0, "ENDSEC"), (0, "EOF")]
    return "".join(f"{code:>3}\n{value}\n" for code, value in pairs).encode()


def pdf(number: int) -> bytes:
    """A page of text, one of its streams packed."""
    lines = [
        f"Drawing {number}",
        f"D{number % 40 + 2}.5 M{number % 12 + 3}x1.25",
        "General tolerances ISO 2768-mK",
    ]
    text = "BT /F1 12 Tf " + " ".join(f"({line}) Tj 0 -14 Td" for line in lines) + " ET"
    packed = zlib.compress(text.encode("latin-1"))
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <<"
            b" /Font << /F1 5 0 R >> >> >>"
        ),
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(packed), packed),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for index, body in enumerate(bodies, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (index, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<< /Size %d /Root 1 0 R >>\n" % (
        len(bodies) + 1,
        table,
        len(bodies) + 1,
    )
    return bytes(out) + b"startxref\n%d\n%%%%EOF\n" % out.index(b"xref\n")


def ifc(number: int) -> bytes:
    """A building of some storeys."""
    storeys = number % 4 + 1
    lines = [
        "IFCPROJECT('p',$,'House',$,$,$,$,$,$)",
        "IFCBUILDING('b',$,'House',$,$,$,$,$,$,$,$,$)",
    ]
    for index in range(storeys):
        lines += [
            f"IFCBUILDINGSTOREY('s{index}',$,'Storey {index}',$,$,$,$,$,.ELEMENT.,{index * 3}.)"
        ]
        lines += [f"IFCWALL('w{index}',#1,'Wall; {index}',$,$,#2,$,$)"] * 4
    return _part21("IFC4", lines)


def step(number: int) -> bytes:
    """An assembly of some products."""
    lines = ["APPLICATION_CONTEXT('mechanical design')", "PRODUCT_CONTEXT('',#1,'mechanical')"]
    lines += [
        f"PRODUCT('P{number}-{index}','Bolt {index}','',(#2))" for index in range(number % 5 + 1)
    ]
    lines += [f"CARTESIAN_POINT('',({index}.,0.,{number % 9}.))" for index in range(20)]
    return _part21("AUTOMOTIVE_DESIGN", lines)


def broken(number: int) -> bytes:
    """A file cut off in the middle."""
    whole = SAMPLES[KINDS[number % len(KINDS)]](number)
    return whole[: len(whole) // 2]


def _part21(schema: str, instances: Iterable[str]) -> bytes:
    data = "\n".join(f"#{number}={instance};" for number, instance in enumerate(instances, 1))
    header = f"HEADER;\nFILE_DESCRIPTION((''),'2;1');\nFILE_SCHEMA(('{schema}'));\nENDSEC;"
    return f"ISO-10303-21;\n{header}\nDATA;\n{data}\nENDSEC;\nEND-ISO-10303-21;\n".encode()


SAMPLES: dict[str, Callable[[int], bytes]] = {
    "pdf": pdf,
    "dxf": dxf,
    "ifc": ifc,
    "step": step,
    "werk24": pdf,
}
"""Sample by the `kind` of an upload."""
KINDS = tuple(SAMPLES)
