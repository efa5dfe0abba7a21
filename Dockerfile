# One image for every process of Braid: web, worker, beat and the one-shot that prepares the database.
# Renew the tag with care: the app runs what it names.
ARG PYTHON=python:3.13-slim-trixie

FROM ${PYTHON} AS build
WORKDIR /srv/braid
RUN python -m venv .venv
COPY requirements/runtime.txt requirements/
RUN .venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
    --require-hashes --only-binary :all: --requirement requirements/runtime.txt
COPY pyproject.toml README.md LICENSE manage.py ./
COPY platform platform
COPY apps apps
COPY worker worker
COPY frontend frontend
COPY demo demo
RUN .venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
    --no-build-isolation --no-deps --editable . \
    && .venv/bin/python -m compileall -q platform apps worker

FROM ${PYTHON}
# git carries pushes and fetches; Postgres with its contrib modules is what embedded sandboxes run.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git postgresql postgresql-contrib tini \
    && rm -rf /var/lib/apt/lists/* /var/lib/postgresql \
    && useradd --system --uid 10001 --create-home --home-dir /var/lib/braid braid \
    && install -d -o braid -g braid /var/lib/braid/var/run /var/lib/braid/repositories
WORKDIR /srv/braid
COPY --from=build /srv/braid /srv/braid
ENV PATH=/srv/braid/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=braid.settings \
    HOST=0.0.0.0 \
    PORT=8000 \
    BRAID_VAR=/var/lib/braid/var \
    BRAID_REPOSITORIES=/var/lib/braid/repositories
USER braid
RUN python -m sandbox.install
EXPOSE 8000
VOLUME /var/lib/braid/repositories
ENTRYPOINT ["tini", "--"]
CMD ["python", "-m", "braid.web"]
