"""An engine process without a model: the real host over the fake decoder, for tests of the link.

Some prompts make it misbehave: see ``HostDecoder``.
"""

import os
import signal
import sys
import threading

from engine_fakes import FakeDecoder

from inference_core.domain.errors import ModelError
from inference_core.engine.drafting import StepCosts
from inference_core.engine.host import Channel, Host, Lines, error_json, info_json, leave
from inference_core.engine.spec import EngineSpec

# The first token of a prompt that the decoder dies of, and of one that it works on until stopped.
DEADLY = 13
ENDLESS = 14

# Of one at which the library prints something where messages go.
BABBLING = 15


class HostDecoder(FakeDecoder):
    """Dies, or works for ever, where a prompt asks for it."""

    def __init__(self):
        super().__init__()
        self._stop = threading.Event()

    def decode(self, rows):
        if rows[0].token == DEADLY:
            os.abort()
        if rows[0].token == BABBLING:
            os.write(1, b"llama: hello\n")
        if rows[0].token == ENDLESS and rows[0].position == 0:
            self._stop.wait()
            return False
        return super().decode(rows)

    def stop(self, wanted):
        if wanted:
            self._stop.set()
        else:
            self._stop.clear()


def main():
    spec = EngineSpec.from_line(sys.stdin.buffer.readline())
    lines = Lines(sys.stdin.buffer)
    lines.start()
    channel = Channel(os.fdopen(os.dup(sys.stdout.fileno()), "wb"))
    if spec.model.name == "missing.gguf":
        channel.say({"failed": error_json(ModelError("There is no model.", "Check the path."))})
        return
    if spec.model.name == "crash.gguf":
        os.abort()
    if spec.model.name == "old-processor.gguf":
        os.kill(os.getpid(), signal.SIGILL)
    channel.say({"loading": 0.5})
    decoder = HostDecoder()
    host = Host(decoder, spec.limits, StepCosts(), channel)
    channel.say({"ready": info_json(decoder.info), "slots": host.slots_json()})
    lines.deliver_to(host.receive)
    host.run()
    leave(0)


if __name__ == "__main__":
    main()
