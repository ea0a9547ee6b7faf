"""The view models of one open project, connected to each other."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Protocol

from PySide6.QtCore import QObject

from spark_desktop.services.answers import Answers
from spark_desktop.services.bus import Bus
from spark_desktop.services.composing import Composing
from spark_desktop.services.ports import Core, FileStore
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.answer_pace import AnswerPace
from spark_desktop.viewmodels.changes import ChangesViewModel
from spark_desktop.viewmodels.chat import ChatViewModel
from spark_desktop.viewmodels.composer import ComposerViewModel
from spark_desktop.viewmodels.core import CoreViewModel
from spark_desktop.viewmodels.history import HistoryViewModel
from spark_desktop.viewmodels.lab import LabViewModel
from spark_desktop.viewmodels.offers import OffersViewModel
from spark_desktop.viewmodels.ports import Chat, Edits, Lab, Reviews, Turns
from spark_desktop.viewmodels.project_files import ProjectFiles
from spark_desktop.viewmodels.quick_actions import QuickActionService, QuickActionsViewModel
from spark_desktop.viewmodels.rest import Offering
from spark_desktop.viewmodels.review import ReviewViewModel
from spark_desktop.viewmodels.status import StatusViewModel
from spark_desktop.viewmodels.thread_image import ThreadImageViewModel
from spark_desktop.viewmodels.thread_ports import Threads
from spark_desktop.viewmodels.threads import ThreadsViewModel
from spark_desktop.viewmodels.times import TimesViewModel


class Services(Protocol):
    """What an open project offers."""

    @property
    def bus(self) -> Bus:
        """Return what publishes the project's events."""
        ...

    @property
    def scope(self) -> TaskScope:
        """Return the owner of the project's tasks."""
        ...

    @property
    def files(self) -> FileStore:
        """Return the project's files."""
        ...

    @property
    def core(self) -> Core:
        """Return the local core."""
        ...

    @property
    def answers(self) -> Answers:
        """Return who answers what kind of work."""
        ...

    @property
    def turns(self) -> Turns:
        """Return the proposals in the making."""
        ...

    @property
    def review(self) -> Reviews:
        """Return what writes decisions."""
        ...

    @property
    def edits(self) -> Edits:
        """Return the applied changes."""
        ...

    @property
    def chat(self) -> Chat:
        """Return the threads."""
        ...

    @property
    def composing(self) -> Composing:
        """Return what the composer uses."""
        ...

    @property
    def inbox(self) -> Offering:
        """Return what looks at saved files."""
        ...

    @property
    def quick_actions(self) -> QuickActionService:
        """Return the quick actions of selected lines."""
        ...

    @property
    def lab(self) -> Lab:
        """Return the recorded answers and the paces of other hardware."""
        ...

    @property
    def threads(self) -> Threads:
        """Return the list of threads."""
        ...


@dataclass(frozen=True, slots=True)
class ProjectViewModels:
    """One view model a view."""

    core: CoreViewModel
    changes: ChangesViewModel
    review: ReviewViewModel
    chat: ChatViewModel
    composer: ComposerViewModel
    status: StatusViewModel
    lab: LabViewModel
    times: TimesViewModel
    threads: ThreadsViewModel
    files: ProjectFiles
    image: ThreadImageViewModel
    history: HistoryViewModel
    quick_actions: QuickActionsViewModel
    offers: OffersViewModel

    def release(self) -> None:
        """Give the view models up, once the project has ended and its views are gone.

        What is connected to a signal is held by Qt, where Python's collector does not see it: a
        view model, and through it the views and the project, would stay for good.
        """
        for model in self.all():
            model.deleteLater()

    def all(self) -> tuple[QObject, ...]:
        """Return the view models, with those that they are made of."""
        seen: set[int] = set()
        parts = (getattr(self, part.name) for part in fields(self))
        return tuple(model for part in parts for model in _models_in(part, seen))


def _models_in(model: QObject, seen: set[int]) -> Iterator[QObject]:
    seen.add(id(model))
    yield model
    for value in vars(model).values():
        is_ours = type(value).__module__.startswith(__package__ or "")
        if isinstance(value, QObject) and is_ours and id(value) not in seen:
            yield from _models_in(value, seen)


def view_models(services: Services, now: Callable[[], datetime]) -> ProjectViewModels:
    """Return the view models; what is chosen in one is shown by the next."""
    bus, scope = services.bus, services.scope
    pace = AnswerPace(bus)
    review = ReviewViewModel(services.turns, services.review, services.files, bus, scope)
    chat = ChatViewModel(services.chat, services.turns, services.files, bus, scope, pace)
    changes = ChangesViewModel(services.turns, services.edits, now, bus, scope)
    models = ProjectViewModels(
        CoreViewModel(services.core, bus, services.answers),
        changes,
        review,
        chat,
        ComposerViewModel(chat, services.composing, bus, scope),
        StatusViewModel(services.core, bus, pace),
        LabViewModel(services.lab, bus, scope, lambda: review.proposal),
        TimesViewModel(bus, services.lab, scope, now),
        ThreadsViewModel(services.threads, now, bus, scope),
        ProjectFiles(services.files, bus, scope),
        ThreadImageViewModel(services.lab, scope),
        HistoryViewModel(services.edits, now, bus, scope),
        QuickActionsViewModel(
            services.quick_actions, review, chat, services.composing.outbox, scope
        ),
        OffersViewModel(services.inbox, bus, changes.tell_error),
    )
    chat, threads = models.chat, models.threads
    threads.thread_wanted.connect(chat.open_thread)
    threads.new_wanted.connect(chat.new_thread)
    chat.thread_changed.connect(lambda: threads.set_current(chat.thread_id))
    threads.question_wanted.connect(
        lambda _question, path: models.changes.choose_file(path) if path else None
    )
    models.changes.proposal_chosen.connect(models.review.show_proposal)
    models.chat.edit_requested.connect(models.changes.choose_proposal)
    models.quick_actions.proposed.connect(models.changes.choose_proposal)
    models.image.told.connect(models.chat.tell)
    models.changes.file_chosen.connect(models.review.open_file)
    models.review.list_changed.connect(models.changes.refresh)
    models.review.target_changed.connect(models.chat.set_target)
    return models
