"""Public ids: random, short, safe in a URL; they tell nothing about how many there are."""

import secrets

# No vowels (no words by accident), nothing that looks like something else.
ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
LENGTH = 12  # 27^12 = 1.5e17: a clash among 10 million rows has a chance of 3e-4, and UNIQUE would catch it


def new_public_id() -> str:
    """A random id of 12 characters."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
