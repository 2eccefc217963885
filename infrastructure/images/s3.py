"""Images in an S3-compatible store, through the official client."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, ParamSpec, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from application.ports.images import ImageKey, ImageStoreUnavailable, KeptImage
from infrastructure.images.keys import key_of, name_of

WORKERS = 8
PAGE = 1_000
MISSING = frozenset({"404", "NoSuchKey", "NotFound"})
LIMITS = Config(
    connect_timeout=3,
    read_timeout=10,
    retries={"total_max_attempts": 3, "mode": "standard"},
    max_pool_connections=WORKERS,
)

P = ParamSpec("P")
T = TypeVar("T")


class S3Images:
    """Objects of one bucket. Keys and region come from where the client always looks: AWS_ACCESS_KEY_ID and so on."""

    def __init__(self, *, bucket: str, endpoint: str | None, region: str | None, prefix: str = "") -> None:
        self._bucket = bucket
        self._prefix = prefix
        self._client: Any = boto3.client("s3", endpoint_url=endpoint, region_name=region or "us-east-1", config=LIMITS)
        self._threads = ThreadPoolExecutor(max_workers=WORKERS, thread_name_prefix="images")

    async def put(self, key: ImageKey, data: bytes, *, media_type: str) -> None:
        place = {"Bucket": self._bucket, "Key": self._prefix + name_of(key)}
        await self._aside(self._client.put_object, **place, Body=data, ContentType=media_type)

    async def get(self, key: ImageKey) -> bytes | None:
        return await self._aside(self._read, self._prefix + name_of(key))

    async def remove(self, key: ImageKey) -> None:
        await self._aside(self._client.delete_object, Bucket=self._bucket, Key=self._prefix + name_of(key))

    async def kept(self) -> AsyncIterator[KeptImage]:
        page: dict[str, Any] = {"NextContinuationToken": ""}
        while (token := page.get("NextContinuationToken")) is not None:
            more = {"ContinuationToken": token} if token else {}
            listing = partial(self._client.list_objects_v2, Bucket=self._bucket, Prefix=self._prefix, MaxKeys=PAGE)
            page = await self._aside(listing, **more)
            for found in page.get("Contents", ()):
                key = key_of(found["Key"].removeprefix(self._prefix))
                if key is not None:
                    yield KeptImage(key, found["LastModified"])

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._client.close()

    def _read(self, name: str) -> bytes | None:
        try:
            found = self._client.get_object(Bucket=self._bucket, Key=name)
            data: bytes = found["Body"].read()
            return data
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in MISSING:
                return None
            raise

    async def _aside(self, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        asked = partial(work, *arguments, **named)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, asked)
        except (BotoCoreError, ClientError, OSError) as error:
            raise ImageStoreUnavailable(str(error)) from error
