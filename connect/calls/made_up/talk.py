"""What was said and written about made-up calls."""

from __future__ import annotations

from random import Random

from connect.calls.incoming import Segment, TranscriptIn
from connect.calls.made_up.words import DAYS, DIALOGUES, ITEMS, NOTES

_MS_A_LETTER, _PAUSE_MS = 60, 400


def note(random: Random, department: str) -> str:
    """A note that an agent of the department would leave."""
    return _filled(random.choice(NOTES[department]), *_topic(random))


def transcript(random: Random) -> TranscriptIn:
    """A short conversation; one in ten is in Hindi."""
    language = "hi-IN" if random.random() < 0.1 else "en-IN"
    topic = _topic(random)
    segments, at = [], 0
    for speaker, template in random.choice(DIALOGUES[language]):
        text = _filled(template, *topic)
        end = at + len(text) * _MS_A_LETTER
        segments.append(Segment(speaker, at, end, text))
        at = end + _PAUSE_MS
    return TranscriptIn(language, tuple(segments))


def _topic(random: Random) -> tuple[str, str]:
    return random.choice(ITEMS), random.choice(DAYS)


def _filled(template: str, item: str, day: str) -> str:
    return template.format(item=item, day=day, Item=item.capitalize(), Day=day)
