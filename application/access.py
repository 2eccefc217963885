"""Who may: the actor's role is taken from the account itself, in the same verified read as the rest of a decision."""

from uuid import UUID

from application.ports.work import Work
from domain.accounts.account import ACCOUNTS, Account
from domain.accounts.api_key import API_KEYS
from domain.accounts.events import Role
from domain.accounts.standing import require_open
from domain.catalogue.product import PRODUCTS, Product
from domain.shared.actor import ActorKind
from domain.shared.identifiers import AccountId, ProductId
from domain.shared.refusal import Forbidden, NotFound, Refusal


class VersionMismatch(Refusal):
    """What is to be changed has moved on since it was looked at."""

    code = "version-mismatch"


def acting_account(work: Work, *roles: Role) -> Account:
    """The account that asks; raises Forbidden where none does, or where it has none of the roles."""
    account_id = work.actor.account
    account = work.find(ACCOUNTS, account_id) if account_id else None
    if account is None:
        raise Forbidden("This takes an account.")
    account.require(*roles)
    if (key_id := work.actor.key) is not None:
        key = work.find(API_KEYS, key_id)
        if key is None:
            raise Forbidden("The API key is not valid.")
        key.require_good(account)
    return account


def admitted(work: Work, *roles: Role) -> Account | None:
    """As `acting_account`, but None where the shop itself asks, which may do anything."""
    return None if work.actor.kind is ActorKind.SYSTEM else acting_account(work, *roles)


def require_the_shop(work: Work) -> None:
    """Raises Forbidden for every person: what providers and clocks say comes through the shop itself."""
    if admitted(work) is not None:
        raise Forbidden("This is for the shop itself.")


def own_account(work: Work, account_id: AccountId) -> Account:
    """The account, for its owner, an admin or the shop itself. Raises NotFound for others, and AccountInClosing."""
    account = any_own_account(work, account_id)
    require_open(account)
    return account


def any_own_account(work: Work, account_id: AccountId) -> Account:
    """As `own_account`, though it may be closed."""
    asking = admitted(work)
    if asking is not None and asking.id != account_id and asking.role is not Role.ADMIN:
        raise NotFound("There is no such account.")
    return work.get(ACCOUNTS, account_id)


def own_product(work: Work, product_id: ProductId) -> Product:
    """The product, for its seller, an admin or the shop itself; raises Forbidden for everybody else."""
    asking = admitted(work, Role.SELLER, Role.ADMIN)
    product = work.get(PRODUCTS, product_id)
    if asking is not None and not product.owned_by(asking.id, asking.role):
        raise Forbidden("The product belongs to another seller.")
    return product


def require_version(work: Work, stream: UUID, expected: int | None) -> None:
    """Raises VersionMismatch; None expects nothing. The stream must have been read before."""
    if expected is not None and expected != (current := work.version(stream)):
        raise VersionMismatch(f"Version {expected} was expected; it is at {current}.")
