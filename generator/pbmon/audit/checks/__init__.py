"""Checks of what others wrote, listed by hand."""

from __future__ import annotations

from pbmon.audit.case import Check
from pbmon.audit.checks import alerts, files, panels, records, routing, series, types, windows

CHECKS: tuple[Check, ...] = (
    files.file_can_be_read,
    files.rule_file_loads,
    files.expression_parses,
    files.expression_is_read,
    alerts.alert_can_fire,
    alerts.alert_can_be_silent,
    alerts.text_can_be_expanded,
    alerts.text_prints_kept_labels,
    records.record_precedes_its_readers,
    records.record_is_recorded,
    records.record_is_read,
    records.rule_is_written_once,
    types.rate_reads_a_counter,
    types.counter_is_read_by_its_rate,
    types.quantile_has_buckets,
    windows.spike_can_be_seen,
    windows.window_spans_four_scrapes,
    series.series_exists,
    series.job_exists,
    series.label_exists,
    series.value_exists,
    series.bucket_exists,
    series.histogram_is_read_by_its_parts,
    series.sides_can_meet,
    series.match_has_one_partner,
    series.threshold_is_below_the_top_bucket,
    panels.panel_can_show_data,
    panels.dashboard_variables_are_defined,
    panels.legend_prints_kept_labels,
    panels.panel_has_datasource,
    panels.panel_has_unit,
    routing.matcher_is_read,
    routing.receiver_exists,
    routing.route_is_reached,
    routing.alert_reaches_somebody,
)
"""What `pbmon audit` checks, besides what Grafana knows by name (`checks/dashboards/grafana/`)."""
