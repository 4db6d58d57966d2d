"""Runs a Node.js script of `node/`, and answers what it asks of a person. node/conversation.mjs is the other end."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.support.programs import require

FOLDER = Path(__file__).parent / "node"
_LONGEST = 30  # seconds

Answers = Mapping[str, Callable[[str], str]]


def run(name: str, arguments: Sequence[str], told: Mapping[str, Any], answers: Answers) -> dict[str, Any]:
    """What the script saw. `told` is what it starts with; `answers` has a function for each question, by its name.

    A script that takes longer than 30 s is ended. Without a report from it this raises RuntimeError, with what it wrote to stderr.
    """
    command = [str(require("node")), str(FOLDER / name), *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, cwd=FOLDER) as process:
        limit = threading.Timer(_LONGEST, process.kill)
        limit.start()
        try:
            return _converse(process, told, answers)
        finally:
            limit.cancel()
            process.kill()


def _converse(process: subprocess.Popen[str], told: Mapping[str, Any], answers: Answers) -> dict[str, Any]:
    assert process.stdin and process.stdout and process.stderr

    def tell(what: Mapping[str, Any]) -> None:
        print(json.dumps(what), file=process.stdin, flush=True)

    tell(told)
    for line in process.stdout:
        ((name, argument),) = json.loads(line).items()
        if name == "saw":
            return dict(argument)
        tell({"answer": answers[name](argument)})
    raise RuntimeError(process.stderr.read())
