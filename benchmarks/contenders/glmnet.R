# glmnet minimises the mean loss + lambda·½‖w‖² at alpha = 0: lambda is l2. It standardises unless told not to.
source("benchmarks/hosts/host.R")

serve(function(variant, x, y, problem) {
  suppressPackageStartupMessages(library(glmnet))
  list(version = paste0("glmnet ", packageVersion("glmnet"), ", ", R.version.string), fit = function(threshold) {
    model <- glmnet(x, y, family = "binomial", alpha = 0, lambda = problem$l2, standardize = FALSE,
                    thresh = threshold, maxit = 1e6)
    c(as.numeric(model$beta), model$a0)
  })
})
