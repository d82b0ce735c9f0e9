# The daemon: IVR, ACD, CTI and recording. Context: the clone.
FROM debian:trixie-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3-venv espeak-ng sox graphviz ca-certificates \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 1000 --create-home callcenter \
    && install -d -o callcenter -g callcenter -m 700 /state
WORKDIR /callcenter
COPY requirements.lock ./
RUN python3 -m venv .venv && .venv/bin/pip install --no-cache-dir -r requirements.lock
COPY . .
RUN .venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation -e .
ENV PATH=/callcenter/.venv/bin:$PATH CALLCENTER_STATE=/state
USER callcenter
VOLUME /state
CMD ["python", "-m", "cti.daemon"]
HEALTHCHECK --interval=5s --timeout=5s --start-period=300s \
    CMD python -c "from urllib.request import urlopen; from cti.settings import load_settings as load; s = load(); urlopen(f'http://{s.local}:{s.http_port}/api/health')" || exit 1
