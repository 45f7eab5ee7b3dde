FROM python:3.13-slim AS builder
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
RUN python -m venv /opt/build && python -m venv /opt/marquee
COPY requirements.txt .ci/build.txt ./
RUN /opt/build/bin/pip install --require-hashes -r build.txt \
    && /opt/marquee/bin/pip install --require-hashes -r requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY api api
COPY worker worker
COPY web web
COPY migrations migrations
RUN PATH="/opt/build/bin:$PATH" pip wheel --no-index --no-deps --no-build-isolation --wheel-dir dist . \
    && /opt/marquee/bin/pip install --no-index --no-deps dist/*.whl

FROM python:3.13-slim
LABEL org.opencontainers.image.title="Marquee" \
      org.opencontainers.image.description="Where the films of your Letterboxd watchlist stream, and what changed" \
      org.opencontainers.image.licenses="MIT"
RUN install -d -o 1000 -g 1000 /data
COPY --from=builder /opt/marquee /opt/marquee
ENV PATH="/opt/marquee/bin:$PATH" \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONSAFEPATH=1 \
    HOST=0.0.0.0 \
    LOG_FORMAT=json
# From here the default DATABASE_URL, data/marquee.db, is in the volume.
WORKDIR /
VOLUME ["/data"]
USER 1000:1000
EXPOSE 8000 8001
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["marquee", "healthcheck", "live"]
CMD ["python", "-m", "api"]
