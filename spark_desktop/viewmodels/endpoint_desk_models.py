"""The view models of the endpoints' window."""

from dataclasses import dataclass

from spark_desktop.viewmodels.costs import CostsViewModel
from spark_desktop.viewmodels.endpoint_ports import DeskServices
from spark_desktop.viewmodels.endpoints import EndpointsViewModel
from spark_desktop.viewmodels.leaderboard import LeaderboardViewModel


@dataclass(frozen=True, slots=True)
class EndpointViewModels:
    """One a page."""

    endpoints: EndpointsViewModel
    leaderboard: LeaderboardViewModel
    costs: CostsViewModel

    async def close(self) -> None:
        """Follow nothing any more, and forget the key of what was removed."""
        self.costs.close()
        await self.endpoints.close()


def endpoint_view_models(services: DeskServices) -> EndpointViewModels:
    """Return the view models, with a running loop; their tasks end with the services' scope."""
    return EndpointViewModels(
        EndpointsViewModel(services), LeaderboardViewModel(services), CostsViewModel(services)
    )
