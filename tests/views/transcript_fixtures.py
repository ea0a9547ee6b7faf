"""Turns and pieces of work for the tests of the transcript."""

from datetime import UTC, datetime

from spark_desktop.domain.conversation import Turn, TurnState

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ANSWER = """See **the** [guide](https://example.org/a), and `code`.

- one
- two

```python
def f():
    return 1
```

Done.
"""


def turn(answer: str = ANSWER, state: TurnState = TurnState.DONE, turn_id: str = "1") -> Turn:
    return Turn(turn_id, "Why?", answer, state, NOW)
