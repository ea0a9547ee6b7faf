"""A proposal in the making, and how its next answer is asked for."""

from dataclasses import dataclass, field, replace

from spark_desktop.domain.completion import ChatRequest, Priority
from spark_desktop.domain.documentation_requests import is_only_documentation
from spark_desktop.domain.proposal import Proposal
from spark_desktop.domain.track_record import Way
from spark_desktop.domain.trigger import Instruction
from spark_desktop.domain.unsaid import asks_for_types
from spark_desktop.services.fill_in import FillIn
from spark_desktop.services.ports import Endpoint
from spark_desktop.services.prompts import Surroundings, blocks_request, region_request
from spark_desktop.services.target import Target

# Other answers to one prompt: hot enough to differ, not so hot that they are nonsense.
SAMPLING = 0.7


@dataclass(slots=True)
class Work:
    """``said`` is the conversation so far, of which every attempt has to hear what is ``kept``.

    ``way`` is how the last answer was asked for, ``likelihood`` how sure the model was of it, and
    ``asked`` how many there were. ``in_blocks``: the model changes the file by blocks. ``anew`` is
    how the body of the region's function can be written once more. ``is_decided``: a test has said
    that an answer was wrong, and so can say that another one is right. ``tried`` are the files as
    the answers so far would leave them. One that ``may_wait`` is put off where others come first;
    ``before`` is its answer of then, which does not pass with them either.
    """

    proposal: Proposal
    target: Target
    endpoint: Endpoint
    around: Surroundings
    fill_in: FillIn | None
    anew: FillIn | None = None
    said: tuple[tuple[str, str], ...] = ()
    kept: int = 0
    in_blocks: bool = False
    asked: int = 0
    way: Way = Way.REGION
    likelihood: float | None = None
    filled_in: int = 0
    is_decided: bool = False
    tried: set[str] = field(default_factory=set)
    may_wait: bool = False
    before: Proposal | None = None

    @property
    def priority(self) -> Priority:
        """Return that of a question for what was typed to Spark: somebody sits there and waits."""
        is_typed = isinstance(self.proposal.trigger, Instruction)
        return Priority.QUESTION if is_typed else Priority.SUGGESTION

    def request(self, way: Way, *, likelihood: bool = False) -> ChatRequest:
        """Return the request for the next answer; ``likelihood`` asks how sure the model is."""
        said = self.said if way is Way.REPAIR else self.said[: self.kept]
        path, asked = self.proposal.trigger.snapshot.path, self.target.instruction
        if self.in_blocks:
            request = blocks_request(path, self.target.content, asked, said, self.around.text)
        else:
            shown = self.target.text
            request = region_request(
                path, shown, asked, said, self.around.text, is_documented=self._is_documented
            )
        if way is Way.SAMPLE:
            request = replace(request, temperature=SAMPLING, seed=self.asked)
        return replace(request, priority=self.priority, likelihood=likelihood)

    @property
    def _is_documented(self) -> bool:
        """Return whether all that is wanted is a comment above the code, which has none."""
        asked, text = self.target.instruction, self.target.text
        is_above = not self.proposal.trigger.snapshot.path.endswith((".py", ".pyi"))
        return (
            is_above
            and not text.lstrip().startswith(("//", "/*", "#"))
            and is_only_documentation(self.proposal.trigger, asked)
            and not asks_for_types(asked)
        )

    def filled(self, way: Way) -> FillIn | None:
        """Return the fill-in with what joins its prompt; None where nothing can be filled in."""
        fill_in = self.anew if way is Way.ANEW else self.fill_in
        if fill_in is None:
            return None
        request = replace(fill_in.request, priority=self.priority, extra=self.around.extra)
        if self.filled_in:
            request = replace(request, temperature=SAMPLING, seed=self.asked)
        self.filled_in += 1
        return replace(fill_in, request=request)
