# The server with kubectl and helm. docs/container.md says how to build, run and verify it.
ARG NODE=docker.io/library/node:24.21.0-bookworm-slim@sha256:d6aa754f16b3197301076f047b5def2f02ea1dbbc2ca920407d46d7ec7f87b20
ARG RUNTIME=gcr.io/distroless/cc-debian12:nonroot@sha256:9dac0a79194e45a7da0158a9c6da57b217585af0786db3845d1f0ec1a0dd182f

# Of the platform that builds: what it makes is the same for all.
FROM --platform=$BUILDPLATFORM ${NODE} AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run -s build

# What the bundle loads from elsewhere, without what only compilers and readers use.
FROM --platform=$BUILDPLATFORM ${NODE} AS dependencies
WORKDIR /opt/skyflo-mcp
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts \
  && find node_modules -type f \
    '(' -name '*.map' -o -name '*.ts' -o -name '*.mts' -o -name '*.cts' -o -name '*.md' ')' -delete

FROM scratch AS downloads-amd64
ADD --checksum=sha256:d50c359d95e0841eaad08ddc27c7be37cba8fdccfba5c8e2ded65e121ff112db \
  https://dl.k8s.io/release/v1.34.4/bin/linux/amd64/kubectl /kubectl
ADD --checksum=sha256:a0a5e8c592ed3f376ac110715eff214730c7422f9a44d96cf98117d2b8b0e6c0 \
  https://get.helm.sh/helm-v3.19.5-linux-amd64.tar.gz /helm.tar.gz

FROM scratch AS downloads-arm64
ADD --checksum=sha256:5b982c0644ab1e27780246b9085a5886651b4a7ed86243acbb2bacc1bea01dda \
  https://dl.k8s.io/release/v1.34.4/bin/linux/arm64/kubectl /kubectl
ADD --checksum=sha256:ce02147ffee6d993bf8ae97a44a22e9e1daf0b69d2d5b69a0c8cf6706445ccf5 \
  https://get.helm.sh/helm-v3.19.5-linux-arm64.tar.gz /helm.tar.gz

# A stage of above, which has no version of its own.
# hadolint ignore=DL3006
FROM downloads-${TARGETARCH} AS downloads

FROM --platform=$BUILDPLATFORM ${NODE} AS programs
COPY --from=downloads / /downloads
RUN mkdir -p /programs /state \
  && tar -xzf /downloads/helm.tar.gz -C /programs --strip-components=1 --wildcards '*/helm' \
  && cp /downloads/kubectl /programs/kubectl \
  && chown 0:0 /programs/* && chmod 0755 /programs/*

FROM ${NODE} AS node

FROM ${RUNTIME}
ARG VERSION=0.1.0
ARG REVISION
ARG CREATED
LABEL org.opencontainers.image.title="Skyflo MCP" \
  org.opencontainers.image.description="Kubernetes, Argo Rollouts and Helm operations as typed, documented, safe tools over REST and MCP" \
  org.opencontainers.image.url="https://skyflo.ai" \
  org.opencontainers.image.source="https://github.com/skyflo-ai/skyflo" \
  org.opencontainers.image.documentation="https://github.com/skyflo-ai/skyflo/blob/main/docs/container.md" \
  org.opencontainers.image.vendor="Skyflo" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}" \
  org.opencontainers.image.created="${CREATED}" \
  org.opencontainers.image.base.name="gcr.io/distroless/cc-debian12:nonroot" \
  io.modelcontextprotocol.server.name="io.github.skyflo-ai/skyflo-mcp"
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=programs /programs/ /usr/local/bin/
COPY --from=programs --chown=65532:65532 --chmod=0700 /state /var/lib/skyflo-mcp
COPY --from=dependencies /opt/skyflo-mcp /opt/skyflo-mcp
COPY LICENSE /opt/skyflo-mcp/
COPY bin /opt/skyflo-mcp/bin
COPY --from=build /src/dist/bundle /opt/skyflo-mcp/dist/bundle

# All that the server writes is in the state folder, and in /tmp while a call lasts.
ENV NODE_ENV=production \
  PATH=/usr/local/bin:/usr/bin:/bin \
  HOME=/var/lib/skyflo-mcp \
  XDG_STATE_HOME=/var/lib \
  XDG_CACHE_HOME=/var/lib/skyflo-mcp/cache \
  HOST=0.0.0.0 \
  PORT=8081
WORKDIR /var/lib/skyflo-mcp
USER 65532:65532
VOLUME ["/var/lib/skyflo-mcp", "/tmp"]
EXPOSE 8081
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --start-interval=1s --retries=3 \
  CMD ["node", "/opt/skyflo-mcp/bin/skyflo-mcp.js", "check", "--health"]
ENTRYPOINT ["node", "/opt/skyflo-mcp/bin/skyflo-mcp.js"]
