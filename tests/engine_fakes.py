"""A decoder whose next token depends on every token before it.

So whoever mixes up sequences, positions or drafts gets another answer than a request alone. Its
memory has as many cells as it says and not one more; sequences that share a beginning share cells.
"""

from inference_core.domain.errors import EngineError, RequestError
from inference_core.domain.generation import ModelInfo
from inference_core.engine.decoder import Row, Sampled

END = 0
VOCABULARY = 50


def next_token(tokens):
    """What this model writes after some tokens: often a repetition, sometimes the end."""
    value = sum((place + 1) * token for place, token in enumerate(tokens)) % 1009
    return END if value % 37 == 0 else 1 + value % (VOCABULARY - 1)


def answer_to(prompt, most):
    """The whole answer to a prompt alone."""
    written = []
    while len(written) < most:
        written.append(next_token([*prompt, *written]))
        if written[-1] == END:
            break
    return written


class FakeSampler:
    def __init__(self, decoder):
        self.decoder = decoder
        self.closed = False

    def sample(self, row):
        assert not self.closed
        token = next_token(self.decoder.seen[row])
        if token == self.decoder.unwritable:
            raise EngineError("the sampler broke")
        return Sampled(token, None)

    def close(self):
        assert not self.closed
        self.closed = True


class FakeDecoder:
    def __init__(self, cells=256, sequences=6, batch=64, partial=True, context=None):
        self.info = ModelInfo(context or cells, cells, VOCABULARY)
        self.cells, self.sequences, self.batch, self.partial = cells, sequences, batch, partial
        self.memory = {}
        self.seen = {}
        self.worked = self.saves = 0
        self.batches = []
        self.samplers = []
        self.stopped = False
        self.fail_next = False
        self.unwritable = None

    @property
    def cells_used(self):
        """How many cells the sequences take, those they share counted once."""
        return len({id(cell) for held in self.memory.values() for cell in held})

    def tokenize(self, text, special):
        return [1 + ord(sign) % (VOCABULARY - 1) for sign in text]

    def piece(self, token, special=False):
        if not 0 <= token < VOCABULARY:
            raise RequestError("no token")
        return b"" if token == END else f"<{token}>".encode()

    def is_end(self, token):
        return token == END

    def decode(self, rows: list[Row]):
        assert 0 < len(rows) <= self.batch
        self.batches.append(rows)
        if self.fail_next:
            self.fail_next = False
            raise EngineError("the engine broke")
        if self.stopped:
            return False
        if self.cells_used + len(rows) > self.cells:
            raise EngineError("no room")
        self.seen = {}
        for index, row in enumerate(rows):
            held = self.memory.setdefault(row.sequence, [])
            assert row.position == len(held), "a hole in the sequence"
            held.append([row.token])
            if row.wanted:
                self.seen[index] = [token for (token,) in held]
        self.worked += len(rows)
        assert len(self.memory) <= self.sequences
        return True

    def stop(self, wanted):
        self.stopped = wanted

    def sampler(self, sampling, constraint):
        if constraint is not None and constraint.schema == "bad":
            raise RequestError("a bad schema")
        self.samplers.append(FakeSampler(self))
        return self.samplers[-1]

    def cut(self, sequence, length):
        held = self.memory.get(sequence, [])
        if not self.partial and 0 < length < len(held):
            return False
        del held[length:]
        return True

    def copy(self, source, target, length):
        assert not self.memory.get(target)
        self.memory[target] = list(self.memory[source][:length])

    def save(self, sequence):
        self.saves += 1
        return bytes(token for (token,) in self.memory[sequence])

    def restore(self, sequence, saved):
        assert not self.memory.get(sequence)
        if self.cells_used + len(saved) > self.cells:
            return False
        self.memory[sequence] = [[token] for token in saved]
        return True

    def close(self):
        self.memory = {}
