"""The replays' figures as markdown and pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from aggregation.replay import Point, accuracy_at, saved

COSTS = (3.0, 4.0, 5.0, 6.0)
BASES = (
    "fixed overlap, majority",
    "fixed overlap, Dawid-Skene at the end",
    "Toloka's rule, skill from agreement",
    "Toloka's rule, exam",
    "Toloka's rule, exam, poor workers turned away",
)
SHORT = ("majority", "Dawid-Skene", "Toloka", "Toloka + exam", "Toloka + exam + turning away")
LARGE = 300
VALIDATION = """Validation: no truth of a set is used in its own replay but the exam's. Chosen by hand were: a refusal below .35 of the way from guessing to
never erring, hope given up below 5 % and from half of the maximum on (looked at on temp, dog, rte, face, bluebirds and hammer-spammer 2); that one stranger's word
settles nothing above .65, and what the belief in an honest confidence weighs (looked at on all ten with the first seed, which is among those reported). Toloka's
refusal at .6 was not tuned. The settings of all rules that have a confidence are the same six."""
Figures = Mapping[tuple[str, float, str, int], Mapping[str, float]]


def report(figures: Figures, *, real: tuple[str, ...], pictures: Path) -> str:
    """Tables of all rules, and pictures of their curves in `pictures` where Matplotlib is installed."""
    names, crowds = _distinct(figures, 0), _distinct(figures, 2)
    curves = {(n, c): _curve(figures, n, c) for n in names for c in crowds}
    parts = [
        (
            f"{len(_distinct(figures, 3))} seeds; sets: {', '.join(crowds)}. Costs are answers a task; an exam's own are not in them "
            "and stand apart. Saved: the median over sets and over costs of 3, 4, 5 and 6 answers a task."
        ),
        _accuracy_table(curves, names, crowds),
        "### Answers saved for the same accuracy",
        _saved_table(curves, names, crowds, figures),
        "### Is the confidence true",
        _claims_table(figures, names, crowds),
        _by_crowd(curves, names, crowds),
    ]
    drawn = _draw(curves, names, crowds, pictures)
    if drawn:
        parts.append(drawn)
    parts.append(VALIDATION)
    return "\n\n".join(part for part in parts if part)


def _distinct(figures: Figures, place: int) -> list[str]:
    return list(dict.fromkeys(str(key[place]) for key in figures))


def _curve(figures: Figures, name: str, crowd: str) -> list[Point]:
    settings = sorted({key[1] for key in figures if key[0] == name and key[2] == crowd})
    points = []
    for setting in settings:
        runs = [found for key, found in figures.items() if key[:3] == (name, setting, crowd)]
        points.append(Point(*(float(np.mean([run[what] for run in runs])) for what in ("cost", "accuracy"))))
    return points


def _accuracy_table(curves: Mapping[tuple[str, str], list[Point]], names: list[str], crowds: list[str]) -> str:
    lines = ["| rule | mean accuracy at 3, 4, 5, 6 answers |", "|---|---:|"]
    for name in names:
        mean = np.mean([accuracy_at(curves[name, crowd], cost) for crowd in crowds for cost in COSTS])
        lines.append(f"| {name} | {mean:.4f} |")
    return "\n".join(lines)


def _saved_table(
    curves: Mapping[tuple[str, str], list[Point]], names: list[str], crowds: list[str], figures: Figures
) -> str:
    bases = [base for base in BASES if base in names]
    heads = [SHORT[BASES.index(base)] for base in bases]
    lines = [
        f"| rule | {' | '.join(f'against {head}' for head in heads)} | worst set against majority | spammers' answers | good workers refused | exam |",
        "|---|" + "---:|" * len(bases) + "---|---:|---:|---:|",
    ]
    for name in names:
        cells = []
        for base in bases:
            every = [saved(curves[name, crowd], curves[base, crowd], cost) for crowd in crowds for cost in COSTS]
            cells.append(f"{np.median(every):.0%}")
        worst = _worst(curves, name, bases[0], crowds) if bases else "–"
        lines.append(
            f"| {name} | {' | '.join(cells)} | {worst} | {_mean(figures, name, 'spam', '{:.2f}')} | {_mean(figures, name, 'good_refused', '{:.1%}')} | {_mean(figures, name, 'exam', '{:.1f}')} |"
        )
    lines.append("")
    lines.append(
        "Spammers' answers: their share of what was paid in the hammer-spammer crowds, over what they would get at random. "
        "Good workers refused: of those whose answers of known truth (20 or more) put them at least half the way from guessing to never erring. Exam: answers a task that it took besides."
    )
    return "\n".join(lines)


def _worst(curves: Mapping[tuple[str, str], list[Point]], name: str, base: str, crowds: list[str]) -> str:
    each = {c: float(np.mean([saved(curves[name, c], curves[base, c], cost) for cost in COSTS])) for c in crowds}
    worst = min(each, key=lambda crowd: each[crowd])
    return f"{worst} {each[worst]:+.0%}"


def _mean(figures: Figures, name: str, what: str, form: str) -> str:
    values = [found[what] for key, found in figures.items() if key[0] == name and what in found]
    return form.format(np.mean(values)) if values else "–"


def _claims_table(figures: Figures, names: list[str], crowds: list[str]) -> str:
    lines = [
        f"| rule, asked for .95 | settled | right of those, mean of sets | least on a set of ≥ {LARGE} tasks | ECE, mean of sets | after 50 known answers |",
        "|---|---:|---:|---|---:|---:|",
    ]
    for name in names:
        by_crowd = {
            c: [f for key, f in figures.items() if key[0] == name and key[2] == c and "settled" in f] for c in crowds
        }
        by_crowd = {c: runs for c, runs in by_crowd.items() if runs}
        if not by_crowd:
            continue
        settled = {c: _sum(runs, "settled") for c, runs in by_crowd.items()}
        right = {c: _sum(runs, "right") / settled[c] for c, runs in by_crowd.items() if settled[c]}
        large = {c: share for c, share in right.items() if by_crowd[c][0]["tasks"] >= LARGE}
        least = min(large, key=lambda crowd: large[crowd]) if large else ""
        share = np.mean([settled[c] / _sum(runs, "tasks") for c, runs in by_crowd.items()])
        eces = [[np.mean([run[what] for run in runs]) for runs in by_crowd.values()] for what in ("ece", "ece_gold")]
        lines.append(
            f"| {name} | {share:.0%} | {np.mean(list(right.values())):.3f} | {least} {large.get(least, np.nan):.3f} "
            f"| {np.mean(eces[0]):.3f} | {np.mean(eces[1]):.3f} |"
        )
    return "\n".join(lines)


def _sum(runs: list[Mapping[str, float]], what: str) -> float:
    return float(sum(run[what] for run in runs))


def _by_crowd(curves: Mapping[tuple[str, str], list[Point]], names: list[str], crowds: list[str]) -> str:
    lines = [f"| accuracy at 4 answers a task | {' | '.join(crowds)} |", "|---|" + "---:|" * len(crowds)]
    lines += [f"| {n} | {' | '.join(f'{accuracy_at(curves[n, c], 4):.3f}' for c in crowds)} |" for n in names]
    return "\n".join(lines)


def _draw(curves: Mapping[tuple[str, str], list[Point]], names: list[str], crowds: list[str], place: Path) -> str:
    """One picture of all sets; "" without Matplotlib."""
    try:
        import matplotlib as mpl
    except ImportError:
        return ""
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    columns = 2
    rows = -(-len(crowds) // columns)
    figure, axes = plt.subplots(rows, columns, figsize=(11, 3.1 * rows), squeeze=False)
    for crowd, axis in zip(crowds, axes.ravel(), strict=False):
        _one(axis, crowd, {name: curves[name, crowd] for name in names}, plt.get_cmap("tab20"))
    for axis in axes.ravel()[len(crowds) :]:
        axis.axis("off")
    handles, labels = axes[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="lower center", ncol=3, fontsize=8, frameon=False)
    figure.tight_layout(rect=(0, 0.06, 1, 1))
    place.mkdir(parents=True, exist_ok=True)
    figure.savefig(place / "curves.png", dpi=90)
    return f"![Accuracy over cost, a curve a rule, a picture a set](img/{place.name}/curves.png)"


def _one(axis: object, crowd: str, curves: Mapping[str, list[Point]], colour: Callable[[int], object]) -> None:
    draw = axis  # Matplotlib has no types here
    for number, (name, points) in enumerate(curves.items()):
        style = "-" if name.startswith("ours") else "--"
        draw.plot(  # type: ignore[attr-defined]
            [p.cost for p in points], [p.accuracy for p in points], style, marker=".", color=colour(number),
            linewidth=2 if name.startswith("ours") else 1, label=name,
        )  # fmt: skip
    draw.set(title=crowd, xlabel="answers a task", ylabel="right")  # type: ignore[attr-defined]
    draw.grid(alpha=0.3)  # type: ignore[attr-defined]
