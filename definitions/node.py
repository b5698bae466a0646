"""The host, as node_exporter sees it."""

from __future__ import annotations

from pbmon import Counter, Exporter, Gauge, Job, Label, Record, Service, instance, job

exporter = Exporter(
    "node_exporter", version="1.11.1", url="https://github.com/prometheus/node_exporter"
)
service = Service(
    "node",
    "The machine that everything runs on.",
    owner="platform",
    jobs=[Job("node", ["node-exporter:9100"], labels={"service": "system", "component": "host"})],
    exporter=exporter,
)

cpu = Label("cpu", "Number of the core.", max_values=64)
cpu_mode = Label(
    "mode",
    "What the core did.",
    values=("idle", "iowait", "irq", "nice", "softirq", "steal", "system", "user"),
)
device = Label("device", "Device.", max_values=10)
device_error = Label(
    "device_error", "Why the device cannot be asked; empty when it can.", max_values=2
)
fstype = Label("fstype", "Kind of file system.", max_values=5)
mountpoint = Label("mountpoint", "Where it is mounted.", max_values=10)
_filesystem = [device, device_error, fstype, mountpoint]

cpu_time = Counter(
    "node_cpu_seconds_total",
    "Time of the cores by mode.",
    labels=[cpu, cpu_mode],
    observed=exporter,
)
memory_available = Gauge(
    "node_memory_MemAvailable_bytes", "Memory free for programs.", observed=exporter
)
memory_total = Gauge("node_memory_MemTotal_bytes", "Memory of the machine.", observed=exporter)
disk_available = Gauge(
    "node_filesystem_avail_bytes", "Space free for users.", labels=_filesystem, observed=exporter
)
disk_size = Gauge(
    "node_filesystem_size_bytes", "Size of the file system.", labels=_filesystem, observed=exporter
)
disk_readonly = Gauge(
    "node_filesystem_readonly",
    "1 for a file system that cannot be written.",
    labels=_filesystem,
    unit="bool_yes_no",
    observed=exporter,
)

cpu_used = Record(
    "instance:node_cpu_used:ratio_rate5m",
    1 - cpu_time.where(cpu_mode.is_("idle")).rate("5m").avg(by=[job, instance]),
    "Share of CPU time not idle, all cores together.",
)
memory_used = Record(
    "instance:node_memory_used:ratio",
    1 - memory_available / memory_total,
    "Share of memory that programs hold.",
    unit="percentunit",
)
# Images and RAM disks are full by design; a file system that nobody can write does not fill up.
_on_disk = fstype.not_matches("tmpfs|ramfs|overlay|squashfs|iso9660|erofs")
disk_used = Record(
    "instance_mountpoint:node_filesystem_used:ratio",
    (1 - disk_available.where(_on_disk) / disk_size.where(_on_disk))
    .unless(disk_readonly.equals(1))
    .max(by=[job, instance, mountpoint]),
    "Share of a file system that is not free.",
    unit="percentunit",
)
