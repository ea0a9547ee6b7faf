"""Which names tell in what a number counts, and whether two tell the same."""

import re

from spark_desktop.domain.regex import regex

# Words of names that tell in what a number counts, each with the shortest of those that mean the
# same. Words that mean something else as well ("min", "second") are left out.
_UNITS = {
    word: group[0]
    for group in (
        *(("ms", "millis", "milliseconds", "msec", "msecs"), ("secs", "sec", "seconds")),
        *(("us", "micros", "microseconds"), ("ns", "nanos", "nanoseconds"), ("mins", "minutes")),
        *(("hours",), ("days",), ("weeks",), ("months",), ("years",)),
        *(("bits",), ("bytes",), ("kb",), ("kib",), ("mb",), ("mib",), ("gb",), ("gib",)),
        *(("px", "pixels"), ("dp",), ("percent", "pct"), ("ratio",), ("cents",), ("pence",)),
        *(("euros", "eur"), ("dollars", "usd"), ("mm",), ("cm",), ("km",), ("metres", "meters")),
        *(("miles",), ("feet",), ("inches",), ("deg", "degrees"), ("rad", "radians"), ("kelvin",)),
        *(("celsius",), ("fahrenheit",), ("kg",), ("grams",), ("hz",), ("khz",), ("mhz",)),
    )
    for word in group
}


# Units of measures and money, each with the words for the same one; in texts and in names. Those
# of time are left out, which code may have without a word for them (``time.sleep(delay)``), and
# words that are something else as well ("foot", "yard", "knot", "per cent").
_MEASURES = {
    word: group[0]
    for group in (
        *(("kilograms", "kilogram", "kilogrammes", "kilos", "kg"), ("grams", "gram", "grammes")),
        *(("tonnes", "tonne"), ("pounds", "pound", "lbs"), ("ounces", "ounce", "oz")),
        *(("newtons", "newton"), ("joules", "joule", "kilojoules"), ("watts", "watt", "kilowatts")),
        *(("volts", "volt"), ("amperes", "ampere"), ("pascals", "pascal", "hectopascals")),
        *(("bar", "bars", "millibar", "millibars"),),
        *(("metres", "metre", "meters", "meter"), ("feet", "ft"), ("inches", "inch")),
        *(("kilometres", "kilometre", "kilometers", "kilometer", "km"), ("miles", "mile")),
        *(("centimetres", "centimetre", "centimeters", "centimeter", "cm"),),
        *(("millimetres", "millimetre", "millimeters", "millimeter", "mm"),),
        *(("litres", "litre", "liters", "liter"), ("gallons", "gallon"), ("celsius",)),
        *(("fahrenheit",), ("kelvin",), ("euros", "euro", "eur"), ("dollars", "dollar", "usd")),
        *(("cents",), ("pence", "pennies")),
    )
    for word in group
}

# Short for some of them, in names (``lift_n``) and texts.
_SIGNS = {
    **{r"m(?![A-Za-z])": "metres", r"g(?![A-Za-z])": "grams", r"l(?![A-Za-z])": "litres"},
    **{r"n(?![A-Za-z])": "newtons", r"N(?![A-Za-z])": "newtons", r"j(?![A-Za-z])": "joules"},
    **{r"lb(?![A-Za-z])": "pounds", r"\u00a3": "pounds", r"in(?:ch)?(?![A-Za-z ])": "inches"},
    **{r"mi(?![A-Za-z])": "miles", r"mph": "miles", r"km": "kilometres", r"k[pm]h": "kilometres"},
    **{r"\$": "dollars", r"\u20ac": "euros", r"[cC](?![A-Za-z])": "celsius", r"psi": "pounds"},
    **{r"[wW](?![A-Za-z])": "watts", r"k[wW]": "watts", r"[vV](?![A-Za-z])": "volts"},
    **{r"h?[pP]a(?![A-Za-z])": "pascals", r"[fF](?![A-Za-z])": "fahrenheit"},
}
# An angle and a text are no other measure.
_CONVERTS = regex(
    r"conver[ts]|\bto_(?!radians|degrees|str|owned|vec|list|dict|lower|upper|bits|bytes|json)"
    r"|[a-z]To[A-Z]|_per_|\bper\b|[*/]\s*(?:1_?000|100|60|3_?600|3\.6)\b",
    re.IGNORECASE,
)
_IN_UNIT = regex(r"\bin\s+(?:whole\s+|full\s+)?([A-Za-z]+)")

# As texts tell them, also in words of which these are the ends.
_TOLD = regex(
    r"\b(?:\w*seconds?|minutes?|hours?|days?|weeks?|months?|years?|percent(?:age)?|per\s+\w+"
    r"|\w*(?:met(?:re|er)s?|grams?|lit(?:re|er)s?|watts?|volts?|pascals?|joules?|newtons?|bytes?"
    r"|hertz)|bits?|amperes?|amps?|ohms?|tonnes?|tons?|pounds?|ounces?|inch(?:es)?|feet|foot|yards?"
    r"|miles?|knots?|degrees?|radians?|kelvin|celsius|fahrenheit|cents?|pence|pennies|euros?"
    r"|dollars?|francs?|crowns?|pixels?|points?|ratio|fraction|unit(?:s|less)?|beats?|frames?"
    r"|ticks?|acres?|hectares?|dozens?|decibels?|bars?|[kMG]?Hz|[kh]?Pa|kWh?|[kcm]m|kg|km/h|m/s"
    r"|ms|[kKMGT]i?B|px|dB)\b|(?:\d\s?|\bin\s)[mgslVW]\b|[%\u00b0\u20ac$]"
)


def tells_unit(text: str) -> bool:
    """Return whether a text says in what something counts."""
    return _TOLD.search(text) is not None


def invented_unit(text: str, known: str) -> str:
    """Return the first unit "in" which a text says that something is, as it stands there.

    "" where none is told so, where what is ``known`` has it in a word or a sign, tells no unit at
    all, or converts.
    """
    told = {_MEASURES[one] for one in _words(known) if one in _MEASURES}
    if not told or _CONVERTS.search(known):
        return ""
    told |= {unit for sign, unit in _SIGNS.items() if re.search(rf"(?<![A-Za-z]){sign}", known)}
    for word in _IN_UNIT.finditer(text):
        if _MEASURES.get(word[1].casefold(), "") not in {"", *told}:
            return word[1]
    return ""


def _words(text: str) -> set[str]:
    return {one.casefold() for one in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", text)}


def counts_otherwise(old: str, new: str) -> bool:
    """Return whether names tell different units; one word alone may be what it names."""
    (first, here), (second, there) = _unit_of(old), _unit_of(new)
    if first == second:
        return False
    return bool(first and second) or (here if first else there)


def measures_otherwise(old: str, new: str) -> bool:
    """Return whether both names tell a unit, and not the same one."""
    first, second = _unit_of(old)[0], _unit_of(new)[0]
    return bool(first and second) and first != second


def _unit_of(name: str) -> tuple[str, bool]:
    """Return the unit that a name ends in, "" for none, and whether there are words before it."""
    words = re.findall(r"[KMG]i?B|[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)
    return (_UNITS.get(words[-1].casefold(), ""), len(words) > 1) if words else ("", False)
