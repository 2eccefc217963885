"""What every image store must do; each adapter's tests are this class with another `store`."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

from application.ports.images import Form, ImageKey, ImageStore
from domain.shared.identifiers import ImageId

FULL = ImageKey(ImageId(UUID(int=0x1A << 120)), Form.FULL)
THUMBNAIL = ImageKey(FULL.image, Form.THUMBNAIL)
OTHER = ImageKey(ImageId(UUID(int=0x1B << 120)), Form.FULL)
PICTURE = b"\xff\xd8\xff" + bytes(range(256)) * 1_000


async def put(store: ImageStore, key: ImageKey, data: bytes = PICTURE) -> None:
    await store.put(key, data, media_type="image/jpeg")


class ImageStoreContract:
    async def test_what_was_put_comes_back_byte_for_byte(self, store: ImageStore) -> None:
        await put(store, FULL)
        await put(store, THUMBNAIL, b"small")
        assert await store.get(FULL) == PICTURE
        assert await store.get(THUMBNAIL) == b"small"

    async def test_what_was_never_put_is_not_there(self, store: ImageStore) -> None:
        assert await store.get(OTHER) is None
        await put(store, FULL)
        assert await store.get(THUMBNAIL) is None

    async def test_the_same_again_changes_nothing(self, store: ImageStore) -> None:
        await asyncio.gather(*[put(store, FULL) for _ in range(8)])
        assert await store.get(FULL) == PICTURE
        assert [each.key async for each in store.kept()] == [FULL]

    async def test_what_was_removed_is_gone_and_once_is_enough(self, store: ImageStore) -> None:
        await put(store, FULL)
        await put(store, OTHER)
        for _ in range(2):
            await store.remove(FULL)
        assert await store.get(FULL) is None
        assert await store.get(OTHER) == PICTURE

    async def test_it_tells_what_it_keeps_and_since_when(self, store: ImageStore) -> None:
        assert [each async for each in store.kept()] == []
        for key in (FULL, THUMBNAIL, OTHER):
            await put(store, key)
        kept = [each async for each in store.kept()]
        assert {each.key for each in kept} == {FULL, THUMBNAIL, OTHER}
        assert all(abs(datetime.now(UTC) - each.kept_at) < timedelta(minutes=1) for each in kept)
