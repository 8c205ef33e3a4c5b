"""Which clusters are real things: capture-recapture against a source of junk.

An image holds real things (Poisson, `real` on average); a worker draws each with probability `recall`. A worker also
draws junk, `junk` shapes an image; another worker takes the same nothing for something with the small probability
`echo`. Seen are only things that somebody drew; EM fits all of it with what nobody drew as missing data.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aggregation.arrays import Floats, Ints, sums

# Beliefs before data (recall, share of shapes that are junk, echo) and how many things of evidence they weigh: for the
# crowd, and the crowd's for each worker.
RECALL, JUNK, ECHO = 0.8, 0.1, 0.1
CROWD_THINGS, WORKER_THINGS = 20.0, 5.0
# No worker is beyond doubt; and two who see the same nothing are rare, or nothing could be told from something.
LOWEST, HIGHEST = 0.02, 0.95
MOST_ECHO = 0.25
# Overlap of what several workers say of one thing: see `evidence_weight` of the classes.
OVERLAP = 0.4
# Share of real things that are hard to see for everybody, and how much less often those are drawn: people miss the same
# ones, which one recall a worker cannot know. And share of beliefs that are wrong for a reason outside the model.
HARD, HARD_RECALL = 0.15, 0.5
SLIPS = 0.02
SETTLED = 1e-6


@dataclass(frozen=True)
class Sightings:
    """Who looked where and drew what: `look_task`, `look_worker` int64[n] (an answer each), `thing_task` int64[c],
    `draw_thing`, `draw_worker` int64[m] (a shape each).
    """

    look_task: Ints
    look_worker: Ints
    thing_task: Ints
    draw_thing: Ints
    draw_worker: Ints
    n_tasks: int
    n_workers: int

    def looks(self) -> Ints:
        """Workers who looked at each image: int64[T]."""
        return np.bincount(self.look_task, minlength=self.n_tasks)

    def votes(self) -> Ints:
        """Workers who drew each thing: int64[c]."""
        return np.bincount(self.draw_thing, minlength=self.thing_task.size)


@dataclass(frozen=True)
class Rates:
    """Of each worker float64[W]: `recall`, `junk` (shapes of nothing an image); the crowd's; `echo`; `real` an image."""

    recall: Floats
    junk: Floats
    crowd_recall: float
    crowd_junk: float
    echo: float
    real: float


def believe(seen: Sightings, rates: Rates, *, tempered: bool) -> tuple[Floats, Floats]:
    """Probability that each thing is real, float64[c], and that a real thing on each image goes undrawn, float64[T].

    `tempered`: to report; weighs the evidence for its overlap and knows that some things are hard to see for all. EM
    itself iterates without: it would explain more and more junk as hard things.
    """
    looks, votes = seen.looks(), seen.votes()
    real, unseen = _drawn_as(seen, rates.recall)
    source = sums(seen.draw_thing, rates.junk[seen.draw_worker], votes.size)
    others = looks[seen.thing_task] - votes
    junk = (votes - 1) * np.log(rates.echo) + others * np.log1p(-rates.echo)
    prior = np.log(rates.real) - np.log(source)
    if not tempered:
        return _sigmoid(prior + real - junk), unseen
    hard, hard_unseen = _drawn_as(seen, HARD_RECALL * rates.recall)
    real = np.logaddexp(np.log(1 - HARD) + real, np.log(HARD) + hard)
    weight = 1 / (1 + np.maximum(looks - 1, 0) * OVERLAP)
    exists = SLIPS / 2 + (1 - SLIPS) * _sigmoid(weight[seen.thing_task] * (prior + real - junk))
    return exists, (1 - HARD) * unseen + HARD * hard_unseen


def _drawn_as(seen: Sightings, recall: Floats) -> tuple[Floats, Floats]:
    """Log-probability that a real thing is drawn by just those who drew it, float64[c], and by nobody, as such, [T]."""
    missed = np.log1p(-recall)
    drawn = np.log(recall) - missed
    silence = sums(seen.look_task, missed[seen.look_worker], seen.n_tasks)
    pattern = silence[seen.thing_task] + sums(seen.draw_thing, drawn[seen.draw_worker], seen.thing_task.size)
    return pattern, np.exp(silence)


def _sigmoid(odds: Floats) -> Floats:
    chance: Floats = 1 / (1 + np.exp(-np.clip(odds, -50.0, 50.0)))
    return chance


def fit(seen: Sightings, *, start: Rates | None = None, max_iter: int = 200) -> Rates:
    """EM from vote shares (or from `start`) until no belief moves."""
    votes = seen.votes()
    exists = np.clip(votes / np.maximum(seen.looks()[seen.thing_task], 1), 0.05, 0.95)
    if start is None:
        flat = np.ones(seen.n_workers)
        rates = _maximise(seen, exists, np.zeros(seen.n_tasks), flat)
    else:
        rates = start
    for _ in range(max_iter):
        before = exists
        exists, unseen = believe(seen, rates, tempered=False)
        rates = _maximise(seen, exists, rates.real * unseen, rates.junk)
        if np.abs(exists - before).max(initial=0.0) < SETTLED:
            break
    return rates


def _maximise(seen: Sightings, exists: Floats, undrawn: Floats, junk: Floats) -> Rates:
    """Rates from beliefs [c], expected real things nobody drew [T] and the last junk rates [W]."""
    # What one person alone drew confirms whatever was believed of them: people are learnt where two or more looked.
    shared = seen.looks() > 1
    recall, crowd_recall = _recall(seen, exists * shared[seen.thing_task], undrawn * shared)
    looked = sums(seen.look_worker, shared[seen.look_task].astype(np.float64), seen.n_workers)
    votes, looks = seen.votes(), seen.looks()[seen.thing_task]
    nothing = (1 - exists) * shared[seen.thing_task]
    # Each junk thing has one source among those who drew it; the others echo.
    source = junk[seen.draw_worker] / sums(seen.draw_thing, junk[seen.draw_worker], votes.size)[seen.draw_thing]
    made = sums(seen.draw_worker, nothing[seen.draw_thing] * source, seen.n_workers)
    boxes = (seen.draw_thing.size + 1) / (seen.look_task.size + 1)
    drawn = np.count_nonzero(shared[seen.thing_task][seen.draw_thing])
    share = (made.sum() + CROWD_THINGS * JUNK) / (drawn + CROWD_THINGS)
    rate = (made + WORKER_THINGS * share) / (looked + WORKER_THINGS / boxes)
    echoed = (nothing * (votes - 1)).sum() + CROWD_THINGS * ECHO
    echo = min(echoed / ((nothing * (looks - 1)).sum() + CROWD_THINGS), MOST_ECHO)
    real = (exists.sum() + undrawn.sum() + boxes) / (seen.n_tasks + 1)
    return Rates(recall, rate, crowd_recall, float(share * boxes), float(echo), float(real))


def _recall(seen: Sightings, exists: Floats, undrawn: Floats) -> tuple[Floats, float]:
    """Share of the real things on the images a worker saw that they drew: float64[W], and the crowd's."""
    per_task = sums(seen.thing_task, exists, seen.n_tasks) + undrawn
    had = sums(seen.look_worker, per_task[seen.look_task], seen.n_workers)
    drew = sums(seen.draw_worker, exists[seen.draw_thing], seen.n_workers)
    crowd = float((drew.sum() + CROWD_THINGS * RECALL) / (had.sum() + CROWD_THINGS))
    share = (drew + WORKER_THINGS * crowd) / (had + WORKER_THINGS)
    return np.clip(share, LOWEST, HIGHEST), float(np.clip(crowd, LOWEST, HIGHEST))
