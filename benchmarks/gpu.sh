#!/usr/bin/env bash
# The backend webgpu on a real GPU, in some minutes: parity with the reference, then one evaluation of loss and gradient
# beside cpu, wasm and PyTorch (CUDA) at the same size. Results go to results/gpu.json and results/gpu-torch.json.
#
#   benchmarks/gpu.sh [rows] [features]        # by default 10,000,000 × 32
#
# It needs Node, npm and the GPU's Vulkan driver; a container of NVIDIA's needs NVIDIA_DRIVER_CAPABILITIES=all. PyTorch is
# taken as it is found, or installed into benchmarks/.venv where there is none.
set -euo pipefail
cd "$(dirname "$0")/.."
rows="${1:-10000000}" features="${2:-32}"

if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then # where there is no network, what is there must do
  (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends libvulkan1) ||
    echo "libvulkan1 could not be installed" >&2
fi
[ -d node_modules/webgpu ] || npm ci --no-audit --no-fund
[ -e dist/cli.js ] || npm run build

node dist/cli.js doctor
node dist/cli.js doctor --json | node -e '
  const { backends } = JSON.parse(require("fs").readFileSync(0, "utf8"));
  const webgpu = backends.find(({ name }) => name === "webgpu");
  if (!webgpu.available || !webgpu.probe.ok || /software/.test(webgpu.device)) {
    console.error(`no GPU to measure: ${webgpu.reason ?? webgpu.device}`);
    process.exit(1);
  }'

export TEST_GPU=system # the adapter that the doctor has just found
npx vitest run --project unit -t webgpu \
  test/backends/places.test.ts test/model/references.test.ts test/model/multinomial.test.ts
npx vitest run --project unit test/backends/webgpu test/model/webgpu.test.ts

mkdir -p benchmarks/results
timeout 240 node dist/cli.js bench --backends webgpu,cpu,wasm --rows "$rows" --features "$features" --json \
  >benchmarks/results/gpu.json

python=python3
if ! "$python" -c 'import torch' 2>/dev/null; then
  python3 -m venv benchmarks/.venv
  python=benchmarks/.venv/bin/python
  "$python" -m pip install --quiet torch
fi
"$python" benchmarks/gpu-torch.py "$rows" "$features" >benchmarks/results/gpu-torch.json
cat benchmarks/results/gpu.json benchmarks/results/gpu-torch.json
