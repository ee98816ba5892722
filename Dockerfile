# The same Python as in the tests, in both stages: the second takes the first one's environment over.
ARG PYTHON=3.11-slim-trixie

FROM python:${PYTHON} AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore
WORKDIR /build

# Fonts for the text in an SVG that is drawn; without any it would be left out. libfribidi is for text from right to left.
# libturbojpeg reads JPEGs. The compiler is for proxy/native, and stays in this stage. Debian has one version a release.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends fonts-dejavu-core gcc libc6-dev libfribidi0 libturbojpeg0 \
    && install -D --target-directory /libraries /usr/lib/*/libfribidi.so.0 /usr/lib/*/libturbojpeg.so.0 \
    && rm -rf /var/lib/apt/lists/*

# `--build-arg EXTRA=otel` for traces: another list of dependencies.
ARG EXTRA=
# Dependencies first: they change less often than the proxy does.
COPY requirements.lock requirements-otel.lock requirements-build.lock ./
RUN python -m venv --without-pip /opt/media-proxy \
    && pip --python /opt/media-proxy/bin/python install --no-compile --require-hashes --only-binary :all: \
        -r "requirements${EXTRA:+-${EXTRA}}.lock" \
    && pip install --require-hashes --only-binary :all: -r requirements-build.lock

COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY proxy proxy
RUN pip wheel --no-deps --no-index --no-build-isolation --wheel-dir dist . \
    && pip --python /opt/media-proxy/bin/python install --no-compile --no-deps --no-index dist/*.whl \
    # A wheel is made without what is compiled, too, only slower, and libturbojpeg may be missing: in no image.
    && /opt/media-proxy/bin/python -I -c "\
import sys; from proxy.native.library import CAN_UNFILTER; from proxy.native.turbojpeg import CAN_READ_PLANES; \
CAN_UNFILTER or sys.exit('proxy/native is not compiled'); CAN_READ_PLANES or sys.exit('libturbojpeg is missing')" \
    # Bytecode that is never compared with its source: nobody can change either in the image, and it starts sooner.
    && python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/media-proxy/lib


FROM python:${PYTHON}

ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="akeneo-media-proxy" \
      org.opencontainers.image.description="Image origin for shops whose pictures live in Akeneo PIM" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

RUN groupadd --gid 10001 media-proxy \
    && useradd --uid 10001 --gid 10001 --no-log-init --no-create-home --home-dir /nonexistent \
        --shell /usr/sbin/nologin media-proxy \
    && install --directory --owner 10001 --group 10001 --mode 0750 /var/cache/media-proxy

COPY --from=build /usr/share/fonts/truetype/dejavu /usr/share/fonts/truetype/dejavu
COPY --from=build /libraries /usr/local/lib
COPY --from=build /usr/share/doc/libfribidi0/copyright /usr/share/doc/libfribidi0/copyright
COPY --from=build /usr/share/doc/libturbojpeg0/copyright /usr/share/doc/libturbojpeg0/copyright
COPY --from=build /opt/media-proxy /opt/media-proxy
RUN ldconfig

ENV PATH=/opt/media-proxy/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    MEDIA_PROXY_CACHE__DIRECTORY=/var/cache/media-proxy
VOLUME /var/cache/media-proxy
WORKDIR /var/cache/media-proxy
EXPOSE 8080
STOPSIGNAL SIGTERM

# By number, so that an orchestrator can tell that it is not root.
USER 10001:10001

# Kubernetes may put `tcp://...` into MEDIA_PROXY_PORT; the proxy listens on 8080 then.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 CMD ["python", "-I", "-c", "\
import http.client, os, sys; \
port = os.environ.get('MEDIA_PROXY_PORT', ''); \
door = http.client.HTTPConnection('127.0.0.1', int(port) if port.isdigit() else 8080, timeout=2); \
door.request('GET', '/-/health/live'); \
sys.exit(door.getresponse().status != 200)"]

ENTRYPOINT ["media-proxy"]
CMD ["serve"]
