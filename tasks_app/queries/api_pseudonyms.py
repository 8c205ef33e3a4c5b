"""Names for workers that their requesters may know: the same within a project, unlinkable between two."""

import hashlib
import hmac

from django.conf import settings


def pseudonym(project_id: int, worker_id: int) -> str:
    """Such as w-3f0a91bc27. No query; needs the instance's key to be linked back."""
    key = hashlib.sha256(b"quorate.pseudonym:" + settings.SECRET_KEY.encode()).digest()
    return "w-" + hmac.new(key, f"{project_id}:{worker_id}".encode(), hashlib.sha256).hexdigest()[:10]
