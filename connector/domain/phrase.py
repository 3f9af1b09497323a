"""Say a sentence in English so that it can be said in another language later: as a pattern and its values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


class Phrase(str):
    """Be the English sentence, and remember what it was made of. The pattern is its key in a catalogue."""

    pattern: str
    values: Mapping[str, object]

    def __new__(cls, pattern: str, values: Mapping[str, object]) -> Phrase:
        made = super().__new__(cls, pattern.format(**values) if values else pattern)
        made.pattern, made.values = pattern, values
        return made


def phrase(pattern: str, /, **values: object) -> Phrase:
    """Make a sentence; values that are phrases themselves are translated with it, all others are left as they are."""
    return Phrase(pattern, values)


def phrases(parts: Iterable[str], between: str = "\n") -> Phrase:
    """Join sentences to one, in which each keeps its own translation."""
    values: dict[str, object] = {f"part_{number}": part for number, part in enumerate(parts)}
    pattern = "{between}".join(f"{{{name}}}" for name in values)
    return Phrase(pattern, {**values, "between": between})
