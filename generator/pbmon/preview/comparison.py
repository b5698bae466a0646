"""What differs between two plans, as somebody sees it who looks at their dashboards and alerts."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from pbmon.preview.situations import ALL_IS_WELL, Situations
from pbmon.preview.view import View

Json = dict[str, Any]
Status = Literal["changed", "added", "removed"]

_MOST_TOLD = 8
"""Differences of a panel that are listed; where there are more, the pictures say it better."""
_SHORT = 300
"""Characters of a value that are shown."""
_MARKUP = re.compile(r"[\\`*_{}\[\]<>#|!@&]")
_OF_ALERTS = {
    "condition": "condition",
    "for": "for",
    "severity": "severity",
    "receivers": "who is told",
    "summary": "summary",
    "runbook": "runbook",
}


@dataclass
class Compared:
    """A subject of the page, beside what it was before."""

    after: Situations
    before: Situations

    @property
    def title(self) -> str:
        """Of the page."""
        return self.after.title

    @property
    def names(self) -> list[str]:
        """Alerts that can be shown firing."""
        return self.after.names

    @cached_property
    def changes(self) -> Json:
        """What differs."""
        return compare(self.before, self.after)

    @property
    def changed_alerts(self) -> list[str]:
        """Alerts that are others than before, and can be shown firing."""
        changed = (alert["name"] for alert in self.changes["alerts"])
        return [name for name in changed if name in self.names]

    def contents(self, names: Sequence[str] | None = None) -> Json:
        """Of what is there now, and what differs."""
        return self.after.contents(names) | {"changes": self.changes}

    def shown(self, view: View) -> Json:
        """A dashboard as it is now."""
        return self.after.shown(view)

    def budgets(self, scenario: str) -> Json:
        """As they are now."""
        return self.after.budgets(scenario)


def compare(before: Situations, after: Situations) -> Json:
    """Dashboards with their panels, and alerts, that are others than before; both sorted."""
    old, new = before.contents(), after.contents()
    alerts: defaultdict[str, dict[int, Sequence[str]]] = defaultdict(dict)
    for panel in new["panels"]:
        alerts[panel["uid"]][panel["id"]] = panel["alerts"]
    return {
        "dashboards": [
            *_dashboards(
                {each["uid"]: each for each in old["dashboards"]},
                {each["uid"]: each for each in new["dashboards"]},
                before.scenario(ALL_IS_WELL)["dashboards"],
                after.scenario(ALL_IS_WELL)["dashboards"],
                alerts,
            )
        ],
        "alerts": [
            *_alerts(
                {each["name"]: each for each in old["alerts"]},
                {each["name"]: each for each in new["alerts"]},
            )
        ],
    }


def _dashboards(
    old: Mapping[str, Json],
    new: Mapping[str, Json],
    was: Json,
    shown: Json,
    alerts: Mapping[str, Mapping[int, Sequence[str]]],
) -> Iterator[Json]:
    for uid in sorted(old.keys() | new.keys()):
        before, after = old.get(uid), new.get(uid)
        panels = [
            *_panels(
                _by_id(before),
                _by_id(after),
                was.get(uid, {}).get("answers", {}),
                shown.get(uid, {}).get("answers", {}),
                alerts.get(uid, {}),
            )
        ]
        rest = _differences(_settings(before), _settings(after))
        if rest or any(panel["status"] for panel in panels):
            either = after or before
            assert either is not None
            yield {
                "uid": uid,
                "title": either["title"],
                "status": _status(before, after),
                "why": rest if before and after else [],
                "panels": panels,
                "before": before,
            }


def _status(before: object, after: object) -> Status:
    if before is None:
        return "added"
    return "removed" if after is None else "changed"


def _by_id(dashboard: Json | None) -> dict[int, Json]:
    """Panels without their headings, in the order of the dashboard."""
    every = [] if dashboard is None else dashboard["panels"]
    inside = [inner for panel in every for inner in (panel, *panel.get("panels", ()))]
    return {panel["id"]: panel for panel in inside if panel["type"] != "row"}


def _settings(dashboard: Json | None) -> Json:
    """All but the panels and the number of the version."""
    return {k: v for k, v in (dashboard or {}).items() if k not in {"panels", "version"}}


def _panels(
    before: Mapping[int, Json],
    after: Mapping[int, Json],
    was: Json,
    shown: Json,
    alerts: Mapping[int, Sequence[str]],
) -> Iterator[Json]:
    """Each panel of either; status is empty where it is the same and shows the same."""
    for number in dict.fromkeys((*after, *before)):
        old, new = before.get(number), after.get(number)
        panel = new or old
        assert panel is not None
        status, why = "", []
        if old is None or new is None:
            status = _status(old, new)
        else:
            why = _differences(_unplaced(old), _unplaced(new))
            prefix = f"{number}."
            if not why and _of(prefix, was) != _of(prefix, shown):
                why = ["its queries give other values"]
            status = "changed" if why else ""
        yield {
            "id": number,
            "title": panel["title"],
            "height": max(each["gridPos"]["h"] for each in (old, new) if each),
            "alerts": alerts.get(number, []),
            "status": status,
            "why": why,
        }


def _of(prefix: str, answers: Json) -> Json:
    return {at: answer for at, answer in answers.items() if at.startswith(prefix)}


def _unplaced(panel: Json) -> Json:
    """A panel that others push down is the same panel."""
    return {key: value for key, value in panel.items() if key != "gridPos"} | {
        "size": [panel["gridPos"]["w"], panel["gridPos"]["h"]]
    }


def _alerts(old: Mapping[str, Json], new: Mapping[str, Json]) -> Iterator[Json]:
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name), new.get(name)
        why = [
            f"{title}: {_short(before[fact])} → {_short(after[fact])}"
            if fact != "runbook"
            else f"another {title}"
            for fact, title in _OF_ALERTS.items()
            if before and after and before[fact] != after[fact]
        ]
        if why or before is None or after is None:
            chart = before["chart"] if before else ""
            yield {"name": name, "status": _status(before, after), "why": why, "chart": chart}


def _differences(old: Any, new: Any) -> list[str]:
    every = [*_walk(old, new, "")]
    left = len(every) - _MOST_TOLD
    return [*every[:_MOST_TOLD], *([f"and {left} more"] if left > 0 else [])]


def _walk(old: Any, new: Any, at: str) -> Iterator[str]:
    """Each place where two values of JSON differ, with both."""
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            yield from _walk(old.get(key), new.get(key), f"{at}.{key}" if at else key)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for place, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from _walk(one, other, f"{at}[{place}]")
    else:
        yield f"{at}: {_short(old)} → {_short(new)}"


def _short(value: Any) -> str:
    if value is None:
        return "nothing"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split())
    return text if len(text) <= _SHORT else f"{text[:_SHORT]}…"


def summary(changes: Json) -> str:
    """The differences as Markdown, for a comment on a change; pictures are named by their files."""
    lines = []
    for dashboard in changes["dashboards"]:
        lines.append(f"### {_escaped(dashboard['title'])} ({dashboard['status']})\n")
        lines += [f"- {_escaped(why)}" for why in dashboard["why"]]
        for panel in dashboard["panels"]:
            if panel["status"]:
                lines.append(f"- **{_escaped(panel['title'])}** ({panel['status']})")
                lines += [f"  - {_escaped(why)}" for why in panel["why"]]
        lines.append("")
    if changes["alerts"]:
        lines.append("### Alerts\n")
    for alert in changes["alerts"]:
        lines.append(f"- **{_escaped(alert['name'])}** ({alert['status']})")
        lines += [f"  - {_escaped(why)}" for why in alert["why"]]
    return "\n".join(lines or ["No dashboard and no alert is another."]) + "\n"


def _escaped(text: str) -> str:
    """Text that Markdown shows as it is, and that mentions nobody."""
    return _MARKUP.sub(lambda match: f"&#{ord(match[0])};", text)
