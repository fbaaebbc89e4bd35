#!/usr/bin/env bash
# Installs the real programs that tests use and that neither npm ci nor Debian provides: the newest Optuna with its
# dashboard, the newest wandb, TensorBoard and Trackio, W&B's SDK for Node, tfjs-node with TensorFlow's C library, Ray, the libraries by which Python
# scripts read their options, Lightning, Keras and Transformers with Jupyter, the schemas of Kubernetes, and a client of the Model Context Protocol. They are outside the repository, in $HPO_REAL_PARTS or ~/.cache/hpo-ci, where the tests find them; a second call takes a second.
#   bash scripts/real-parts.sh [optuna] [wandb] [tensorboard] [wandb-sdk] [tfjs-node] [parsers] [ray] [frameworks] [kubernetes] [mlflow] [mcp]     without an argument: all of these
#   bash scripts/real-parts.sh rivals     what `npm run bench budgets` compares with; no test needs it
#   bash scripts/real-parts.sh rustuna    what `npm run bench speed` compares with; no test needs it
#   bash scripts/real-parts.sh optuna-gp  what `bench/pareto/collect-optuna.ts` records; no test needs it
#   bash scripts/real-parts.sh rivals rustuna optuna-gp ax hebo     what `npm run bench search` compares with
set -euo pipefail

cache=${HPO_REAL_PARTS:-${XDG_CACHE_HOME:-$HOME/.cache}/hpo-ci}
mkdir -p "$cache"
# One call at a time: two would build in the same folders.
exec 9>"$cache/lock"
flock 9

# make NAME RECIPE FUNCTION: calls the function in an empty folder of that name, unless the same recipe has been built.
make() {
  local folder="$cache/$1" recipe="$2"
  if [ "$(cat "$folder/.recipe" 2>/dev/null)" = "$recipe" ]; then return; fi
  echo "real parts: installing $1 into $folder ..."
  rm -rf "$folder"
  mkdir -p "$folder"
  (cd "$folder" && "$3")
  # Last, so that an interrupted build is repeated.
  printf '%s' "$recipe" >"$folder/.recipe"
}

# Pip requirements of these lines; ranges allow new releases, and no pin goes stale.
# SQLAlchemy 2.1 reaches PostgreSQL by psycopg, older ones by psycopg2.
optuna_packages=('optuna>=5,<6' 'optuna-dashboard>=0.21,<1' 'pandas<4' 'psycopg[binary]>=3.2,<4' 'psycopg2-binary>=2.9,<3' 'scipy<2' 'scikit-learn<2')
wandb_packages=('wandb>=0.31,<1')
# Trackio reads event files with pandas and tbparse.
tensorboard_packages=('tensorboard>=2.21,<3' 'trackio[tensorboard]>=0.43,<1')
wandb_sdk_packages=('@wandb/sdk@0.5.1' 'graphql@16')
mcp_packages=('mcp>=2.3,<3')
kubernetes_packages=('kubernetes-validate>=1.33,<2')
# 3.18.0 requires a package of the same version that is not published.
mlflow_packages=('mlflow>=3.17,<3.18')
parser_packages=('click>=8,<9' 'typer>=0.16,<1' 'absl-py>=2,<3' 'hydra-core>=1.3,<2')
# Ray Tune (pandas, pyarrow) is what `npm run bench ray` compares with.
ray_packages=('ray[default,tune]>=2.60,<3')
# On Debian's PyTorch: that of PyPI brings gigabytes for GPUs.
frameworks_packages=('lightning>=2.6,<3' 'keras>=3.12,<4' 'transformers>=5,<6' 'accelerate>=1.12,<2' 'nbclient<1' 'ipykernel<8')
rivals_packages=('optuna>=5,<6' 'smac>=2.4,<3' 'dehb>=0.1.2,<1' 'syne-tune>=0.16,<1')
optuna_gp_packages=('optuna>=5,<6' 'optunahub<1' 'cmaes<1' 'scipy<2' 'torch<3')
ax_packages=('ax-platform>=1.3,<1.4' 'torch<3')
# HEBO wants a NumPy of 2023; without the other limits pip tries old releases of its dependencies for an hour.
hebo_packages=('HEBO==0.3.6' 'GPy>=1.13,<1.14' 'contourpy<1.3' 'matplotlib<3.10' 'numpy<1.25' 'pandas<2.3' 'scipy<1.13' 'torch<3')
rustuna_packages=('rustuna>=0.2,<1')
tfjs_node=4.22.0
tensorflow='tensorflow-cpu>=2.21,<3'

quiet_pip() { "$@" --quiet --no-input --disable-pip-version-check; }

install_optuna() {
  python3 -m venv .
  quiet_pip bin/pip install "${optuna_packages[@]}"
}

install_wandb() {
  python3 -m venv .
  quiet_pip bin/pip install "${wandb_packages[@]}"
}

install_tensorboard() {
  python3 -m venv .
  quiet_pip bin/pip install "${tensorboard_packages[@]}"
}

install_parsers() {
  python3 -m venv .
  quiet_pip bin/pip install "${parser_packages[@]}"
}

install_ray() {
  python3 -m venv .
  quiet_pip bin/pip install "${ray_packages[@]}"
}

install_mlflow() {
  python3 -m venv .
  quiet_pip bin/pip install "${mlflow_packages[@]}"
}

install_frameworks() {
  /usr/bin/python3 -m venv --system-site-packages .
  quiet_pip bin/pip install "${frameworks_packages[@]}"
}

install_kubernetes() {
  python3 -m venv .
  quiet_pip bin/pip install "${kubernetes_packages[@]}"
}

install_mcp() {
  python3 -m venv .
  quiet_pip bin/pip install "${mcp_packages[@]}"
}

install_rivals() {
  python3 -m venv .
  quiet_pip bin/pip install "${rivals_packages[@]}"
}

install_optuna_gp() {
  python3 -m venv .
  quiet_pip bin/pip install "${optuna_gp_packages[@]}"
}

install_ax() {
  python3 -m venv .
  quiet_pip bin/pip install "${ax_packages[@]}"
}

install_hebo() {
  python3 -m venv .
  quiet_pip bin/pip install --prefer-binary "${hebo_packages[@]}"
}

install_rustuna() {
  python3 -m venv .
  quiet_pip bin/pip install "${rustuna_packages[@]}"
}

install_wandb_sdk() {
  echo '{"private": true}' >package.json
  npm install --no-audit --no-fund --loglevel=error "${wandb_sdk_packages[@]}"
}

# tfjs-node's own install script downloads a C library from another server. TensorFlow's wheel for Python has the same
# library and its headers; the binding is compiled against them.
install_tfjs_node() {
  echo '{"private": true}' >package.json
  npm install --ignore-scripts --no-audit --no-fund --loglevel=error "@tensorflow/tfjs-node@$tfjs_node"
  # A separate pip: the system's python3 may have none.
  python3 -m venv pip
  quiet_pip pip/bin/pip download --no-deps --only-binary=:all: --dest wheel "$tensorflow"
  local package=node_modules/@tensorflow/tfjs-node
  mkdir -p "$package/deps/lib" "$package/lib/napi-v8"
  python3 - wheel/*.whl "$package/deps" <<'PYTHON'
import pathlib, shutil, sys, zipfile

wheel, deps = zipfile.ZipFile(sys.argv[1]), pathlib.Path(sys.argv[2])
for name in wheel.namelist():
    library = name in ("tensorflow/libtensorflow_cc.so.2", "tensorflow/libtensorflow_framework.so.2")
    if not library and not name.startswith("tensorflow/include/"):
        continue
    if name.endswith("/"):
        continue
    place = deps / "lib" / pathlib.Path(name).name if library else deps / name.removeprefix("tensorflow/")
    place.parent.mkdir(parents=True, exist_ok=True)
    with wheel.open(name) as source, open(place, "wb") as target:
        shutil.copyfileobj(source, target)
PYTHON
  rm -rf wheel pip
  ln -s libtensorflow_cc.so.2 "$package/deps/lib/libtensorflow.so"
  ln -s libtensorflow_cc.so.2 "$package/deps/lib/libtensorflow.so.2"
  ln -s libtensorflow_framework.so.2 "$package/deps/lib/libtensorflow_framework.so"
  build_binding "$package"
}

build_binding() {
  # The headers that came with Node save a download.
  local node prefix gyp
  node=$(node -p process.execPath)
  prefix=$(dirname "$(dirname "$node")")
  gyp=$(npm root --global)/npm/node_modules/node-gyp/bin/node-gyp.js
  [ -e "$prefix/include/node/node.h" ] && export npm_config_nodedir="$prefix"
  (
    cd "$1"
    "$node" "$gyp" rebuild --loglevel=error --module=lib/napi-v8/tfjs_binding.node --module_name=tfjs_binding \
      --module_path=lib/napi-v8 --napi_build_version=8 --napi_version=8 >build.log 2>&1 || { cat build.log >&2; exit 1; }
    cp build/Release/tfjs_binding.node lib/napi-v8/
    rm -rf build
  )
}

[ $# -gt 0 ] || set -- optuna wandb tensorboard wandb-sdk tfjs-node parsers ray frameworks kubernetes mlflow mcp
for part in "$@"; do
  case $part in
    optuna) make optuna "$(python3 --version) ${optuna_packages[*]}" install_optuna ;;
    wandb) make wandb "$(python3 --version) ${wandb_packages[*]}" install_wandb ;;
    tensorboard) make tensorboard "$(python3 --version) ${tensorboard_packages[*]}" install_tensorboard ;;
    wandb-sdk) make wandb-sdk "${wandb_sdk_packages[*]}" install_wandb_sdk ;;
    parsers) make parsers "$(python3 --version) ${parser_packages[*]}" install_parsers ;;
    ray) make ray "$(python3 --version) ${ray_packages[*]}" install_ray ;;
    frameworks) make frameworks "$(/usr/bin/python3 -c 'import importlib.metadata as m, sys; print(sys.version, m.version("torch"))') ${frameworks_packages[*]}" install_frameworks ;;
    kubernetes) make kubernetes "$(python3 --version) ${kubernetes_packages[*]}" install_kubernetes ;;
    mlflow) make mlflow "$(python3 --version) ${mlflow_packages[*]}" install_mlflow ;;
    mcp) make mcp "$(python3 --version) ${mcp_packages[*]}" install_mcp ;;
    rivals) make rivals "$(python3 --version) ${rivals_packages[*]}" install_rivals ;;
    rustuna) make rustuna "$(python3 --version) ${rustuna_packages[*]}" install_rustuna ;;
    optuna-gp) make optuna-gp "$(python3 --version) ${optuna_gp_packages[*]}" install_optuna_gp ;;
    ax) make ax "$(python3 --version) ${ax_packages[*]}" install_ax ;;
    hebo) make hebo "$(python3 --version) ${hebo_packages[*]}" install_hebo ;;
    tfjs-node) make tfjs-node "$tfjs_node $tensorflow" install_tfjs_node ;;
    *)
      echo "real parts: expected optuna, wandb, tensorboard, wandb-sdk, tfjs-node, parsers, ray, frameworks, kubernetes, mlflow, mcp, rivals, rustuna, optuna-gp, ax or hebo, got $part" >&2
      exit 2
      ;;
  esac
done
