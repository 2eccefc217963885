# One image for every process; `docker compose up` runs the whole shop from it.
FROM python:3.11-slim AS build
WORKDIR /build
COPY requirements.lock pyproject.toml README.md ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY domain domain
COPY application application
COPY projections projections
COPY infrastructure infrastructure
COPY api api
RUN /venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim
RUN useradd --create-home till && mkdir /data && chown till /data
COPY --from=build /venv /venv
USER till
ENV PATH=/venv/bin:$PATH TILL_HOME=/data HOST=0.0.0.0 LOG_FORMAT=json
EXPOSE 8000
VOLUME /data
STOPSIGNAL SIGTERM
CMD ["till", "serve"]
