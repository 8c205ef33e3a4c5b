"""What the settings promise to browsers. The file is run anew for each environment: settings are decided at the start."""

import runpy
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

SETTINGS = Path(__file__).resolve().parents[3] / "platform/quorate/settings.py"
YEAR = 31_536_000


def read(monkeypatch: pytest.MonkeyPatch, **environment: str) -> dict[str, Any]:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(SETTINGS))


def hsts(settings: dict[str, Any]) -> tuple[int, bool, bool]:
    names = ("SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD")
    return tuple(settings[name] for name in names)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, (0, False, False)),
        ({"QUORATE_URL": "http://labels.example.org"}, (0, False, False)),
        ({"QUORATE_URL": "https://labels.example.org"}, (YEAR, False, False)),
        ({"QUORATE_URL": "https://labels.example.org", "QUORATE_HSTS_SECONDS": "300"}, (300, False, False)),
        ({"QUORATE_URL": "https://labels.example.org", "QUORATE_HSTS_SUBDOMAINS": "yes"}, (YEAR, True, False)),
        (
            {
                "QUORATE_URL": "https://labels.example.org",
                "QUORATE_HSTS_SUBDOMAINS": "yes",
                "QUORATE_HSTS_PRELOAD": "yes",
            },
            (YEAR, True, True),
        ),
    ],
)
def test_hsts_speaks_for_this_host_alone_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: tuple[int, bool, bool]
) -> None:
    assert hsts(read(monkeypatch, **environment)) == expected


@pytest.mark.parametrize(
    "environment",
    [
        {"QUORATE_URL": "https://labels.example.org"},
        {"QUORATE_URL": "https://labels.example.org", "QUORATE_HSTS_SUBDOMAINS": "yes", "QUORATE_HSTS_SECONDS": "300"},
        {"QUORATE_HSTS_SUBDOMAINS": "yes"},
    ],
)
def test_preload_that_browsers_would_refuse_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    with pytest.raises(ImproperlyConfigured, match="QUORATE_HSTS_PRELOAD needs"):
        read(monkeypatch, QUORATE_HSTS_PRELOAD="yes", **environment)


def test_forwarded_scheme_is_believed_behind_a_proxy_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch)["SECURE_PROXY_SSL_HEADER"] is None
    assert read(monkeypatch, QUORATE_PROXY_HOPS="2")["SECURE_PROXY_SSL_HEADER"] == (
        "HTTP_X_FORWARDED_PROTO",
        "https",
    )
