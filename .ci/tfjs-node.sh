#!/usr/bin/env bash
# Makes the backend `node` work in this checkout, on Linux x86-64 with g++, python3 and pip. tfjs-node's own install
# script fetches prebuilt binaries that are not published for every version of Node. Here TensorFlow comes from its
# Python wheel and the binding is compiled against Node-API, which all versions share: once a machine (250 MB fetched,
# 430 MB kept under $XDG_CACHE_HOME, about a minute). Run it after `npm install`, which removes what package.json does
# not name.
set -euo pipefail
cd "$(dirname "$0")/.."

tfjs_node=4.22.0 tensorflow=2.15.0 node_api_headers=1.9.0
binaries="${XDG_CACHE_HOME:-$HOME/.cache}/tfjs-logistic/tfjs-node-$tfjs_node-tensorflow-$tensorflow"

# As a development dependency: npm does not install what it knows as an optional peer.
npm install --no-save --save-dev --ignore-scripts --no-audit --no-fund --loglevel=error \
  "@tensorflow/tfjs-node@$tfjs_node" "node-api-headers@$node_api_headers"
package="$PWD/node_modules/@tensorflow/tfjs-node"

if [ ! -e "$binaries/tfjs_binding.node" ]; then
  mkdir -p "$(dirname "$binaries")"
  work="$(mktemp -d "$binaries.XXXXXX")" # beside it, so that it is moved there whole
  trap 'rm -rf "$work"' EXIT
  pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --python-version 3.11 \
    --platform manylinux2014_x86_64 --dest "$work" "tensorflow-cpu==$tensorflow"
  python3 - "$work" <<'PY'
import pathlib, sys, zipfile

folder = pathlib.Path(sys.argv[1])
wanted = tuple('tensorflow/' + name for name in (
    'libtensorflow_cc.so.2', 'libtensorflow_framework.so.2',
    'include/tensorflow/c/', 'include/tensorflow/core/platform/ctstring',
    'include/tsl/c/', 'include/tsl/platform/ctstring',
))
with zipfile.ZipFile(next(folder.glob('*.whl'))) as wheel:
    wheel.extractall(folder, [name for name in wheel.namelist() if name.startswith(wanted)])
PY
  mkdir "$work/binaries"
  mv "$work"/tensorflow/*.so.2 "$work/binaries"
  strip --strip-all "$work"/binaries/*.so.2
  g++ -std=c++17 -O2 -fPIC -shared -DNAPI_VERSION=8 \
    -I node_modules/node-api-headers/include -I "$work/tensorflow/include" \
    "$package"/binding/tfjs_backend.cc "$package"/binding/tfjs_binding.cc -o "$work/binaries/tfjs_binding.node" \
    "$work"/binaries/libtensorflow_cc.so.2 "$work"/binaries/libtensorflow_framework.so.2 -Wl,-rpath,'$ORIGIN'
  rm -rf "$binaries"
  mv "$work/binaries" "$binaries"
fi

mkdir -p "$package/lib"
ln -sfn "$binaries" "$package/lib/napi-v8"
