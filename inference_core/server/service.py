"""What every route works with."""

from dataclasses import dataclass

from inference_core.chat.template import ChatTemplate
from inference_core.engine.protocol import Engine
from inference_core.server.activity import Activity
from inference_core.server.emulation.settings import Emulation
from inference_core.server.served_model import ServedModel


@dataclass(frozen=True, slots=True)
class Service:
    """One loaded model, how to chat with it, and who uses it right now.

    ``emulation`` is there where it answers in the place of another service.
    """

    engine: Engine
    model: ServedModel
    template: ChatTemplate
    activity: Activity
    emulation: Emulation | None = None
