"""Labels and bounds that several services use."""

from __future__ import annotations

from pbmon import Label

EXTRACTION_TASKS = (
    "extract_pdf",
    "extract_dxf",
    "extract_ifc",
    "extract_step",
    "extract_werk24",
    "extract_file_auto",
)
SEARCH_TASKS = ("index_record", "index_table", "update_index", "refresh_search_indexes")
EXPORT_TASKS = (
    "export_data",
    "export_data_scheduled",
    "export_data_background",
    "upload_export_to_storage",
)
MAINTENANCE_TASKS = ("purge_old_trash", "cleanup_expired_cache")
REPORT_GENERATOR_TASKS = (
    "generate_scheduled_report",
    "generate_report_pdf",
    "deliver_report_email",
    "cleanup_old_reports",
    "check_scheduled_reports",
)
REPORT_TASKS = (
    "generate_custom_report",
    "deliver_report_via_email",
    "render_report_section",
    "check_scheduled_custom_reports",
    "cleanup_old_custom_reports",
)
SQL_BUCKETS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)

sql_operation = Label(
    "operation", "Kind of SQL statement.", values=("select", "insert", "update", "delete")
)
