"""The web server holds no more connections than it may have files open."""

import resource
import subprocess
import sys

import pytest

ASK = """
import resource
from quorate.common import processes
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))
command = processes.web(bind="127.0.0.1", port=8000, processes=1, threads=8)
print(command[command.index("--worker-connections") + 1], resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


@pytest.mark.parametrize(
    ("soft", "hard", "told"),
    [(256, 2048, "1000 2048"), (256, 512, "312 512"), (64, 100, "8 100")],
)
def test_the_limit_is_raised_and_connections_stay_below_it(soft: int, hard: int, told: str) -> None:
    if resource.getrlimit(resource.RLIMIT_NOFILE)[1] < hard:
        pytest.skip("this machine allows fewer open files")
    asked = subprocess.run(
        [sys.executable, "-c", ASK.format(soft=soft, hard=hard)], capture_output=True, text=True, check=True
    )
    assert asked.stdout.strip() == told
