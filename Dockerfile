# hpo with Node's own SQLite and Python 3, from the tarball that `npm pack` leaves here:
#   docker build -t hpo . && docker run --rm -it -v "$PWD:/work" hpo optimize
FROM node:22
COPY hpo-*.tgz /opt/hpo/
RUN npm install --global --no-audit --no-fund /opt/hpo/hpo-*.tgz
RUN hpo --version && python3 --version
WORKDIR /work
# Trainers outlive a hpo that ends, but not its container: stop it with SIGTERM, and the next one resumes.
ENTRYPOINT ["hpo"]
CMD ["--help"]
