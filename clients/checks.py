"""Checks that say what was expected: a line each, and the count of both kinds at the end."""

import asyncio
import inspect
import sys
import traceback

CHECKS = []


def check(sentence):
    """Marks a function as the check that this sentence holds. Checks run in the order written."""

    def mark(function):
        CHECKS.append((sentence, function))
        return function

    return mark


def expect(found, expected, what="answer"):
    """Fails unless both are equal."""
    assert found == expected, f"{what}: expected {expected!r}, found {found!r}"


def run():
    """Runs all checks of the script and ends it."""
    failed = 0
    for sentence, function in CHECKS:
        try:
            outcome = function()
            if inspect.isawaitable(outcome):
                asyncio.run(outcome)
            print(f"  ok    {sentence}", flush=True)
        except Exception as error:
            failed += 1
            frames = traceback.extract_tb(error.__traceback__)
            where = next((one for one in frames if one.filename == sys.argv[0]), frames[-1])
            print(f"  FAIL  {sentence}", flush=True)
            print(f"        line {where.lineno}: {type(error).__name__}: {error}", flush=True)
    print(f"{len(CHECKS) - failed} passed, {failed} failed", flush=True)
    sys.exit(1 if failed else 0)

