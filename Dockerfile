FROM python:3.13-slim AS build
WORKDIR /build
COPY deploy/requirements.lock deploy/build.lock ./
RUN python -m venv --without-pip /opt/tocsin \
    && pip --python /opt/tocsin/bin/python install --no-cache-dir --no-deps --require-hashes --only-binary :all: -r requirements.lock
RUN python -m venv --without-pip /opt/build \
    && pip --python /opt/build/bin/python install --no-cache-dir --no-deps --require-hashes --only-binary :all: -r build.lock
COPY pyproject.toml README.md LICENSE ./
COPY config config
COPY worker worker
COPY tasks tasks
RUN /opt/build/bin/python -m hatchling build -t wheel -d dist \
    && pip --python /opt/tocsin/bin/python install --no-cache-dir --no-deps dist/*.whl

FROM python:3.13-slim
# Its files belong to root, its data to a user whose number never changes, for the sake of volumes.
RUN groupadd --gid 10001 tocsin \
    && useradd --uid 10001 --gid 10001 --no-log-init --home-dir /var/lib/tocsin --shell /usr/sbin/nologin tocsin \
    && install --directory --owner 10001 --group 10001 --mode 0700 /var/lib/tocsin
COPY --from=build /opt/tocsin /opt/tocsin
ENV PATH=/opt/tocsin/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 TOCSIN_CONFIG=/etc/tocsin TOCSIN_DATA_DIR=/var/lib/tocsin
USER 10001:10001
WORKDIR /var/lib/tocsin
VOLUME /var/lib/tocsin
EXPOSE 8000
# No ENTRYPOINT: the words after `docker run IMAGE` and `docker compose exec SERVICE` are the same as anywhere else.
CMD ["tocsin", "up", "--host", "0.0.0.0", "--port", "8000"]
