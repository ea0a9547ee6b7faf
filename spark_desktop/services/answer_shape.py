"""From what a model answered to the region that it means, and the file with it."""

from dataclasses import dataclass

from spark_desktop.domain.clipping import clipped, strays, with_explanation
from spark_desktop.domain.grafting import alone, with_body_of, with_imports
from spark_desktop.services.attempts import Answer
from spark_desktop.services.target import Target

_PYTHON = (".py", ".pyi")


@dataclass(frozen=True, slots=True)
class Shaped:
    """The region, the file ``after`` with it, and what of it belongs to other code, "" for none."""

    region: str
    after: str
    stray: str = ""


def shaped_by(target: Target, path: str, answer: Answer) -> Shaped:
    """Return the answer without what it repeats of the surroundings, in the file's style.

    A stub keeps all that its author wrote above the body; imports that it needs join the file's.
    """
    if answer.is_whole:
        return Shaped(answer.region, answer.region)
    said, imports = answer.region, tuple[str, ...]()
    is_python = path.endswith(_PYTHON)
    if is_python and (one := alone(target.text, said, target.outside)) is not None:
        said, imports = one.text, one.imports
    around = target.surroundings
    region = with_explanation(clipped(said, target.text, around), target.text)
    if is_python and target.signature and (one := with_body_of(target.text, said)) is not None:
        region, imports = one.text, (*imports, *one.imports)
    stray = strays(region, target.text, around)
    region = target.in_style(region)
    after = target.with_region(region)
    return Shaped(region, with_imports(after, imports) if imports else after, stray)
