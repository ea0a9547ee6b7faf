"""What the demo saw, and how it is written down."""

import json
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class StepOutcome:
    """One step: ``tokens`` has in, out and cached; ``seconds`` a figure for each phase."""

    name: str
    trigger: str
    path: str
    state: str
    tokens: dict[str, int]
    seconds: dict[str, float]
    hunks: int
    evidence: list[str]
    sha256: dict[str, str]
    said: str = ""
    pictures: list[str] = field(default_factory=list)

    @property
    def completed(self) -> bool:
        """Return whether the model's answer came to an end, whatever it was worth."""
        return self.tokens["out"] > 0 and self.state not in ("failed", "cancelled")


@dataclass(slots=True)
class Outcome:
    """The whole demo; ``problems`` are the product's faults, not the model's."""

    engine: str
    model: str
    steps: list[StepOutcome] = field(default_factory=list)
    tests: dict[str, dict[str, int]] = field(default_factory=dict)
    undone: bool = False
    seconds: dict[str, float] = field(default_factory=dict)
    pictures: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def write(self, folder: Path) -> None:
        """Write ``demo.json`` and ``demo.md``; raises OSError."""
        record = json.dumps(self._record(), indent=2, ensure_ascii=False)
        (folder / "demo.json").write_text(record + "\n", encoding="utf-8")
        (folder / "demo.md").write_text("\n".join(self._lines()) + "\n", encoding="utf-8")

    def _record(self) -> dict[str, object]:
        return {
            "engine": self.engine,
            "model": self.model,
            "steps": [
                {
                    "name": step.name,
                    "trigger": step.trigger,
                    "path": step.path,
                    "state": step.state,
                    "tokens": step.tokens,
                    "seconds": step.seconds,
                    "hunks": step.hunks,
                    "evidence": step.evidence,
                    "sha256": step.sha256,
                    "said": step.said,
                    "pictures": step.pictures,
                }
                for step in self.steps
            ],
            "tests": self.tests,
            "undone": self.undone,
            "seconds": self.seconds,
            "problems": self.problems,
        }

    def _lines(self) -> list[str]:
        lines = [
            "# What the demo did",
            "",
            f"Engine: {self.engine}. Model: {self.model}. The core could answer "
            f"{self.seconds.get('core_ready', 0):.1f} s after the window was shown.",
            "",
            "| step | trigger | file | came to | hunks | tokens in / out / cached "
            "| first token, s | done, s |",
            "|---|---|---|---|---|---|---|---|",
        ]
        for step in self.steps:
            tokens = f"{step.tokens['in']} / {step.tokens['out']} / {step.tokens['cached']}"
            lines.append(
                f"| {step.name} | {step.trigger} | {step.path} | {step.state} | {step.hunks} "
                f"| {tokens} | {step.seconds.get('first_token', 0):.2f} "
                f"| {step.seconds.get('done', 0):.2f} |"
            )
        lines += ["", "## The project's tests", ""]
        for when, found in self.tests.items():
            lines.append(f"- {when}: {found['passed']} of {found['run']} pass")
        undone = "every byte is back" if self.undone else "NOT every byte came back"
        lines += ["", f"After undoing everything: {undone}.", ""]
        for step in self.steps:
            lines += [f"## {step.name}", "", *(f"- {item}" for item in step.evidence), ""]
            if step.said:
                lines += ["```", step.said.rstrip(), "```", ""]
            lines += [f"![{name}]({name})" for name in step.pictures]
            lines.append("")
        lines += [f"![{name}]({name})" for name in self.pictures]
        lines += ["", *(f"PROBLEM: {problem}" for problem in self.problems)]
        return lines
