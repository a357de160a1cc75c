# Writes calibration.json beside this file: val.prob, lowess, Hosmer and Lemeshow's test and the le Cessie-van Houwelingen
# test of rms, and net benefit by its formula.
#   apt-get install r-cran-rms r-cran-jsonlite; Rscript make-calibration.R
suppressMessages({ library(rms); library(jsonlite) })
hosmer <- function(y, p, less) {
  breaks <- unique(quantile(p, seq(0, 1, 0.1)))
  group <- cut(p, breaks, include.lowest = TRUE)
  n <- tapply(y, group, length); o <- tapply(y, group, sum); e <- tapply(p, group, sum)
  statistic <- sum((o - e)^2 / (e * (1 - e / n)))
  list(statistic = statistic, df = length(n) - less, p = pchisq(statistic, length(n) - less, lower.tail = FALSE),
       rows = as.numeric(n), observed = as.numeric(o), expected = as.numeric(e))
}
problem <- function(m, digits) {
  z <- round(rnorm(m, -0.4, 1.3), digits)
  y <- rbinom(m, 1, plogis(0.3 + 0.7 * z))
  p <- plogis(z)
  found <- val.prob(p, y, pl = FALSE)
  recal <- glm(y ~ z, family = binomial, control = glm.control(epsilon = 1e-15, maxit = 50))
  large <- glm(y ~ offset(z), family = binomial, control = glm.control(epsilon = 1e-15, maxit = 50))
  smooth <- lowess(p, y, iter = 0)
  h <- hosmer(y, p, 0)
  list(scores = z, labels = y, intercept = unname(coef(recal)[1]), slope = unname(coef(recal)[2]),
    interceptInTheLarge = unname(coef(large)), eavg = unname(found["Eavg"]), e90 = unname(found["E90"]),
    emax = unname(found["Emax"]), brier = unname(found["Brier"]), spiegelhalter = unname(found["S:z"]),
    spiegelhalterP = unname(found["S:p"]), lowess = smooth$y, ece = sum(abs(h$observed - h$expected)) / m, hosmerLemeshow = h)
}
set.seed(20261126)
problems <- list("ties" = problem(157, 1), "no ties" = problem(240, 12))
birth <- read.csv("../../reference/birthwt.csv")
again <- glm(low ~ age + lwt + smoke, binomial, birth, control = glm.control(epsilon = 1e-15))
# the formula of residuals(lrm, "gof") at glm's estimates, which are converged to more digits than lrm's
q <- fitted(again); w <- q * (1 - q)
left <- lm.wfit(model.matrix(again), 1 - 2 * q, w)
gof <- c(sum((birth$low - q)^2), sum(w), sqrt(sum(left$residuals^2 * w)))
gof <- c(gof, (gof[1] - gof[2]) / gof[3]); gof <- c(gof, 2 * pnorm(-abs(gof[4])))
theirs <- residuals(lrm(low ~ age + lwt + smoke, birth, x = TRUE, y = TRUE), "gof")
stopifnot(max(abs(unname(theirs) - gof)) < 1e-6)
in_sample <- list(squaredErrors = list(sum = gof[1], expected = gof[2], standardDeviation = gof[3], z = gof[4], p = gof[5]), hosmerLemeshow = hosmer(birth$low, fitted(again), 2))
versions <- list(R = R.version.string, rms = as.character(packageVersion("rms")))
write(toJSON(list(madeBy = "make-calibration.R", versions = versions, problems = problems, birthwt = in_sample),
  digits = I(17), auto_unbox = TRUE), "calibration.json")
