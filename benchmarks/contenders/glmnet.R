# glmnet minimises the mean loss + lambda·½‖w‖² at alpha = 0: lambda is l2, and with more than two classes its penalty
# is that of all K coefficients of a feature. It standardises unless told not to.
source("benchmarks/hosts/host.R")

serve(function(variant, x, y, problem) {
  suppressPackageStartupMessages(library(glmnet))
  family <- if (problem$classes > 2) "multinomial" else "binomial"
  list(version = paste0("glmnet ", packageVersion("glmnet"), ", ", R.version.string), fit = function(threshold) {
    model <- glmnet(x, y, family = family, alpha = 0, lambda = problem$l2, standardize = FALSE,
                    thresh = threshold, maxit = 1e6)
    if (family == "binomial") return(c(as.numeric(model$beta), model$a0))
    all <- rbind(sapply(model$beta, as.numeric), as.numeric(model$a0)) # [n + 1, K]
    as.numeric(all[, -1] - all[, 1])
  })
})
