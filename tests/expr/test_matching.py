"""Each vector knows what tells its series apart, and no operation finds several partners."""

from __future__ import annotations

import pytest
from pbmon.errors import DefinitionErrors
from small_projects import plan_of

LABELS = (
    'state = Label("state", "State.", values=("used", "free"))',
    'disk = Label("disk", "Disk.", max_values=9, other="other")',
    'size = Gauge("size_bytes", "Size.", labels=[disk])',
    'space = Gauge("space_bytes", "Space.", labels=[disk, state])',
    'about = Gauge("about_info", "About.", labels=[disk], key=[], unit="short")',
    'limit = Gauge("limit_bytes", "Limit.")',
)
SAID = 'summary="s", impact="i", action="a", severity="info"'


def problems(expression: str) -> list[str]:
    body = f'low = Alert("Low", {expression} > 1, {SAID})'
    try:
        plan_of(*LABELS, body)
    except DefinitionErrors as errors:
        return [error.problem for error in errors.errors]
    return []


@pytest.mark.parametrize(
    "expression",
    [
        "space / size.on(disk, instance)",
        "space.where(state.is_('used')) / size.on(disk, job)",
        "space / size.ignoring(state)",
        "size / limit.on(instance)",
        "size.max(by=[instance]) / space.on(instance)",
        "space.sum(by=[disk]) / size.on(disk)",
        "size * space.on(disk, instance).group_left()",
        "limit * size.on(instance)",
        "limit * size.topk(2, by=[instance]).on(instance)",
        "(size > space.on(disk, instance))",
        "promql('space_bytes / on (disk, instance) size_bytes')",
    ],
)
def test_several_partners_are_a_mistake(expression: str) -> None:
    (problem,) = problems(expression)
    assert "meets several, and Prometheus refuses that" in problem


@pytest.mark.parametrize(
    "expression",
    [
        "space / size.on(disk, instance).group_left()",
        "size * space.on(disk, instance).group_right(state)",
        "space.where(state.is_('used')) / size.on(disk, instance)",
        "space.where(state.is_('used')) / space.where(state.is_('free')).ignoring(state)",
        "space.sum(by=[disk, instance]) / size.on(disk, instance)",
        "size / limit.on(instance).group_left()",
        "limit * about.on(instance)",
        "limit * about.on(instance).group_left(disk)",
        "size.max(by=[job]) / size.min(by=[job])",
        "size.and_(space.on(disk))",
        "size.unless(space.on(instance))",
        "size.max() / size.min()",
        "size / size.max().scalar()",
        "limit * size.topk(1, by=[instance]).on(instance)",
    ],
)
def test_one_partner_is_right(expression: str) -> None:
    assert problems(expression) == []


@pytest.mark.parametrize(
    "expression",
    [
        "space.where(state.is_('used')) + space.where(state.is_('free'))",
        "space.where(state.is_('used')).sum(by=[state])"
        " / space.where(state.is_('free')).max(by=[state])",
        "space.where(state.is_('used')).and_(space.where(state.is_not('used')))",
        "space.where(disk.is_('a')) / space.where(disk.is_('b'))",
    ],
)
def test_values_that_never_meet_are_a_mistake(expression: str) -> None:
    (problem,) = problems(expression)
    assert "they never meet" in problem


def test_a_key_is_made_of_the_labels() -> None:
    body = 'wrong = Gauge("wrong_bytes", "W.", labels=[disk], key=[state])'
    with pytest.raises(DefinitionErrors, match="which is none of its labels"):
        plan_of(*LABELS, body)
