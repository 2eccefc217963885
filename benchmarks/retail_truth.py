"""What the read models must say after `replay_retail`: `python -m benchmarks.retail_truth FILE [--url URL]`.

Shares no code with the loader, on purpose: figures in pence, straight from the file.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.table import Table

Product = tuple[str, int]
"""Stock code and price in pence."""
EVERYBODYS = "from-the-real-file"
"""Password: the customers are those of a public file."""
SHOWN = 10
PAID = frozenset({"succeeded", "refunded", "partially_refunded"})


@dataclass(slots=True)
class Figures:
    """Amounts in pence."""

    rows: int = 0
    revenue: int = 0
    paid: int = 0
    units: Counter[Product] = field(default_factory=Counter)
    """As they were ordered."""
    reserved: Counter[Product] = field(default_factory=Counter)
    """As the stock has them set aside."""
    orders: Counter[str] = field(default_factory=Counter)
    """By the buyer's name."""
    refunded: Counter[str] = field(default_factory=Counter)
    """By the buyer's name."""


def figures(path: Path) -> Figures:
    """Straight from the file: rows with quantity and price above zero, and the cancellations that have a sale."""
    found = Figures()
    invoices, unreturned = set[tuple[str, str]](), defaultdict[tuple[str, Product], list[int]](list)
    with path.open(encoding="utf-8-sig", newline="") as file:
        for invoice, code, _, count, _, price, customer, _ in list(csv.reader(file))[1:]:
            quantity, pence = int(count), _pence(price)
            product = (code, pence)
            if quantity > 0 and pence > 0:
                buyer = f"customer-{customer}" if customer else f"invoice-{invoice}"
                found.rows += 1
                found.revenue += quantity * pence
                found.units[product] += quantity
                invoices.add((invoice, buyer))
                unreturned[buyer, product].append(quantity)
            elif invoice[0] == "C" and pence > 0:
                buyer = f"customer-{customer}"
                if _give_back(unreturned[buyer, product], -quantity):
                    found.refunded[buyer] += -quantity * pence
    found.orders.update(buyer for _, buyer in invoices)
    found.paid, found.reserved = found.revenue, found.units
    return found


def _pence(price: str) -> int:
    pounds, _, fraction = price.partition(".")
    return int(pounds) * 100 + int(fraction.ljust(2, "0"))


def _give_back(sales: list[int], quantity: int) -> bool:
    """Takes the units out of the last sale that still has as many."""
    for index in reversed(range(len(sales))):
        if sales[index] >= quantity:
            sales[index] -= quantity
            return True
    return False


class Answers:
    """The shop's read models over HTTP."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def log_in(self, email: str, password: str) -> dict[str, str]:
        """Headers of somebody who is logged in."""
        answer = self._http.post("/auth/login", json={"email": email, "password": password})
        return {"authorization": f"Bearer {self._json(answer)['accessToken']}"}

    def get(self, path: str, headers: dict[str, str]) -> Any:
        return self._json(self._http.get(path, headers=headers))

    def every(self, path: str, headers: dict[str, str]) -> Iterator[Any]:
        """All pages of a list, one cursor after another."""
        cursor = ""
        while True:
            page = self.get(f"{path}?limit=100{cursor}", headers)
            yield from page["items"]
            if not page["nextCursor"]:
                return
            cursor = f"&cursor={page['nextCursor']}"

    @staticmethod
    def _json(answer: httpx.Response) -> Any:
        answer.raise_for_status()
        return answer.json(parse_float=Decimal)


def read_models(answers: Answers, buyers: list[str], *, admin: dict[str, str], password: str) -> Figures:
    """The same figures as the shop tells them, of these buyers' orders that were not cancelled."""
    found = Figures()
    products = {each["id"]: (each["sku"], round(each["price"] * 100)) for each in answers.every("/products", admin)}
    ordered = set[str]()
    names = {_account(answers, buyer, password): buyer for buyer in buyers}
    for order in answers.every("/orders", admin):
        buyer = names.get(order["buyerId"])
        if buyer is None or order["status"] == "cancelled":
            continue
        payment = answers.get(f"/payments/{order['paymentId']}", admin)
        found.orders[buyer] += 1
        found.revenue += round(order["totalAmount"] * 100)
        found.paid += round(payment["amount"] * 100) if payment["status"] in PAID else 0
        if payment["refunded"]:
            found.refunded[buyer] += round(payment["refunded"] * 100)
        for line in order["items"]:
            code, _ = products[line["productId"]]
            found.rows += 1
            found.units[code, round(line["priceAtPurchase"] * 100)] += line["quantity"]
            ordered.add(line["productId"])
    for level in answers.every("/inventory", admin):
        if level["productId"] in ordered:
            found.reserved[products[level["productId"]]] += level["reserved"]
    return found


def _account(answers: Answers, buyer: str, password: str) -> str:
    me: str = answers.get("/users/me", answers.log_in(f"{buyer}@retail.example", password))["id"]
    return me


def differences(truth: Figures, told: Figures) -> list[str]:
    found = []
    for name in ("revenue", "paid"):
        pounds, theirs = _pounds(getattr(truth, name)), _pounds(getattr(told, name))
        if pounds != theirs:
            found.append(f"{name}: {pounds} in the file, {theirs} in the read models")
    for name in ("units", "reserved", "orders", "refunded"):
        file, shop = getattr(truth, name), getattr(told, name)
        keys = [key for key in sorted({*file, *shop}, key=str) if file[key] != shop[key]]
        found += [f"{name} of {key}: {file[key]} in the file, {shop[key]} in the read models" for key in keys]
    return found


def _pounds(pence: int) -> str:
    return f"{Decimal(pence).scaleb(-2):,.2f}"


def _table(columns: dict[str, Figures]) -> Table:
    table = Table("", *columns, title="Online Retail", title_justify="left")
    both = columns.values()
    table.add_row("revenue", *(_pounds(each.revenue) for each in both))
    table.add_row("paid", *(_pounds(each.paid) for each in both))
    table.add_row("refunded", *(_pounds(each.refunded.total()) for each in both))
    table.add_row("after cancellations", *(_pounds(each.revenue - each.refunded.total()) for each in both))
    table.add_row("units", *(f"{each.units.total():,}" for each in both))
    table.add_row("units reserved", *(f"{each.reserved.total():,}" for each in both))
    table.add_row("products", *(f"{len(each.units):,}" for each in both))
    table.add_row("orders", *(f"{each.orders.total():,}" for each in both))
    table.add_row("customers", *(f"{len(each.orders):,}" for each in both))
    return table


def main(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The Online Retail file, as CSV.")],
    url: Annotated[str | None, typer.Option(help="Compare with this shop's read models.")] = None,
    admin: Annotated[str, typer.Option(help="email:password")] = "admin@till.example:open-the-shop",
    password: Annotated[str, typer.Option(help="Of the customers that the loader registered.")] = EVERYBODYS,
) -> None:
    """Print the figures; with --url, end with 1 where the read models say anything else."""
    console = Console(highlight=False)
    truth = figures(file)
    if url is None:
        console.print(_table({"file": truth}))
        return
    with httpx.Client(base_url=f"{url.rstrip('/')}/api/v1", timeout=60) as http:
        answers = Answers(http)
        email, _, secret = admin.partition(":")
        told = read_models(answers, sorted(truth.orders), admin=answers.log_in(email, secret), password=password)
    console.print(_table({"file": truth, "read models": told}))
    found = differences(truth, told)
    for difference in found[:SHOWN]:
        console.print(difference, style="red")
    console.print(f"{len(found)} differences" if found else "Equal to the penny.")
    raise typer.Exit(1 if found else 0)


if __name__ == "__main__":
    typer.run(main)
