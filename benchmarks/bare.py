"""The least that the same server can do: one JSON route on bare Starlette. `python -m benchmarks.bare PORT`."""

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from infrastructure.cli.serving import uvicorn_config


async def bare(_: Request) -> JSONResponse:
    return JSONResponse({"status": "ok"})


def main(port: int) -> None:
    """The API's own server settings, around an application without middleware."""
    config = uvicorn_config()
    config.app, config.factory, config.port = Starlette(routes=[Route("/", bare)]), False, port
    uvicorn.Server(config).run()


if __name__ == "__main__":
    main(int(sys.argv[1]))
