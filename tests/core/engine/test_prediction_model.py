"""A prediction changes how fast the real model answers, and not what.

The engine adds up a batch of eight rows in another order than a single row: logits differ by up to
0.25, in what is remembered of drafted tokens as well. So where the model itself is undecided, its
two best tokens nearer to each other than that, another answer of the same worth can follow. In the
four edits of code below nothing is that near.
"""

import pytest

from inference_core.domain.generation import (
    GenerationRequest,
    Sampling,
    TextPiece,
    TextPrompt,
)
from inference_core.engine.drafting import StepCosts
from inference_core.engine.job import Job
from inference_core.engine.prefix_store import common_beginning
from inference_core.engine.scheduler import Limits, Scheduler

pytestmark = pytest.mark.model

FILE = """\
class Book:
    def __init__(self, title, copies):
        self.title = title
        self.copies = copies
        self.loans = {}

    def free(self):
        return self.copies - len(self.loans)

    def lend(self, reader, day):
        if self.free() < 0:
            raise ValueError(f"{self.title} is not there")
        self.loans[reader] = day

    def take_back(self, reader):
        del self.loans[reader]
"""

EDITS = [
    "Change nothing: repeat the file as it is.",
    "Rename the method `take_back` to `give_back` everywhere.",
    "`lend` lends one copy too many: with no copy free it must raise. Fix its condition.",
    "Add a method `readers(self)` at the end, which returns the sorted list of the readers.",
]

# Logits of a batch and of single rows were seen to differ by up to 0.25, each of two tokens'.
UNDECIDED = 0.5


class AlwaysPaying(StepCosts):
    """Drafts as long as the text goes on: the machine's mood must not decide what is tested."""

    def __init__(self):
        super().__init__([(1, 10.0), (33, 11.0)])

    def note(self, rows, ms):
        pass


def edit_of(wanted):
    return (
        f"Here is books.py:\n\n```python\n{FILE}```\n\n{wanted}\n"
        "Answer with the whole new file in one code block and nothing else."
    )


def prediction(decoder):
    return decoder.tokenize(f"```python\n{FILE}```", special=False)


# The model is undecided about the types: after 74 tokens the best two are 0.05 apart.
OPEN_EDIT = edit_of("Add type annotations to the parameters and the result of every method.")


def chat(text):
    return f"<|im_start|>user\n{text}<|im_end|>\n<|im_start|>assistant\n"


def answer(decoder, prompt, prediction=(), most=260):
    """The tokens of an answer, how far ahead of the second best each was, and its end."""
    said = []
    limits = Limits(parallel=1, saved_bytes=0)
    scheduler = Scheduler(decoder, limits, lambda _, event: said.append(event), AlwaysPaying())
    for sequence in range(decoder.sequences):
        decoder.cut(sequence, 0)
    tokens = decoder.tokenize(prompt, special=True)
    request = GenerationRequest(
        TextPrompt(prompt), Sampling(max_tokens=most, temperature=0.0, logprobs=2)
    )
    job = Job(1, request, tokens, decoder.info.context - len(tokens), prediction)
    scheduler.add(job)
    while not scheduler.idle:
        scheduler.run(scheduler.compose())
    seen = [each for event in said if isinstance(event, TextPiece) for each in event.logprobs]
    ahead = [each.top[0].logprob - each.top[1].logprob for each in seen]
    return job.written, ahead, said[-1].timings


@pytest.mark.parametrize("wanted", EDITS)
def test_a_predicted_edit_is_the_plain_one(decoder, wanted):
    prompt = chat(edit_of(wanted))
    plain, _, _ = answer(decoder, prompt)
    predicted, _, timings = answer(decoder, prompt, prediction(decoder))
    assert timings.draft_n_accepted > 50
    assert predicted == plain


def test_alone_the_same_request_is_answered_the_same_every_time(decoder):
    prompt = chat(edit_of(EDITS[2]))
    assert answer(decoder, prompt, most=60)[:2] == answer(decoder, prompt, most=60)[:2]


@pytest.mark.parametrize("wanted", ["Tell a story about a lighthouse keeper.", OPEN_EDIT])
def test_a_predicted_answer_leaves_the_plain_one_only_where_the_model_is_undecided(decoder, wanted):
    prompt = chat(wanted)
    plain, ahead, _ = answer(decoder, prompt, most=80)
    predicted, _, timings = answer(decoder, prompt, plain, most=80)
    assert timings.draft_n_accepted > 0
    same = common_beginning(predicted, plain)
    assert same == len(plain) or ahead[same] < UNDECIDED
