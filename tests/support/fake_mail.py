"""Mail in memory: who would have been written to, and what about."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from application.effects.effect import Outside
from application.ports.category_products import CategoryProducts
from application.ports.gateway import PaymentGateway
from application.ports.mail import Letter
from application.ports.open_orders import OpenOrders
from application.ports.reports import Figures, ReportFiles
from domain.shared.identifiers import AccountId, ChallengeId
from tests.support.fake_category_products import FakeCategoryProducts
from tests.support.fake_gateway import FakeGateway
from tests.support.fake_open_orders import FakeOpenOrders
from tests.support.fake_reports import FakeFigures, FakeReportFiles


class FakeMailer:
    """Keeps what it is given; one letter per id."""

    def __init__(self) -> None:
        self.kept: dict[UUID, Letter] = {}

    async def send(self, letter: Letter) -> None:
        self.kept.setdefault(letter.id, letter)

    async def forget(self, account: AccountId) -> None:
        self.kept = {key: letter for key, letter in self.kept.items() if letter.account != account}


class FakeLetters:
    """Writes anything to anybody, but for those who are `gone`."""

    def __init__(self) -> None:
        self.gone: set[AccountId] = set()

    async def compose(
        self, *, letter_id: UUID, template: str, account: AccountId, references: Mapping[str, str], at: datetime
    ) -> Letter | None:
        if account in self.gone:
            return None
        said = " ".join(references.values())
        return Letter(
            id=letter_id, account=account, address="ada@example.com", name=None, subject=template, text=said,
            html=said, at=at,
        )  # fmt: skip


class FakeTexts:
    def __init__(self) -> None:
        self.sent: list[tuple[AccountId, ChallengeId]] = []

    async def send_one_time_password(self, *, account: AccountId, challenge: ChallengeId) -> None:
        self.sent.append((account, challenge))


def an_outside(
    *,
    gateway: PaymentGateway | None = None,
    open_orders: OpenOrders | None = None,
    category_products: CategoryProducts | None = None,
    figures: Figures | None = None,
    report_files: ReportFiles | None = None,
) -> Outside:
    """Nobody is really reached."""
    return Outside(
        gateway=gateway or FakeGateway(),
        open_orders=open_orders or FakeOpenOrders(),
        category_products=category_products or FakeCategoryProducts(),
        letters=FakeLetters(),
        mailer=FakeMailer(),
        texts=FakeTexts(),
        figures=figures or FakeFigures(),
        report_files=report_files or FakeReportFiles(),
    )
