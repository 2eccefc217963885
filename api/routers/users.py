"""The caller's own account."""

from api.answers import Answer, versioned
from api.call import Call
from api.deleting import LATER, delete_account
from api.fields import Body, Name, Truth, absent
from api.profiles import UserView, sealed_for_caller, user_view
from api.routing import Operation, Resource
from application.accounts.closing import ProductsForSale, UndeliveredOrders
from application.accounts.profile import EditProfile
from application.accounts.results import AccountKept

RESOURCE = Resource("/api/v1/users", "accounts")


class ProfilePatch(Body):
    """JSON Merge Patch; neither field can be removed."""

    name: Name = absent()
    promotions_opt_in: Truth = absent()


@RESOURCE.route("GET", "/me", Operation(summary="The caller's account", answer=UserView))
async def me(call: Call) -> Answer:
    view = await user_view(call, call.account.account)
    return versioned(view, view.version)


@RESOURCE.route(
    "PATCH",
    "/me",
    Operation(
        summary="Change the caller's account",
        answer=UserView,
        examples={"request": {"name": "Ada Lovelace", "promotionsOptIn": True}},
    ),
)
async def edit_me(call: Call, body: ProfilePatch) -> Answer:
    account = call.account.account
    command = EditProfile(
        account_id=account,
        full_name=await sealed_for_caller(call, body.name) if body.gives("name") else None,
        name_words=call.services.names.words(body.name) if body.gives("name") else (),
        promotions_opt_in=body.promotions_opt_in if body.gives("promotions_opt_in") else None,
        expected_version=call.expected_version(),
    )
    kept = await call.done(command, AccountKept)
    view = await user_view(call, account, version=kept.version)
    return versioned(view, view.version)


@RESOURCE.route(
    "DELETE",
    "/me",
    Operation(
        summary="Delete the caller's account, and forget the person",
        status=204,
        refusals=(UndeliveredOrders, ProductsForSale),
        alternatives=LATER,
    ),
)
async def delete_me(call: Call) -> Answer:
    return await delete_account(call, call.account.account)
