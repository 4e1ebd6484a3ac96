# docker build -t mockserver . && docker run -p 8000:8000 mockserver
# With scenarios of your own: docker run -p 8000:8000 -v ./scenarios:/scenarios:ro mockserver /scenarios
FROM python:3.13-slim AS build
WORKDIR /src
RUN python -m venv --without-pip /opt/mockserver
COPY pyproject.toml README.md LICENSE ./
COPY scenarios scenarios
COPY mockserver mockserver
RUN pip --python /opt/mockserver/bin/python install --no-cache-dir ".[redis]"

FROM python:3.13-slim
COPY --from=build /opt/mockserver /opt/mockserver
# Every flag of the server is also a variable, such as MOCKSERVER_PORT.
ENV PATH=/opt/mockserver/bin:$PATH \
    MOCKSERVER_HOST=0.0.0.0 \
    PYTHONUNBUFFERED=1
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s --retries=3 \
    CMD ["python", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', int(os.environ.get('MOCKSERVER_PORT', '8000')), timeout=2); c.request('GET', '/_mock/health'); sys.exit(c.getresponse().status != 200)"]
ENTRYPOINT ["mockserver"]
