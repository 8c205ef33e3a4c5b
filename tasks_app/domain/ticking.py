"""What the clock brings, every two seconds."""

from quorate.accounts import linking
from quorate.events.relay import beat
from tasks_app.domain.giving_back import expire_due
from tasks_app.domain.keeping_media import sweep
from tasks_app.domain.keeping_uploads import sweep_uploads
from tasks_app.domain.publishing import close_ended
from tasks_app.domain.straggling import reissue_slow


def tick() -> None:
    """Expire assignments, close pools at the end of their lifetime, ask others what slow workers hold at the end, drop images nothing shows and uploads nobody starts and traces of accounts whose time is over, and show that a worker is alive."""
    expired = expire_due()
    closed = close_ended()
    reissued = reissue_slow()
    swept = sweep()
    uploads = sweep_uploads()
    forgotten = linking.forget()
    beat("worker", expired=expired, closed=closed, reissued=reissued, swept=swept, uploads=uploads, forgotten=forgotten)
