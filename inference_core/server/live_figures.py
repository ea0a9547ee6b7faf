"""Figures that are read when somebody asks for them: slots, connections, the process."""

import platform
import sys
from collections.abc import Iterable
from importlib.metadata import version

import psutil
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from inference_core.engine.slot import SlotPhase
from inference_core.server.connections import Connections
from inference_core.server.service import Service


class LiveFigures(Collector):
    """What is so at this moment: slots, connections, this process."""

    def __init__(self, service: Service, connections: Connections) -> None:
        self._service = service
        self._connections = connections
        self._process = psutil.Process()

    def collect(self) -> Iterable[Metric]:
        """Return the figures."""
        yield InfoMetricFamily(
            "spark_core_build",
            "This core.",
            {
                "version": version("spark-desktop"),
                "python": platform.python_version(),
                "model": self._service.model.id,
            },
        )
        yield from self._slot_figures()
        yield from self._connection_figures()
        yield from self._process_figures()

    def _slot_figures(self) -> Iterable[Metric]:
        slots = self._service.engine.slots()
        states = GaugeMetricFamily("spark_core_slots", "Slots by what they do.", labels=("state",))
        for phase in SlotPhase:
            count = sum(slot.phase is phase for slot in slots)
            states.add_metric((phase.value,), count)
        yield states
        # Each slot tells the length of the one queue.
        waiting = max((slot.queued for slot in slots), default=0)
        yield GaugeMetricFamily("spark_core_queued_requests", "Requests that wait.", waiting)
        yield CounterMetricFamily(
            "spark_core_engine_prompt_tokens",
            "Prompt tokens worked through by the engine, those of cancelled answers included.",
            sum(slot.prompt_tokens_processed for slot in slots),
        )

    def _connection_figures(self) -> Iterable[Metric]:
        counts = self._connections
        leases = self._service.activity.leases
        yield GaugeMetricFamily("spark_core_connections", "Open connections.", counts.open)
        yield GaugeMetricFamily("spark_core_leases", "Clients that hold a lease.", leases)
        closed = CounterMetricFamily(
            "spark_core_connections_closed",
            "Connections that the core closed, by its reason.",
            labels=("reason",),
        )
        closed.add_metric(("made_room",), counts.made_room)
        closed.add_metric(("no_room",), counts.refused)
        closed.add_metric(("too_slow",), counts.late)
        yield closed

    def _process_figures(self) -> Iterable[Metric]:
        # Prometheus' own names, so that its dashboards find them.
        with self._process.oneshot():
            memory = self._process.memory_info().rss
            spent = self._process.cpu_times()
            begun = self._process.create_time()
            files = _descriptors(self._process)
        yield GaugeMetricFamily("process_resident_memory_bytes", "Memory in use.", memory)
        yield GaugeMetricFamily("process_open_fds", "Descriptors, or Windows' handles.", files)
        yield GaugeMetricFamily("process_start_time_seconds", "Since 1970.", begun)
        yield CounterMetricFamily(
            "process_cpu_seconds", "Of the core, without its engine.", spent.user + spent.system
        )


def _descriptors(process: psutil.Process) -> int:
    if sys.platform == "win32":
        return process.num_handles()
    return process.num_fds()
