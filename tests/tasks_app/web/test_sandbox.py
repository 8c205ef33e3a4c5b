"""The sandbox's page: the same for everybody, and its policy lets nothing out."""

import pytest
from django.test import Client

from quorate.accounts.models import User


@pytest.mark.django_db
def test_the_sandbox_is_empty_and_closed_for_everybody(client: Client, alice: User) -> None:
    response = client.get("/sandbox/", headers={"accept-language": "de"})
    policy = dict(part.strip().partition(" ")[::2] for part in response["Content-Security-Policy"].split(";"))
    assert policy["sandbox"] == "allow-scripts allow-forms"
    assert policy["default-src"] == policy["connect-src"] == policy["form-action"] == policy["base-uri"] == "'none'"
    assert {policy[name] for name in ("img-src", "media-src", "font-src")} == {"data:"}
    assert policy["frame-ancestors"] == "'self'"
    assert (response["X-Frame-Options"], response["Referrer-Policy"]) == ("SAMEORIGIN", "no-referrer")
    assert not response.cookies
    client.force_login(alice)
    assert client.get("/sandbox/").content == response.content
    assert b"<body></body>" in response.content
    assert b"customElements" in response.content
