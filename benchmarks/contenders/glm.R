# R's glm.fit with an intercept column: iteratively reweighted least squares by QR.
source("benchmarks/hosts/host.R")

serve(function(variant, x, y, problem) {
  if (problem$classes > 2) stop("glm has no multinomial family")
  if (problem$l2 > 0) stop("glm has no penalty, and this problem has one")
  design <- cbind(x, 1)
  list(version = R.version.string, fit = function(epsilon) {
    glm.fit(design, y, family = binomial(), control = list(epsilon = epsilon, maxit = 100))$coefficients
  })
})
