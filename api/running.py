"""What one running API process holds, for as long as it serves."""

from dataclasses import dataclass

from api.cache import AnswerCache
from api.catalogue_reads import CatalogueReads
from api.limits import Limits
from api.live_levels import LiveLevels
from api.live_places import Places
from api.multipart import FormGate
from api.services import Services
from api.together import Together
from application.ports.security import Standing
from domain.shared.identifiers import AccountId


@dataclass(frozen=True, slots=True)
class Running:
    services: Services
    limits: Limits
    cache: AnswerCache
    catalogue: CatalogueReads
    forms: FormGate
    standings: Together[AccountId, Standing]
    """Accounts as they stand when they are asked for."""
    levels: LiveLevels
    places: Places
    """For those who listen to the levels."""

    @classmethod
    def over(cls, services: Services) -> "Running":
        settings = services.settings
        return cls(
            services=services,
            limits=Limits(on=settings.rate_limits, storage=settings.rate_limit_storage),
            cache=AnswerCache(services.positions, services.clock),
            catalogue=CatalogueReads(services),
            forms=FormGate(),
            standings=Together(services.directory.standings),
            levels=LiveLevels(services),
            places=Places(limited=settings.rate_limits),
        )

    async def aclose(self) -> None:
        await self.levels.aclose()
        await self.limits.aclose()
