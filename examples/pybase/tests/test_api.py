"""What users may do, and what is counted meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

V1 = "/api/v1"


def signed_in(api: Any, email: str) -> tuple[dict[str, str], int]:
    """Headers of a new account, and the id of a table of its own."""
    account = {"email": email, "password": "long enough, this one"}
    headers = {
        "Authorization": f"Bearer {api.post(f'{V1}/auth/register', json=account).json()['token']}"
    }
    workspace = api.post(f"{V1}/workspaces", json={"name": "W"}, headers=headers).json()["id"]
    base = api.post(
        f"{V1}/workspaces/{workspace}/bases", json={"name": "B"}, headers=headers
    ).json()["id"]
    return (
        headers,
        api.post(f"{V1}/bases/{base}/tables", json={"name": "T"}, headers=headers).json()["id"],
    )


def test_a_record_is_kept_changed_and_indexed(api: Any, queued: list[tuple[str, Any]]) -> None:
    headers, table = signed_in(api, "one@pybase.example")
    record = api.post(
        f"{V1}/tables/{table}/records", json={"fields": {"name": "bolt"}}, headers=headers
    ).json()["id"]
    api.patch(f"{V1}/records/{record}", json={"fields": {"size": 8}}, headers=headers)
    listed = api.get(f"{V1}/tables/{table}/records", headers=headers).json()
    assert listed == [{"id": record, "fields": {"name": "bolt", "size": 8}}]
    assert queued == [("index_record", [record]), ("update_index", [record])]


def test_indexed_words_find_their_record_until_it_is_removed(api: Any) -> None:
    from pybase import search
    from pybase.database import session
    from pybase.models import Record

    headers, table = signed_in(api, "two@pybase.example")
    record = api.post(
        f"{V1}/tables/{table}/records", json={"fields": {"name": "Flange, steel"}}, headers=headers
    ).json()["id"]
    with session() as database:
        assert search.index(database, [database.get_one(Record, record)]) == 2
    assert [
        hit["id"]
        for hit in api.get(f"{V1}/search", params={"q": "steel flange"}, headers=headers).json()
    ] == [record]
    api.delete(f"{V1}/records/{record}", headers=headers)
    assert api.get(f"{V1}/search", params={"q": "steel"}, headers=headers).json() == []


def test_nobody_reads_what_is_another_users(api: Any) -> None:
    _, table = signed_in(api, "owner@pybase.example")
    headers, _ = signed_in(api, "guest@pybase.example")
    answers = [
        api.get(f"{V1}/tables/{table}/records", headers=headers),
        api.post(
            f"{V1}/tables/{table}/uploads", files={"file": ("a.pdf", b"%PDF-")}, headers=headers
        ),
        api.get(f"{V1}/tables/{table}/records"),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 401]


def test_an_upload_is_queued_under_its_kind(api: Any, queued: list[tuple[str, Any]]) -> None:
    headers, table = signed_in(api, "files@pybase.example")
    answer = api.post(
        f"{V1}/tables/{table}/uploads?kind=dxf",
        files={"file": ("a.dxf", b"0\nEOF")},
        headers=headers,
    )
    assert (answer.status_code, queued) == (202, [("extract_dxf", [answer.json()["id"]])])


def test_an_upload_beyond_the_limit_is_refused(api: Any) -> None:
    headers, table = signed_in(api, "large@pybase.example")
    answer = api.post(
        f"{V1}/tables/{table}/uploads",
        files={"file": ("a", b"x" * (1 << 20) + b"x")},
        headers=headers,
    )
    assert answer.status_code == 413


def test_a_websocket_hears_of_records_and_is_counted_while_it_is_open(api: Any) -> None:
    headers, table = signed_in(api, "live@pybase.example")
    with api.websocket_connect(f"{V1}/tables/{table}/live") as socket:
        socket.send_text(headers["Authorization"].removeprefix("Bearer "))
        assert socket.receive_json() == {"listening": table}
        record = api.post(
            f"{V1}/tables/{table}/records", json={"fields": {}}, headers=headers
        ).json()["id"]
        assert socket.receive_json() == {"record": record}
        assert sample(api, "websocket_connections_active") == 1


def test_requests_are_counted_by_route_template(api: Any) -> None:
    headers, table = signed_in(api, "counted@pybase.example")
    endpoint = f"{V1}/tables/{{table_id}}/records"
    series = f'http_requests_total{{endpoint="{endpoint}",method="GET",status="200"}}'
    before = sample(api, series)
    api.get(f"{V1}/tables/{table}/records", headers=headers)
    assert sample(api, series) == before + 1


def test_every_fault_has_a_switch(api: Any) -> None:  # noqa: ARG001
    from pybase import faults
    from pybase.api.v1.fault_switches import Switches

    assert set(Switches.model_fields) == {*faults.NAMES, "seconds"}


def test_the_fault_switches_answer_to_their_token_only(api: Any) -> None:
    assert api.put(f"{V1}/faults", json={}).status_code == 404
    assert (
        api.get(f"{V1}/faults", headers={"Authorization": "Bearer a-token-for-tests"}).json()[
            "db_delay"
        ]
        == 0
    )


def test_broken_requests_end_in_500_and_are_counted_while_the_fault_is_on(
    api: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pybase import faults

    monkeypatch.setattr(faults, "current", lambda: faults.Faults(api_error_ratio=1))
    assert api.get(f"{V1}/workspaces").status_code == 500
    assert api.get(f"{V1}/health").status_code == 200
    assert (
        sample(api, 'http_requests_total{endpoint="/api/v1/workspaces",method="GET",status="500"}')
        >= 1
    )


def sample(api: Any, series: str) -> float:
    """The value of a series on the metrics page, 0 where it has none yet."""
    lines = api.get(f"{V1}/metrics").text.splitlines()
    return next(
        (float(line.rpartition(" ")[2]) for line in lines if line.rpartition(" ")[0] == series), 0
    )
