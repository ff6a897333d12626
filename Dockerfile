# The service as an image: build, run and limits are told in docs/integrations/DAYTONA_SETUP.md.
#
#   PYTHON_VERSION   3.11 is what the suite runs on; any newer one that the locked wheels are made for
#   PORT             what is listened on inside, and what the health check asks

ARG PYTHON_VERSION=3.11

FROM python:${PYTHON_VERSION}-slim-bookworm AS build

WORKDIR /srv/parley
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1

# Dependencies first: they change less often than the code, and all of them come as wheels.
COPY requirements.lock ./
RUN python -m venv --without-pip .venv \
    && python -m pip --python .venv/bin/python install \
        --no-deps --require-hashes --only-binary :all: -r requirements.lock

COPY alembic.ini LICENSE README.md ./
COPY migrations ./migrations
COPY app ./app
RUN .venv/bin/python -m compileall -q app migrations

FROM python:${PYTHON_VERSION}-slim-bookworm

ARG PORT=8000

# A fixed id, so that a volume's owner is known; the embedded PostgreSQL wants a user with a name.
RUN groupadd --gid 10001 parley \
    && useradd --uid 10001 --gid parley --no-create-home --home-dir /data --shell /usr/sbin/nologin parley \
    && install --directory --owner parley --group parley --mode 0750 /data

WORKDIR /srv/parley
COPY --from=build /srv/parley ./

ENV PATH=/srv/parley/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 \
    PORT=${PORT} \
    DATA_DIR=/data \
    LOG_FORMAT=json

USER 10001:10001
VOLUME /data
EXPOSE ${PORT}

# SIGTERM ends streams, hands jobs over and stops the embedded PostgreSQL, within ten seconds.
STOPSIGNAL SIGTERM

HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=1s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/livez\", timeout=4)"]

CMD ["python", "-m", "app", "serve"]
