# syntax=docker/dockerfile:1
# Every service from one file:
#   docker build --build-arg APP=gateway --tag traylinx/gateway .
# The migration is any of these images with another command:
#   docker run … traylinx/gateway tools/migrate.mjs

ARG BUILD_IMAGE=node:24.21.0-bookworm-slim
ARG RUNTIME_IMAGE=gcr.io/distroless/nodejs24-debian12:nonroot

FROM ${BUILD_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The one workspace that is part of an image; what it needs is installed only if npm sees it.
COPY apps/console/package.json apps/console/
# Nothing that builds or runs here needs the install script of a package.
RUN --mount=type=cache,target=/npm npm ci --cache /npm --ignore-scripts
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY libs libs
COPY apps apps
# Not `npm run build`, which builds the packages that users install as well: they are not in here.
RUN npx nest build --all && npm run build --workspace apps/console

FROM ${BUILD_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The optional ones are the PostgreSQL of the one-command stack.
RUN --mount=type=cache,target=/npm npm ci --cache /npm --omit=dev --omit=optional --ignore-scripts

# Up to here all services share every layer.
FROM build AS entry
ARG APP
RUN test -f "dist/apps/${APP:?is not set: --build-arg APP=<a folder of apps/>}/src/main.js" \
  && echo "import './dist/apps/${APP}/src/main.js';" > main.mjs

FROM ${RUNTIME_IMAGE}
ARG APP
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="traylinx/${APP}" \
  org.opencontainers.image.description="Traylinx API Keys: ${APP}" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.vendor="Traylinx"
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
# `imports` of package.json tells Node where #contracts and the other libraries are.
COPY package.json ./
COPY tools/migrate.mjs tools/migrate.mjs
# The gateway serves it.
COPY docs/openapi.json docs/openapi.json
COPY --from=build /app/dist dist
COPY --from=entry /app/main.mjs ./
# Several services share a machine, and so have different ports by default; a container has one service.
ENV NODE_ENV=production OPERATIONS_PORT=9464
EXPOSE 8080 9464
USER 65532:65532
# The entry point of the image is node; there is no shell.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["/nodejs/bin/node", "-e", "fetch(`http://127.0.0.1:${process.env.OPERATIONS_PORT}/livez`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["main.mjs"]
