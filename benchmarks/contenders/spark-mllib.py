"""A Parquet file with the label in column y to a model in raw units by Spark MLlib, printed as JSON. Arguments: the
file; or `versions`."""

import json
import sys
from importlib.metadata import version


def main(path):
    from pyspark.ml.classification import LogisticRegression
    from pyspark.ml.feature import VectorAssembler
    from pyspark.sql import SparkSession

    settings = {
        "spark.driver.memory": "4g",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
    }
    builder = SparkSession.builder.master("local[*]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    table = spark.read.parquet(path)
    features = [name for name in table.columns if name != "y"]
    rows = VectorAssembler(inputCols=features, outputCol="features").transform(table)
    rows = rows.select("features", rows.y.cast("double").alias("label")).cache()
    fit = LogisticRegression(regParam=0.0, tol=1e-12, maxIter=200, standardization=True).fit
    model = fit(rows)
    print(json.dumps({"intercept": model.intercept, "coefficients": list(model.coefficients)}))
    spark.stop()


if sys.argv[1] == "versions":
    print(f"pyspark {version('pyspark')}")
else:
    main(sys.argv[1])
