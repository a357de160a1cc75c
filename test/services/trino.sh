#!/usr/bin/env bash
# Tests against a real Trino, which is too large for every run: fetched once from Maven Central (821 MB), with Java 25 at hand.
set -euo pipefail
cd "$(dirname "$0")/../.."
release=476
home="$HOME/.cache/tfjs-logistic/trino-server-$release"
if [ ! -d "$home" ]; then
  mvn -q -B dependency:get "-Dartifact=io.trino:trino-server:$release:tar.gz" -Dtransitive=false
  mkdir -p "$(dirname "$home")"
  tar xzf "$HOME/.m2/repository/io/trino/trino-server/$release/trino-server-$release.tar.gz" -C "$(dirname "$home")"
fi
TRINO_HOME="$home" npx vitest run --project unit test/services -t Trino
