# Writes roc.json beside this file: AUC, DeLong's interval and paired test, and counts at thresholds by pROC.
#   apt-get install r-cran-proc r-cran-jsonlite; Rscript make-roc.R
suppressMessages({ library(pROC); library(jsonlite) })
set.seed(20261126)
problem <- function(m, levels) {
  y <- rbinom(m, 1, 0.4)
  a <- round(rnorm(m, y) * levels) / levels
  b <- round((a + rnorm(m, y, 2)) * levels) / levels
  first <- roc(y, a, direction = "<", levels = c(0, 1))
  second <- roc(y, b, direction = "<", levels = c(0, 1))
  compared <- roc.test(first, second, method = "delong", paired = TRUE)
  at <- sort(unique(plogis(a)), decreasing = TRUE)
  r <- roc(y, plogis(a), direction = "<", levels = c(0, 1))
  table <- coords(r, x = at, input = "threshold", transpose = FALSE,
    ret = c("threshold", "tp", "fp", "tn", "fn", "sensitivity", "specificity", "ppv", "npv", "youden"))
  list(labels = y, scores = a, otherScores = b,
    auc = as.numeric(auc(first)), otherAuc = as.numeric(auc(second)),
    standardError = sqrt(var(first)), interval = as.numeric(ci.auc(first, method = "delong"))[c(1, 3)],
    z = unname(compared$statistic), p = compared$p.value, thresholds = table)
}
problems <- list("many ties" = problem(120, 2), "few ties" = problem(90, 1000))
versions <- list(R = R.version.string, pROC = as.character(packageVersion("pROC")))
write(toJSON(list(madeBy = "make-roc.R", versions = versions, problems = problems), digits = I(17), auto_unbox = TRUE), "roc.json")
