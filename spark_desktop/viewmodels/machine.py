"""The view models of what concerns the machine instead of one project."""

from dataclasses import dataclass
from typing import Protocol

from spark_desktop.services.ledger import ConnectionRecords
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.about import AboutSource, AboutViewModel
from spark_desktop.viewmodels.connections import ConnectionsViewModel
from spark_desktop.viewmodels.doctor import Doctor, DoctorViewModel
from spark_desktop.viewmodels.models import Models, ModelsViewModel
from spark_desktop.viewmodels.self_test import SelfTest, SelfTestViewModel


class MachineServices(Protocol):
    """What they need."""

    @property
    def scope(self) -> TaskScope:
        """Return the owner of their tasks."""
        ...

    @property
    def models(self) -> Models:
        """Return what looks after the models."""
        ...

    @property
    def doctor(self) -> Doctor:
        """Return what examines this machine."""
        ...

    @property
    def self_test(self) -> SelfTest:
        """Return what tries everything once."""
        ...

    @property
    def connections(self) -> ConnectionRecords:
        """Return which hosts were asked."""
        ...

    @property
    def about(self) -> AboutSource:
        """Return what knows what this Spark is."""
        ...


@dataclass(frozen=True, slots=True)
class MachineViewModels:
    """One view model a window; ``doctor_service`` takes what only a window can examine."""

    models: ModelsViewModel
    doctor: DoctorViewModel
    connections: ConnectionsViewModel
    about: AboutViewModel
    self_test: SelfTestViewModel


def machine_view_models(services: MachineServices) -> MachineViewModels:
    """Return the view models; their tasks end with the services' scope."""
    return MachineViewModels(
        ModelsViewModel(services.models, services.scope),
        DoctorViewModel(services.doctor, services.scope),
        ConnectionsViewModel(services.connections, services.scope),
        AboutViewModel(services.about, services.scope),
        SelfTestViewModel(services.self_test, services.scope),
    )
