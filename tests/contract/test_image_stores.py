"""Every image store does what the contract says; each also in its own way of failing."""

import logging
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import boto3
import pytest
from moto.server import ThreadedMotoServer

from application.ports.images import ImageStore, ImageStoreUnavailable
from infrastructure.images.folder import FolderImages
from infrastructure.images.place import Bucket, image_place, image_store
from infrastructure.images.s3 import S3Images
from tests.contract.image_store_contract import FULL, PICTURE, ImageStoreContract, put


class TestFolderImages(ImageStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> ImageStore:
        return FolderImages(tmp_path / "images")

    async def test_a_write_that_was_cut_off_is_not_taken_for_an_image(self, store: ImageStore, tmp_path: Path) -> None:
        await put(store, FULL)
        folder = next((tmp_path / "images").iterdir())
        (folder / ".x.part").write_bytes(PICTURE[:10])
        (folder / "readme").write_text("not ours")
        assert [each.key async for each in store.kept()] == [FULL]

    async def test_nothing_but_the_image_is_left_of_a_write(self, store: ImageStore, tmp_path: Path) -> None:
        await put(store, FULL)
        assert [name for _, _, names in os.walk(tmp_path) for name in names] == [f"{FULL.image.hex}.full"]

    async def test_a_folder_that_cannot_be_made_is_an_outage(self, tmp_path: Path) -> None:
        (tmp_path / "images").write_text("in the way")
        with pytest.raises(ImageStoreUnavailable):
            await put(FolderImages(tmp_path / "images"), FULL)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """An S3 that is not Amazon's."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "till")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    name = f"till-{uuid4().hex}"
    client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
    client.create_bucket(Bucket=name)
    client.close()
    return name


class TestS3Images(ImageStoreContract):
    @pytest.fixture
    async def store(self, endpoint: str, bucket: str, tmp_path: Path) -> AsyncIterator[ImageStore]:
        store = image_store(image_place(f"s3://{bucket}/shop/a?endpoint={endpoint}"), tmp_path)
        assert isinstance(store, S3Images)
        yield store
        await store.close()

    async def test_images_are_objects_below_the_prefix_with_their_type(
        self, store: ImageStore, endpoint: str, bucket: str
    ) -> None:
        await put(store, FULL)
        client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
        client.put_object(Bucket=bucket, Key="elsewhere/readme", Body=b"not ours")
        (found,) = client.list_objects_v2(Bucket=bucket, Prefix="shop/")["Contents"]
        assert found["Key"] == f"shop/a/{FULL.image.hex[:2]}/{FULL.image.hex}.full"
        assert client.get_object(Bucket=bucket, Key=found["Key"])["ContentType"] == "image/jpeg"
        assert [each.key async for each in store.kept()] == [FULL]
        client.close()

    async def test_a_bucket_that_is_not_there_is_an_outage_and_not_an_empty_one(
        self, endpoint: str, bucket: str
    ) -> None:
        store = S3Images(bucket=f"{bucket}-x", endpoint=endpoint, region=None)
        for asked in (put(store, FULL), store.get(FULL), store.remove(FULL)):
            with pytest.raises(ImageStoreUnavailable):
                await asked
        await store.close()

    @pytest.mark.usefixtures("bucket")
    async def test_a_store_out_of_reach_is_an_outage(self) -> None:
        store = S3Images(bucket="till", endpoint="http://127.0.0.1:9", region=None)
        with pytest.raises(ImageStoreUnavailable):
            await store.get(FULL)
        await store.close()


def test_a_bucket_is_named_by_its_address() -> None:
    assert image_place("s3://shop") == Bucket(name="shop")
    assert image_place("s3://shop/a/b/?endpoint=https://minio:9000&region=eu-1") == Bucket(
        name="shop", prefix="a/b/", endpoint="https://minio:9000", region="eu-1"
    )
    assert image_place("/srv/images") == Path("/srv/images")


@pytest.mark.parametrize(
    "value", ["s3://", "s3://a:b@c", "s3://b?endpoint=minio", "s3://b?secret=x", "s3://b?endpoint", "s3://[b"]
)
def test_an_address_that_names_no_bucket_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="s3://bucket"):
        image_place(value)
