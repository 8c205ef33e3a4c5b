"""Money is whole micro-units of one currency: 1.00 USD = 1,000,000. Never a float, never a Decimal in the database."""

from decimal import Decimal, InvalidOperation

from django.conf import settings

from quorate.common.errors import InvalidInput

MICRO = 1_000_000
# Below 2^63 by a factor of nine, so that sums of a few amounts cannot overflow BIGINT.
LARGEST = 10**18
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹"}


def parse(text: str, *, field: str = "amount") -> int:
    """Micro-units of a decimal text ("0.05" → 50,000).

    Raises InvalidInput naming `field` for anything that is no finite, non-negative amount of at most six decimals.
    """
    try:
        value = Decimal(str(text).strip())
    except InvalidOperation:
        raise InvalidInput(fields={field: "Write an amount such as 0.05."}) from None
    if not value.is_finite() or value < 0:
        raise InvalidInput(fields={field: "Write an amount of zero or more, such as 0.05."})
    if value * MICRO > LARGEST:
        raise InvalidInput(fields={field: "This amount is too large."})
    micro = value * MICRO
    if micro != micro.to_integral_value():
        raise InvalidInput(fields={field: "At most six decimals."})
    return int(micro)


def text(micro: int) -> str:
    """A decimal text of micro-units with at least two decimals: 50,000 → "0.05", 1,500 → "0.0015"."""
    sign = "-" if micro < 0 else ""
    whole, rest = divmod(abs(micro), MICRO)
    decimals = f"{rest:06d}".rstrip("0").ljust(2, "0")
    return f"{sign}{whole}.{decimals}"


def written(micro: int) -> str:
    """Micro-units of the instance's currency as people write them, in pages and messages alike: 50,000 → "$0.05".

    A currency without a sign of its own has its code behind: "0.05 CHF".
    """
    whole, _, decimals = text(abs(micro)).partition(".")
    digits = f"{int(whole):,}.{decimals}"
    sign = "\u2212" if micro < 0 else ""
    symbol = SYMBOLS.get(settings.CURRENCY)
    return f"{sign}{symbol}{digits}" if symbol else f"{sign}{digits}\u00a0{settings.CURRENCY}"


def share(total: int, part: int, parts: int) -> int:
    """`part` of `parts` equal shares of `total`, rounded down, so that shares never add up to more than the total."""
    return total * part // parts
