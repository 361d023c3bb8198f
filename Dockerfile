# The mock server, for a workspace mounted at /workspace:
#
#   docker build -t beep-mock .
#   docker run --rm --read-only --tmpfs /tmp -p 127.0.0.1:9000:9000 -v "$PWD:/workspace:ro" beep-mock
#
# Other commands follow the image's name: `... beep-mock serve contracts/world/openapi.yaml --host 0.0.0.0 --port 9000`.

FROM python:3.13-slim AS build
WORKDIR /source
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY src src
RUN python -m venv /opt/beep-mock
RUN /opt/beep-mock/bin/pip install --no-cache-dir --disable-pip-version-check -c constraints.txt '.[docs]'

FROM python:3.13-slim
COPY --from=build /opt/beep-mock /opt/beep-mock
# The environment holds bytecode already; nothing is written at run time but temporary files.
ENV PATH=/opt/beep-mock/bin:/usr/local/bin:/usr/bin:/bin \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
WORKDIR /workspace
# A number, so that an orchestrator can see that it is not root.
USER 10001:10001
EXPOSE 9000
# http.client ignores HTTP_PROXY and needs no curl in the image.
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 \
    CMD ["python", "-c", "import http.client, sys; c = http.client.HTTPConnection('127.0.0.1', 9000, timeout=4); c.request('GET', '/-/health'); sys.exit(c.getresponse().status != 200)"]
ENTRYPOINT ["beep-mock"]
CMD ["up", "--host", "0.0.0.0", "--port", "9000"]
