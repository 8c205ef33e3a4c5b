"""Texts for the demo: short messages to a repair shop, put together from parts, so that each has a known class."""

import random

COMPLAINT, QUESTION, PRAISE = "complaint", "question", "praise"
_THINGS = ("toaster", "bicycle", "coffee machine", "radio", "sewing machine", "desk lamp", "drill", "record player")
_DAYS = ("on Monday", "last week", "yesterday", "two days ago", "this morning")
_OPENINGS = ("Hello, ", "Hi there. ", "Good morning, ", "", "Dear team, ")
_PARTS: dict[str, tuple[str, ...]] = {
    COMPLAINT: (
        "I fetched my {thing} {day} and it broke again within the hour.",
        "the {thing} came back with a scratch that was not there before. I am not happy.",
        "I have been waiting for my {thing} since {day}, and nobody answers the phone.",
        "you charged me twice for the same {thing}.",
        "my {thing} still makes that noise. This is the third time I bring it.",
    ),
    QUESTION: (
        "do you also repair a {thing} that is older than I am?",
        "I brought my {thing} {day}. When can I pick it up?",
        "how much would a new cable for a {thing} be, roughly?",
        "are you open on Saturdays? I would like to bring a {thing}.",
        "can my neighbour collect the {thing} for me, or do I have to come myself?",
    ),
    PRAISE: (
        "my {thing} runs like new since {day}. Thank you!",
        "I did not believe anybody could save that {thing}, and you did it in a day.",
        "the {thing} is perfect and it cost less than you had said. I will tell everyone.",
        "just a note to say how kind the person was who looked at my {thing} {day}.",
        "you even cleaned the {thing}! It shines.",
    ),
}


def messages(count: int) -> list[tuple[str, str]]:
    """`count` different (text, class), the same every time."""
    chance = random.Random(7)  # noqa: S311 - texts, not secrets
    found: dict[str, str] = {}
    while len(found) < count:
        label = chance.choice(list(_PARTS))
        body = chance.choice(_PARTS[label]).format(thing=chance.choice(_THINGS), day=chance.choice(_DAYS))
        opening = chance.choice(_OPENINGS)
        text = opening + (body if opening.endswith(", ") else body[0].upper() + body[1:])
        found.setdefault(text, label)
    return list(found.items())
