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
report="$(mktemp)"
trap 'rm -f "$report"' EXIT
TRINO_HOME="$home" npx vitest run --project unit test/services -t Trino --reporter=default --reporter=json --outputFile.json="$report"

# What passed, and when, is kept.
RELEASE="$release" node -e '
  const { testResults } = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
  const passed = testResults.flatMap(({ assertionResults }) => assertionResults).filter(({ status }) => status === "passed");
  const day = new Date().toISOString().slice(0, 10);
  const lines = passed.map(({ title }) => `- ${title}\n`);
  console.log(`# Trino ${process.env.RELEASE}, its memory connector\n\nPassed on ${day}, Node ${process.versions.node}, by test/services/trino.sh, which wrote this:\n\n${lines.join("")}`.trimEnd());
' "$report" >test/services/trino.md
