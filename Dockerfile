# syntax=docker/dockerfile:1

# --- Build: the locked packages and Quorate's own wheel, each file checked against its hash ---
FROM python:3.11-slim AS build
WORKDIR /build
COPY requirements.txt requirements-build.txt requirements-s3.txt ./
RUN python -m venv /opt/quorate \
    && /opt/quorate/bin/pip install --no-cache-dir --require-hashes -r requirements-s3.txt \
    && python -m venv /opt/tools \
    && /opt/tools/bin/pip install --no-cache-dir --require-hashes -r requirements-build.txt
COPY pyproject.toml README.md LICENSE ./
COPY platform platform
COPY tasks_app tasks_app
COPY aggregation aggregation
COPY templates templates
COPY static static
RUN /opt/tools/bin/python -m hatchling build -t wheel -d dist \
    && /opt/quorate/bin/pip install --no-cache-dir --no-deps dist/*.whl \
    && /opt/quorate/bin/python -m compileall -q /opt/quorate/lib

# --- Run: no compiler, no build tools, no root ---
FROM python:3.11-slim
LABEL org.opencontainers.image.title="Quorate" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --gid 10001 quorate \
    && useradd --uid 10001 --gid quorate --no-create-home --home-dir /data --shell /usr/sbin/nologin quorate \
    && install --directory --owner quorate --group quorate --mode 0750 /data
COPY --from=build /opt/quorate /opt/quorate
ENV PATH=/opt/quorate/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    QUORATE_DATA=/data \
    QUORATE_BIND=0.0.0.0
USER quorate
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["quorate", "healthy"]
# Alone, the image is the embedded mode: `docker run -p 8000:8000 -v quorate:/data quorate`. docker-compose.yml is server mode.
STOPSIGNAL SIGTERM
ENTRYPOINT ["quorate"]
CMD ["up"]
