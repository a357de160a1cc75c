#!/usr/bin/env bash
# What the other contenders need: Python packages in benchmarks/.venv, npm packages in benchmarks/, and, as
# root on Debian, R, glmnet, LIBLINEAR, Java 17 for Spark and GNU time. A contender that is not there is listed as such.
set -euo pipefail
cd "$(dirname "$0")"

debian=(liblinear-tools r-base-core r-cran-glmnet r-cran-jsonlite time openjdk-17-jre-headless)
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${debian[@]}"
else
  echo "for all contenders install, as Debian names them: ${debian[*]}" >&2
fi

python3 -m venv .venv
.venv/bin/pip install --quiet --upgrade numpy scikit-learn scikit-learn-intelex glum pandas polars pyspark==4.3.0
npm install
