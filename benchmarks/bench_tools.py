"""The worker's page in a real browser: what a pointer move costs, how soon the next task is there, what a label takes.

python benchmarks/bench_tools.py [--moves 300] [--pause 0.7]

Starts a Quorate of its own with the photos of bccd and elpv and drives the real work page in Chromium at 1440 × 1000: a
scripted person boxes the first and classifies the second, with 200 ms between browser and server. What a pointer move
costs is measured on the tool alone, as main-thread time beside a bare canvas in the same run.
"""

import argparse
import csv
import logging
import os
import re
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
import httpx
from playwright.sync_api import TimeoutError, sync_playwright  # noqa: A004 - Playwright's own

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quorate.settings")
django.setup()

from benchmarks.trial_real_photos import BCCD, ELPV, Trial, key_of_requester, launched  # noqa: E402
from scripts.services import find_chromium  # noqa: E402
from tests.e2e.pages import Pages, serve  # noqa: E402
from tests.e2e.test_tools_browser import at, open_harness  # noqa: E402
from tests.running import Quorate, clean_environment, quorate  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

SIZE: "ViewportSize" = {"width": 1440, "height": 1000}
LATENCY_MS = 200
DATA = Path(os.environ.get("QUORATE_SHARED_DATA", ROOT.parent / "shared" / "data")) / "images"
KEYS = {"WBC": "1", "RBC": "2", "Platelets": "3"}
# The least that a drag of a box can cost: one rectangle on a canvas of the stage's size, once a frame.
BARE = """() => {
  const old = document.querySelector('.stage');
  const { width, height } = old.getBoundingClientRect();
  const canvas = Object.assign(document.createElement('canvas'), { width, height, className: 'stage' });
  canvas.style.cssText = `width:${width}px;height:${height}px`;
  harness.tool.destroy();
  document.getElementById('root').append(canvas);
  const context = canvas.getContext('2d');
  let [from, to, frame] = [null, null, 0];
  const paint = () => {
    frame = 0;
    context.clearRect(0, 0, width, height);
    context.strokeRect(from.x, from.y, to.x - from.x, to.y - from.y);
  };
  canvas.addEventListener('pointerdown', (event) => (from = { x: event.offsetX, y: event.offsetY }));
  canvas.addEventListener('pointermove', (event) => {
    if (!from) return;
    to = { x: event.offsetX, y: event.offsetY };
    frame ||= requestAnimationFrame(paint);
  });
}"""
# From a key or click that ends a task to the frame in which the next picture is painted: milliseconds, in window.waits.
WATCH = """() => {
  window.waits = [];
  const shown = () => document.querySelector('.stage-image');
  let before = shown();
  addEventListener('keydown', () => {
    const began = performance.now();
    const look = () => {
      const now = shown();
      if (!now || now === before || !now.complete || !now.naturalWidth) return requestAnimationFrame(look);
      before = now;
      requestAnimationFrame(() => waits.push(performance.now() - began));
    };
    look();
  }, true);
}"""


def cost_of_moves(browser: "Browser", address: str, boxes: int | None, moves: int) -> float:
    """Main-thread microseconds of one pointer move while a box is drawn over `boxes` others; None: the bare canvas."""
    page = browser.new_page(viewport=SIZE, bypass_csp=True)
    open_harness(page, address, "bounding_box", {"boxes": boxes or 0})
    start, end = at(page, 20, 20), at(page, 900, 600)
    if boxes is None:
        page.evaluate(BARE)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 30, start[1] + 30)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    before = task_seconds(session)
    page.mouse.move(*end, steps=moves)
    spent = task_seconds(session) - before
    page.close()
    return spent / moves * 1e6


def task_seconds(session: Any) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))


def pointer(browser: "Browser", moves: int) -> None:
    with serve(Pages) as address:
        rounds: dict[int | None, list[float]] = defaultdict(list)
        for _ in range(3):
            for boxes in (None, 0, 500, 2000):
                rounds[boxes].append(cost_of_moves(browser, address, boxes, moves))
    bare = statistics.median(rounds[None])
    print("| a pointer move while drawing over | main thread | against a bare canvas |\n|---|---:|---:|")
    print(f"| bare canvas, one rectangle | {bare:.0f} µs | 1.00 |")
    for boxes in (0, 500, 2000):
        spent = statistics.median(rounds[boxes])
        print(f"| {boxes:,} boxes | {spent:.0f} µs | {spent / bare:.2f} |")


# --- The real page ----------------------------------------------------------------------------------------------------
def sign_in(browser: "Browser", running: Quorate, data: Path) -> "Page":
    first = dict(line.split() for line in (data / "first-passwords.txt").read_text().splitlines() if line.strip())
    page = browser.new_context(base_url=running.url, viewport=SIZE).new_page()
    page.goto("/sign-in/")
    page.get_by_label("Email").fill("worker@quorate.example")
    page.get_by_label("Password").fill(first["worker@quorate.example"])
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()
    return page


def opened(page: "Page", pool: str) -> float:
    """Opens the work page with the latency on; the picture's share of the window."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    conditions = {"offline": False, "latency": LATENCY_MS, "downloadThroughput": -1, "uploadThroughput": -1}
    session.send("Network.emulateNetworkConditions", conditions)
    page.goto(f"/work/{pool}/do/")
    page.wait_for_selector(".stage.is-loaded")
    box = page.locator(".stage").bounding_box() or {"width": 0, "height": 0}
    page.evaluate(WATCH)
    return box["width"] * box["height"] / (SIZE["width"] * SIZE["height"])


def photo_of(page: "Page", names: dict[str, str]) -> str:
    """The file's name of the photo on the screen."""
    found = re.search(r"[0-9a-f]{64}", page.locator(".stage-image").get_attribute("src") or "")
    return names[found.group()] if found else ""


def next_one(page: "Page", done: int, pause: float) -> bool:
    """Waits for the picture after the `done`th, then as a person looks at it; False when there is none."""
    try:
        page.wait_for_function("done => waits.length >= done", arg=done, timeout=6_000)
    except TimeoutError:
        return False
    time.sleep(pause)
    return True


def classify(page: "Page", names: dict[str, str], pause: float) -> tuple[int, int, float]:
    """(labels, actions, seconds without the pauses): one key each."""
    with (DATA / ELPV.folder / ELPV.truth).open(newline="") as file:
        defect = {row["file"]: float(row["defect_probability"]) >= 0.5 for row in csv.DictReader(file)}
    labels, began = 0, time.perf_counter()
    while True:
        page.keyboard.press("1" if defect[photo_of(page, names)] else "2")
        labels += 1
        if labels == len(names):
            return labels, labels, time.perf_counter() - began - pause * (labels - 1)
        if not next_one(page, labels, pause):
            raise RuntimeError(f"No picture came after {labels} of {len(names)}.")


def draw(page: "Page", names: dict[str, str], pause: float) -> tuple[int, int, float]:
    """(boxes, actions, seconds without the pauses): a key for each change of class, a drag a box, one key to hand in."""
    truth: dict[str, list[dict[str, str]]] = defaultdict(list)
    with (DATA / BCCD.folder / BCCD.truth).open(newline="") as file:
        for row in csv.DictReader(file):
            truth[row["file"]].append(row)
    boxes = actions = done = 0
    began = time.perf_counter()
    while True:
        active = "WBC"
        image = page.locator(".stage-image")
        place, natural = image.bounding_box() or {}, image.evaluate("(one) => one.naturalWidth")
        scale = place["width"] / natural
        for row in sorted(truth[photo_of(page, names)], key=lambda one: list(KEYS).index(one["label"])):
            if row["label"] != active:
                active = row["label"]
                page.keyboard.press(KEYS[active])
                actions += 1
            left, top, right, bottom = (float(row[name]) * scale for name in ("xmin", "ymin", "xmax", "ymax"))
            page.keyboard.down("Shift")  # the person aims at the cell, whatever lies there
            page.mouse.move(place["x"] + left, place["y"] + top)
            page.mouse.down()
            page.mouse.move(place["x"] + right, place["y"] + bottom, steps=3)
            page.mouse.up()
            page.keyboard.up("Shift")
            boxes, actions = boxes + 1, actions + 1
        page.evaluate("waits.length = 0")
        page.keyboard.press("Control+Enter")
        done, actions = done + 1, actions + 1
        if done == len(names):
            return boxes, actions, time.perf_counter() - began - pause * (done - 1)
        if not next_one(page, 1, pause):
            # A question was asked, such as about two boxes in one place: the person means it.
            page.keyboard.press("Control+Enter")
            actions += 1
            if not next_one(page, 1, pause):
                raise RuntimeError(
                    f"No picture came after {done} of {len(names)}: {page.locator('main').inner_text()[:200]}"
                )


def pool_of(api: httpx.Client, trial: Trial) -> tuple[str, dict[str, str]]:
    """The open pool of a trial's photos, and the photos' names by hash."""
    photos = sorted(path for path in (DATA / trial.folder).iterdir() if path.suffix in {".png", ".jpg"})
    project = launched(api, trial, photos)
    pool = api.get("pools/", params={"project": project}).json()["results"][0]["id"]
    names: dict[str, str] = {}
    address: str | None = f"pools/{pool}/tasks/"
    while address:
        listed = api.get(address).raise_for_status().json()
        names |= {task["item"]["image"]: task["name"] for task in listed["results"]}
        address = listed.get("next")
    return pool, names


def trials(browser: "Browser", pause: float) -> None:
    with tempfile.TemporaryDirectory() as place:
        data = Path(place)
        with quorate(clean_environment(data), "--demo") as running:
            headers = {"Authorization": f"Bearer {key_of_requester(running, data)}"}
            with httpx.Client(base_url=f"{running.url}/api/v1/", headers=headers, trust_env=False, timeout=60) as api:
                pools = {trial.folder: pool_of(api, trial) for trial in (ELPV, BCCD)}
            page = sign_in(browser, running, data)
            print(f"\nA scripted person with the truth at hand, {LATENCY_MS} ms between browser and server:\n")
            print(
                "| photos | labels | actions a label | seconds a label | stage of the window |\n|---|---:|---:|---:|---:|"
            )
            waits: list[float] = []
            for trial, work in ((ELPV, classify), (BCCD, draw)):
                pool, names = pools[trial.folder]
                share = opened(page, pool)
                labels, actions, seconds = work(page, names, pause)
                if trial is ELPV:
                    waits = page.evaluate("waits")
                line = f"{labels} | {actions / labels:.2f} | {seconds / labels:.2f} | {share:.0%}"
                print(f"| {len(names)} of {trial.folder} | {line} |")
            ranked = sorted(waits)
            p95 = ranked[max(0, round(0.95 * len(ranked)) - 1)]
            print(f"\nKey to next picture painted, {len(ranked)} times, {pause:g} s of looking in between: ", end="")
            print(f"median {statistics.median(ranked):.0f} ms, 95th percentile {p95:.0f} ms.")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--moves", type=int, default=300)
    parser.add_argument("--pause", type=float, default=0.7)
    options = parser.parse_args()
    logging.getLogger("httpx").setLevel(logging.WARNING)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=find_chromium())
        pointer(browser, options.moves)
        if DATA.is_dir():
            trials(browser, options.pause)
        else:
            print(f"\nNo photos at {DATA}: set QUORATE_SHARED_DATA.")
        browser.close()


if __name__ == "__main__":
    main()
