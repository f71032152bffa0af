FROM node:24-bookworm-slim AS build
WORKDIR /minutebook
COPY package.json package-lock.json ./
# Without the optional Node of npm, since the image has its own; the build follows when there are sources.
RUN npm ci --omit=optional --ignore-scripts
COPY tsconfig.json ./
COPY src src
COPY projections projections
RUN npm run build && npm prune --omit=dev --omit=optional --ignore-scripts

FROM node:24-bookworm-slim
WORKDIR /minutebook
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
COPY --from=build /minutebook/package.json ./
COPY --from=build /minutebook/node_modules node_modules
COPY --from=build /minutebook/dist dist
COPY examples examples
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "dist/src/main.js"]
