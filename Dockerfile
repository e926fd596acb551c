FROM python:3.13-slim AS build
WORKDIR /build
COPY requirements.lock build.lock
COPY deploy/requirements.lock ./
RUN python -m venv /opt/tocsin && /opt/tocsin/bin/pip install --no-cache-dir --no-deps --require-hashes --only-binary :all: -r requirements.lock
# The build tool comes from the lock of the development set, so that it is held by a hash too.
RUN python -m venv /opt/build && /opt/build/bin/pip install --no-cache-dir --no-deps --require-hashes --only-binary :all: -r build.lock
COPY pyproject.toml README.md LICENSE ./
COPY config config
COPY worker worker
COPY tasks tasks
RUN /opt/build/bin/python -m hatchling build -t wheel -d dist \
    && /opt/tocsin/bin/pip install --no-cache-dir --no-deps dist/*.whl

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/tocsin --create-home tocsin
COPY --from=build /opt/tocsin /opt/tocsin
ENV PATH=/opt/tocsin/bin:$PATH PYTHONUNBUFFERED=1
USER tocsin
WORKDIR /var/lib/tocsin
CMD ["tocsin", "up"]
