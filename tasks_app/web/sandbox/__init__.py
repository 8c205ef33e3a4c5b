"""The page in which a requester's own HTML runs: no origin, no network, nothing but messages to the page around it.

It is the same for everybody and holds nothing of anybody: what to show comes as a message (static/js/tools/own_html.js).
Its policy stands in its own header, so it holds wherever the page is opened; the frame's `sandbox` attribute says the same.
What the policy cannot forbid, that the frame goes somewhere else, the page around it forbids with `frame-src 'self'`. No policy
that browsers know today forbids peer connections: the bridge takes them away, which a page that nests frames can go around.
"""

from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

POLICY = (
    "sandbox allow-scripts allow-forms; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data:; media-src data:; font-src data:; connect-src 'none'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "public, max-age=3600",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-DNS-Prefetch-Control": "off",
}


@cache
def document() -> str:
    """The page: our side of the bridge, and nothing else."""
    folder = Path(__file__).parent
    script = (folder / "bridge.js").read_text(encoding="utf-8")
    return (folder / "page.html").read_text(encoding="utf-8").replace("/* bridge.js */", script)


@require_safe
@xframe_options_sameorigin
def frame(request: HttpRequest) -> HttpResponse:
    """The empty sandbox."""
    return HttpResponse(document(), headers=HEADERS)
