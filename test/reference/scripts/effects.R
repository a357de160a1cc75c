# Influence, intervals of probabilities and cluster-robust standard errors by R: effects.json. Base R and the package sandwich.
# Run in this folder: Rscript effects.R > ../effects.json
suppressMessages(library(sandwich))
exact <- glm.control(epsilon = 1e-14, maxit = 100)
# glm keeps the working weights of the iteration before the last: from its own estimate they are those of the estimate.
glm <- function(formula, data, s = rep(1, nrow(data))) {
  model <- NULL
  for (i in 1:3) {
    arguments <- list(formula, binomial, data, weights = s, start = coef(model), control = exact)
    model <- suppressWarnings(do.call(stats::glm, arguments))
  }
  model
}
numbers <- function(v) paste0("[", paste(ifelse(is.finite(v), formatC(unname(v), digits = 17, format = "g"), "null"), collapse = ", "), "]")
rows <- function(m) paste0("[", paste(apply(unname(as.matrix(m)), 1, numbers), collapse = ",\n      "), "]")
fields <- function(...) {
  given <- list(...)
  paste0("{", paste(sprintf('\n    "%s": %s', names(given), unlist(given)), collapse = ","), "\n  }")
}

# Of the first rows only, where the file would be long.
influence <- function(model, of = seq_along(model$y)) {
  x <- model.matrix(model)
  s <- model$prior.weights
  # One Newton step without the row, from the estimate: what dfbeta is; R's own has the deviance residual in place of the Pearson one.
  without <- t(sapply(of, function(i) {
    refit <- suppressWarnings(glm.fit(x[-i, ], model$y[-i], weights = s[-i], family = binomial(), etastart = model$linear.predictors[-i], control = list(maxit = 1)))
    coef(model) - refit$coefficients
  }))
  fields(
    leverage = numbers(hatvalues(model)[of]),
    pearsonResidual = numbers(residuals(model, "pearson")[of]),
    devianceResidual = numbers(residuals(model, "deviance")[of]),
    standardizedPearsonResidual = numbers(rstandard(model, type = "pearson")[of]),
    standardizedDevianceResidual = numbers(rstandard(model, type = "deviance")[of]),
    cooksDistance = numbers(cooks.distance(model)[of]),
    dfbeta = rows(without),
    dfbetaOfR = rows(dfbeta(model)[of, ]),
    standardError = numbers(sqrt(diag(vcov(model))))
  )
}
interval <- function(model, new) {
  fit <- predict(model, new, type = "link", se.fit = TRUE)
  q <- qnorm(0.975)
  fields(
    probability = numbers(plogis(fit$fit)),
    standardError = numbers(fit$se.fit),
    low = numbers(plogis(fit$fit - q * fit$se.fit)),
    high = numbers(plogis(fit$fit + q * fit$se.fit))
  )
}
errors <- function(v) numbers(sqrt(diag(v)))

mtcars <- read.csv("../mtcars.csv")
cyl <- datasets::mtcars$cyl
stopifnot(mtcars$wt == datasets::mtcars$wt)
birthwt <- read.csv("../birthwt.csv")
birthwt$race <- factor(birthwt$race)
wt <- glm(am ~ wt, mtcars)
both <- glm(am ~ wt + hp, mtcars)
bare <- glm(am ~ wt + hp - 1, mtcars)
weighted <- glm(am ~ wt + hp, mtcars, s = 1 + (seq_len(nrow(mtcars)) - 1) %% 3)
eight <- glm(low ~ age + lwt + race + smoke + ptl + ht + ui, birthwt)
cat(fields(
  "made by" = '"scripts/effects.R"',
  versions = sprintf('"%s, sandwich %s"', R.version.string, packageVersion("sandwich")),
  wt = influence(wt),
  both = influence(both),
  bare = influence(bare),
  weighted = influence(weighted),
  eight = influence(eight, 1:12),
  intervals = interval(eight, birthwt[1:40, ]),
  cluster = fields(
    cyl = numbers(cyl),
    CR1 = errors(vcovCL(wt, cluster = cyl)),
    CR0 = errors(vcovCL(wt, cluster = cyl, cadjust = FALSE)),
    birthwtByAgeCR1 = errors(vcovCL(eight, cluster = birthwt$age)),
    weightedByCylCR1 = errors(vcovCL(weighted, cluster = cyl))
  )
), "\n", sep = "")
