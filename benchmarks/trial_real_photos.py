"""Real photos from upload to export, with simulated people who know the truth: is what comes out right?

python benchmarks/trial_real_photos.py [--workers 10]

Starts a Quorate of its own, makes two projects over HTTP (solar cells with a defect or without, three kinds of blood
cells to box), lets a crowd with known skill answer them, exports, and compares the files with the truth of the photos.
Photos: QUORATE_SHARED_DATA, else ../shared/data beside the repository; without them it says so and ends.
"""

import argparse
import csv
import io
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.running import Quorate, clean_environment, quorate  # noqa: E402 - the tree is not a package

Json = dict[str, Any]
Box = tuple[float, float, float, float]
MIX = "hammer=.5,sloppy=.3,spammer=.2"
PRICE = {"reward": "0.01", "overlap_min": 5, "overlap_max": 9, "confidence": 0.9}
TYPES = {".png": "image/png", ".jpg": "image/jpeg"}
IOU = 0.5


@dataclass(frozen=True)
class Trial:
    """One project: its photos' folder, the truth beside them, the question."""

    folder: str
    truth: str
    kind: str
    prompt: str
    classes: tuple[str, ...]

    @property
    def question(self) -> Json:
        rows = [{"key": name.lower().replace(" ", "-"), "name": name} for name in self.classes]
        return {"prompt": self.prompt, "classes": rows}


ELPV = Trial("elpv", "labels.csv", "image_classification", "Does this cell have a defect?", ("Defect", "No defect"))
BCCD = Trial("bccd", "boxes.csv", "bounding_box", "Box every blood cell.", ("WBC", "RBC", "Platelets"))


# --- Over HTTP --------------------------------------------------------------------------------------------------------
def key_of_requester(running: Quorate, data: Path) -> str:
    """An API key, made on the pages as a person makes one."""
    first = dict(line.split() for line in (data / "first-passwords.txt").read_text().splitlines() if line.strip())
    email = "requester@quorate.example"
    with httpx.Client(base_url=running.url, follow_redirects=True, trust_env=False, timeout=60) as browser:

        def send(page: str, to: str, **fields: str) -> str:
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get(page).text)
            if token is None:
                raise RuntimeError(f"{page} has no form.")
            reply = browser.post(to, data={"csrfmiddlewaretoken": token.group(1), **fields})
            return reply.raise_for_status().text

        send("/sign-in/", "/sign-in/", email=email, username=email, password=first[email])
        shown = re.search(r"\bq_[A-Za-z0-9_-]{20,}", send("/me/", "/me/keys/", name="Trial"))
    if shown is None:
        raise RuntimeError("The page did not show a key.")
    return shown.group()


def launched(api: httpx.Client, trial: Trial, photos: list[Path]) -> str:
    """The project's id, once it is open to workers."""

    def post(path: str, **fields: Any) -> Json:
        made: Json = api.post(path, json=fields).raise_for_status().json()
        return made

    project = post("projects/", name=trial.folder, kind=trial.kind, instructions="Look.", question=trial.question)["id"]
    pool = api.get("pools/", params={"project": project}).raise_for_status().json()["results"][0]["id"]
    items = []
    for photo in photos:
        sent = api.post(
            f"projects/{project}/media/", content=photo.read_bytes(), headers={"Content-Type": TYPES[photo.suffix]}
        )
        items.append({"image": sent.raise_for_status().json()["image"], "name": photo.name})
    post(f"pools/{pool}/tasks/", items=items)
    api.patch(f"pools/{pool}/", json=PRICE).raise_for_status()
    post(f"pools/{pool}/launch/")
    return str(project)


def exported(running: Quorate, api: httpx.Client, project: str, form: str) -> str:
    """The text of an export."""
    path = f"exports/{api.post(f'projects/{project}/exports/', json={'format': form}).raise_for_status().json()['id']}/"
    running.wait_until(lambda: api.get(path).json()["state"] == "done")
    return api.get(api.get(path).json()["file"]).raise_for_status().text


def answered(running: Quorate, project: str, truth: Path, workers: int) -> None:
    """A crowd answers until nothing is open."""
    options = ["--workers", str(workers), "--mix", MIX, "--truth", str(truth), "--rate", "0", "--until-done"]
    command = [sys.executable, "-m", "quorate", "crowd", "--project", project, "--url", running.url, *options]
    subprocess.run(command, env=running.environment, check=True, stdout=subprocess.DEVNULL)


# --- Against the truth ------------------------------------------------------------------------------------------------
def accuracy(table: str, truth: Path) -> tuple[float, Counter[str]]:
    """Share of photos whose class is right, and the kinds of errors by (true, said)."""
    with truth.open(newline="") as file:
        known = {row["file"]: float(row["defect_probability"]) >= 0.5 for row in csv.DictReader(file)}
    rows = list(csv.DictReader(io.StringIO(table)))
    said = {row["name"]: row["class"] == "defect" for row in rows}
    if said.keys() != known.keys():
        raise RuntimeError("The export has other photos than the truth.")
    errors = Counter("missed" if known[name] else "false alarm" for name in known if known[name] != said[name])
    return 1 - errors.total() / len(known), errors


def overlap(a: Box, b: Box) -> float:
    """Intersection over union."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)


def matched(found: list[Box], real: list[Box]) -> int:
    """Pairs at IoU ≥ .5, best first, each box once."""
    pairs = sorted(
        ((overlap(a, b), i, j) for i, a in enumerate(found) for j, b in enumerate(real)),
        reverse=True,
    )
    left, right = set(range(len(found))), set(range(len(real)))
    for iou, i, j in pairs:
        if iou >= IOU and i in left and j in right:
            left.remove(i)
            right.remove(j)
    return len(found) - len(left)


def box_scores(coco: str, truth: Path) -> Iterator[tuple[str, int, int, int]]:
    """(class, found, real, matched) by class."""
    content = json.loads(coco)
    files = {image["id"]: Path(image["file_name"]).name for image in content["images"]}
    names = {category["id"]: category["name"] for category in content["categories"]}
    found: dict[tuple[str, str], list[Box]] = defaultdict(list)
    for note in content["annotations"]:
        x, y, width, height = note["bbox"]
        found[names[note["category_id"]], files[note["image_id"]]].append((x, y, x + width, y + height))
    real: dict[tuple[str, str], list[Box]] = defaultdict(list)
    with truth.open(newline="") as file:
        for row in csv.DictReader(file):
            corners = (float(row["xmin"]), float(row["ymin"]), float(row["xmax"]), float(row["ymax"]))
            real[row["label"], row["file"]].append(corners)
    for name in names.values():
        keys = {key for key in found.keys() | real.keys() if key[0] == name}
        counts = [(len(found[key]), len(real[key]), matched(found[key], real[key])) for key in sorted(keys)]
        yield (name, *(sum(column) for column in zip(*counts, strict=True)))


def f1(rows: Iterable[tuple[str, int, int, int]]) -> float:
    table = list(rows)
    return 2 * sum(row[3] for row in table) / sum(row[1] + row[2] for row in table)


# --- The page ---------------------------------------------------------------------------------------------------------
def used(lines: str) -> str:
    """How many answers how many photos took: "5 × 40, 6 × 3"; and how the asking ended."""
    rows = [json.loads(line) for line in lines.splitlines()]
    counts = Counter(len(row["answers"]) for row in rows)
    states = Counter(row["state"] for row in rows)
    answers = ", ".join(f"{count} × {photos}" for count, photos in sorted(counts.items()))
    return f"{answers} | {', '.join(f'{count} {state}' for state, count in sorted(states.items()))}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, default=10)
    workers = parser.parse_args().workers
    images = Path(os.environ.get("QUORATE_SHARED_DATA") or ROOT.parent / "shared" / "data") / "images"
    if not images.is_dir():
        print("Left out: there are no photos. Name their folder by QUORATE_SHARED_DATA.")
        return
    with tempfile.TemporaryDirectory() as place, quorate(clean_environment(Path(place)), "--demo") as running:
        headers = {"Authorization": f"Bearer {key_of_requester(running, Path(place))}"}
        with httpx.Client(base_url=f"{running.url}/api/v1/", headers=headers, trust_env=False, timeout=60) as api:
            outcome = {}
            for trial in (ELPV, BCCD):
                folder = images / trial.folder
                project = launched(api, trial, sorted(path for path in folder.iterdir() if path.suffix in TYPES))
                answered(running, project, folder / trial.truth, workers)
                forms = ("jsonl", "csv" if trial is ELPV else "coco")
                outcome[trial.folder] = [exported(running, api, project, form) for form in forms]
    share, errors = accuracy(outcome["elpv"][1], images / "elpv" / "labels.csv")
    rows = list(box_scores(outcome["bccd"][1], images / "bccd" / "boxes.csv"))
    said = ", ".join(f"{count} {kind}" for kind, count in sorted(errors.items())) or "no errors"
    print(f"{workers} simulated workers ({MIX}), overlap {PRICE['overlap_min']} to {PRICE['overlap_max']}.\n")
    print("| photos | answers × photos | asking ended | against the truth |")
    print("|---|---|---|---|")
    print(f"| elpv | {used(outcome['elpv'][0])} | accuracy {share:.3f} ({said}) |")
    print(f"| bccd | {used(outcome['bccd'][0])} | F1 at IoU .5: {f1(rows):.3f} |\n")
    print("| class | boxes found | boxes in the truth | matched | F1 at IoU .5 |")
    print("|---|---:|---:|---:|---:|")
    for name, found, real, both in rows:
        print(f"| {name} | {found} | {real} | {both} | {f1([(name, found, real, both)]):.3f} |")


if __name__ == "__main__":
    main()
