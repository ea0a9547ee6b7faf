"""What ``models list --json`` says: the catalogue, what is here of it, and the user's own files."""

from collections.abc import Sequence

from inference_core.models.catalogue import Catalogue, Offer, offered
from inference_core.models.fetching import free_bytes
from inference_core.models.own_models import OwnModel
from inference_core.models.store import ModelStore, StoredModel


def listing_json(
    store: ModelStore, catalogue: Catalogue, own: Sequence[OwnModel]
) -> dict[str, object]:
    """Return the whole list; sizes in bytes, contexts in tokens, ``free`` None where unknown."""
    known = zip(offered(catalogue), store.list(catalogue), strict=True)
    busy = {model.id for model in catalogue.models if store.is_busy(model)}
    return {
        "folder": str(store.folder),
        "free": _free(store),
        "default": catalogue.default.id,
        "models": [_known(offer, stored, offer.model.id in busy) for offer, stored in known],
        "own": [_own(file) for file in own],
    }


def _free(store: ModelStore) -> int | None:
    # The folder is made by the first download.
    for folder in (store.folder, *store.folder.parents):
        try:
            return free_bytes(folder)
        except OSError:
            continue
    return None


def _known(offer: Offer, stored: StoredModel, is_busy: bool) -> dict[str, object]:
    model = offer.model
    return {
        "id": model.id,
        "path": str(stored.path),
        "state": stored.state.name.lower(),
        "busy": is_busy,
        "bytes": model.bytes,
        "bytes_here": stored.bytes_here,
        "licence": model.licence,
        "context": model.context,
        "memory_bytes": model.memory_bytes,
        "refusal": offer.refusal,
        "sources": [_source(origin) for origin in model.sources],
    }


def _source(origin: object) -> str:
    # The name of the place only: an address may hold what is nobody's business.
    return str(getattr(origin, "repo", "") or "package index")


def _own(file: OwnModel) -> dict[str, object]:
    return {
        "id": file.path.stem,
        "path": str(file.path),
        "bytes": file.bytes,
        "name": file.name,
        "licence": file.licence,
        "context": file.context,
        "fault": file.fault,
    }
