# Columns of R's model.matrix and fits of R's glm, for test/design/terms-of-r.test.ts. Needs R with jsonlite:
#   Rscript test/reference/scripts/terms.R > test/reference/terms.json
library(splines)
library(jsonlite)

small <- data.frame(
  g = c("a", "b", "c", "a", "b", "c", "a", "b", "c", "b", "a", "c"),
  h = c("u", "v", "v", "v", "u", "u", "u", "v", "v", "u", "u", "v"),
  x = c(1.5, 2, 3.25, 4, 7, 6.5, 5, 8.75, 9, 2.5, 3, 0.5),
  z = c(-1, 0.5, 2, 1, -3, 4, 0, 2.5, -2, 3, 1.5, -0.5)
)
codings <- c(
  "g", "g + x", "g * h", "g:h", "g + g:h", "h + g:h", "h + h:g", "g * x", "g:x", "x + g:x", "g + g:x", "x:g",
  "0 + g", "g - 1", "0 + x + g + h", "0 + g:h", "0 + x + g:x", "0 + g * h", "g * h * x", "g:h:x", "g * h + g:h:x",
  "(g + h + x)^2", "(g + h + x)^2 - g:h", "(g + h + x)^3 - g:h:x", "g:h + h:x", "x:z", "x * z", "h:x + g:x + g", ".",
  ". - g", "z + .^2", "x + x + g:g", "poly(x, 2) * h", "g:poly(z, 2)", "log(x) + sqrt(x):g + log1p(x)",
  "C(g, ref = \"b\") * x", "0 + C(g, ref = \"c\") + h"
)
cars <- mtcars[, c("wt", "hp", "qsec", "mpg")]
curves <- c(
  "poly(wt, 1)", "poly(wt, 3)", "poly(hp, 5)", "poly(wt, 3, raw = TRUE)", "ns(wt, df = 1)", "ns(wt, df = 2)", "ns(hp, df = 4)",
  "ns(qsec, knots = c(16.5, 18, 20))", "bs(wt, df = 3)", "bs(hp, df = 6)", "bs(qsec, knots = c(16.5, 18))",
  "bs(mpg, df = 4, degree = 2)", "bs(mpg, df = 3, degree = 1)", "center(wt)"
)
new <- data.frame(wt = c(1, 2.5, 7), hp = c(10, 111, 500), qsec = c(10, 17.77, 30), mpg = c(5, 19.3, 40))
births <- read.csv("test/reference/birthwt.csv")
fits <- c(
  "low ~ age + lwt", "low ~ 0 + age + lwt", "low ~ poly(age, 2) + lwt", "low ~ ns(lwt, df = 3) + smoke", "low ~ bs(age, df = 4) + ht",
  "low ~ C(race) * smoke", "low ~ C(race) * smoke + poly(lwt, 2):smoke", "low ~ C(race):lwt", "low ~ 0 + C(race) + lwt",
  "low ~ log(lwt) + offset(ftv)", "low ~ lwt + offset(log1p(ftv))", "low ~ 0 + lwt + offset(ftv)",
  "low ~ C(race, ref = 2) + age", "low ~ center(lwt) + sqrt(age)", "low ~ (age + lwt + smoke)^2"
)

relevelled <- function(g, ref) relevel(factor(g), ref = as.character(ref))
forR <- function(text) {
  text <- gsub("center\\((\\w+)\\)", "I(\\1 - mean(\\1))", text)
  gsub("C\\(race\\)", "factor(race)", gsub("C\\((\\w+), ref", "relevelled(\\1, ref", text))
}
columns <- function(text, data, at = NULL) {
  frame <- model.frame(as.formula(paste("~", forR(text))), data)
  x <- model.matrix(terms(frame), if (is.null(at)) frame else model.frame(terms(frame), at))
  x <- x[, colnames(x) != "(Intercept)", drop = FALSE]
  list(formula = text, names = colnames(x), columns = unname(lapply(seq_len(ncol(x)), function(j) unname(x[, j]))))
}
fitted <- function(text) {
  m <- glm(as.formula(forR(text)), binomial, births, epsilon = 1e-15, maxit = 100)
  # Once more from there, for glm stops by the deviance.
  m <- glm(as.formula(forR(text)), binomial, births, epsilon = 1e-16, maxit = 4, start = coef(m))
  s <- coef(summary(m))
  list(
    formula = text, names = names(coef(m)), coefficients = unname(coef(m)), standardErrors = unname(s[, 2]),
    logLikelihood = as.numeric(logLik(m)), nullDeviance = m$null.deviance, fitted = unname(predict(m, type = "response"))[1:5]
  )
}
tested <- function(text) {
  # Type II, by the definition of car::Anova: each term against the model without the terms that contain it.
  full <- as.formula(forR(text))
  labels <- attr(terms(full), "term.labels")
  parts <- strsplit(labels, ":", fixed = TRUE)
  deviance <- function(kept) glm(reformulate(if (length(kept)) kept else "1", "low"), binomial, births, epsilon = 1e-15, maxit = 100)$deviance
  statistics <- sapply(seq_along(labels), function(i) {
    with <- labels[!sapply(parts, function(p) length(p) > length(parts[[i]]) && all(parts[[i]] %in% p))]
    deviance(setdiff(with, labels[i])) - deviance(with)
  })
  list(formula = text, terms = labels, statistics = statistics)
}

writeLines(toJSON(list(
  madeBy = R.version.string,
  small = small,
  cars = cars,
  new = new,
  codings = lapply(codings, columns, data = small),
  curves = lapply(curves, columns, data = cars),
  beyond = lapply(setdiff(curves, "center(wt)"), columns, data = cars, at = new),
  fits = lapply(fits, fitted),
  tests = lapply(c("low ~ age * lwt", "low ~ (age + lwt + smoke)^2", "low ~ C(race) * smoke + poly(lwt, 2)"), tested)
), digits = NA, auto_unbox = TRUE, dataframe = "columns"))
