# Three stages: every dependency as a wheel (PyICU compiles here, again only when uv.lock changes),
# the portal with its messages, and a small image that holds both but no compiler.

FROM python:3.11-slim-bookworm AS wheels
RUN apt-get update && apt-get install -y --no-install-recommends g++ libicu-dev pkg-config \
    && pip install --no-cache-dir uv==0.13.9
WORKDIR /build
COPY pyproject.toml uv.lock ./
RUN uv export --frozen --no-dev --no-emit-project --output-file requirements.txt \
    && pip wheel --no-cache-dir --no-deps --require-hashes --requirement requirements.txt --wheel-dir /wheels

FROM debian:bookworm-slim AS portal
RUN apt-get update && apt-get install -y --no-install-recommends gettext
WORKDIR /app
COPY . .
RUN find . -name '*.po' -exec sh -c 'msgfmt --check-format --output-file="${1%.po}.mo" "$1"' - {} ';'

FROM python:3.11-slim-bookworm
RUN apt-get update && apt-get install -y --no-install-recommends \
        libicu72 fonts-noto-core fonts-noto-cjk && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home portal \
    && install --directory --owner=portal /data
WORKDIR /app
RUN --mount=type=bind,from=wheels,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-deps --no-index /wheels/*.whl
COPY --from=portal /app .
ENV DJANGO_SETTINGS_MODULE=portal.settings HASHED_STATIC=1 PORTAL_DATA=/data PYTHONUNBUFFERED=1
RUN SECRET_KEY=only-for-this-step DATABASE_URL=postgres:///none python manage.py collectstatic --noinput
USER portal
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "portal.wsgi:application", "--bind=0.0.0.0:8000", "--worker-class=gthread", "--workers=2", "--threads=4", "--no-control-socket"]
