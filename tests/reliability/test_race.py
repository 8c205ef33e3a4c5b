"""Invariants a and b under load: eight processes that take, hand in and give back at the same time."""

import pytest

from tests.reliability.conftest import Stage

PROCESSES = 8

pytestmark = [pytest.mark.database, pytest.mark.long]


def race(stage: Stage, pool: str, *, workers: int, seconds: float, naive: bool = False) -> dict[str, int]:
    """Eight processes at once; what they did, summed."""
    done: dict[str, int] = stage.play(
        "race", processes=PROCESSES, pool=pool, workers=workers, seconds=seconds, naive=naive
    )
    return done


def test_no_task_is_over_assigned_by_eight_processes(stage: Stage) -> None:
    made = stage.play("prepare", tasks=60, workers=12, overlap_min=3, overlap_max=5)
    done = race(stage, made["pool"], workers=12, seconds=3.0)

    assert done["submitted"] > PROCESSES
    assert stage.play("verify", pool_id=made["pool_id"]) == []


def test_one_worker_in_eight_tabs_gets_no_task_twice(stage: Stage) -> None:
    made = stage.play("prepare", tasks=200, workers=1, overlap_min=3, overlap_max=5)
    done = race(stage, made["pool"], workers=1, seconds=3.0)

    assert PROCESSES < done["submitted"] <= 200
    assert stage.play("verify", pool_id=made["pool_id"]) == []


def test_one_person_in_three_accounts_gets_no_task_twice(stage: Stage) -> None:
    made = stage.play("prepare", tasks=200, workers=3, linked=True, overlap_min=3, overlap_max=5)
    done = race(stage, made["pool"], workers=3, seconds=3.0)

    assert PROCESSES < done["submitted"] <= 200
    assert stage.play("verify", pool_id=made["pool_id"]) == []


def test_the_same_race_catches_naive_code(stage: Stage) -> None:
    made = stage.play("prepare", tasks=10, workers=12, overlap_min=5, overlap_max=5)
    done = race(stage, made["pool"], workers=12, seconds=2.0, naive=True)

    assert done["naive"] > 10
    assert stage.play("verify", pool_id=made["pool_id"]) != []
