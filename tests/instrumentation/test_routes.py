"""The label `endpoint` is the whole template of the route, in every framework, wherever the
middleware stands.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

APP = Path(__file__).with_name("routes_app.py")


def test_each_request_counts_under_the_template_with_prefixes_mounts_and_root_path(
    framework: Path, sources: Path
) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(sources), str(APP.parent.parent)]),
    }
    done = subprocess.run(
        [framework, "-W", "ignore", APP],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {}
