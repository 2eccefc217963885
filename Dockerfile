# One image for every process of the shop; docker-compose.yml says which command makes it what.
#
# The base is pinned by the digest of its multi-platform index, so that a rebuild is the same image. For another version:
#   docker buildx imagetools inspect python:3.11-slim-bookworm --format '{{.Manifest.Digest}}'
ARG PYTHON=python:3.11.14-slim-bookworm@sha256:65a93d69fa75478d554f4ad27c85c1e69fa184956261b4301ebaf6dbb0a3543d

FROM ${PYTHON} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
RUN python -m venv /venv
# Dependencies change seldom and are a layer of their own. Wheels alone: nothing is compiled, nothing runs a set-up script.
COPY requirements.lock ./
RUN /venv/bin/pip install --require-hashes --only-binary :all: -r requirements.lock
COPY pyproject.toml README.md ./
COPY domain domain
COPY application application
COPY projections projections
COPY infrastructure infrastructure
COPY api api
RUN /venv/bin/pip install --no-deps --no-build-isolation . && /venv/bin/pip uninstall --yes pip setuptools

FROM ${PYTHON}
# A number, so that an orchestrator can see that it is not root.
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin till && install --directory --owner=till /data /data/images /data/outbox
COPY --from=build /venv /venv
USER 10001:10001
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    TILL_HOME=/data \
    HOST=0.0.0.0 \
    LOG_FORMAT=json
WORKDIR /data
EXPOSE 8000
STOPSIGNAL SIGTERM
CMD ["till", "serve"]
