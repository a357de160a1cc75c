# A contender's own R process: the protocol of host.ts, for scripts that call serve(open_session).
# open_session(variant, x, y, problem) gives list(version, fit); x is a matrix [m, n], y the class of
# each row, 0 to K - 1. R has no part in the
# measure `evaluation`. Arguments: the variant, and the placed problem as JSON.
suppressPackageStartupMessages(library(jsonlite))

say <- function(...) {
  cat(toJSON(list(...), auto_unbox = TRUE, digits = NA), "\n", sep = "")
  flush(stdout())
}

serve <- function(open_session) {
  given <- commandArgs(trailingOnly = TRUE)
  placed <- fromJSON(given[2])
  problem <- placed$problem
  attempt <- function(work) tryCatch(work(), error = function(e) { say(failed = conditionMessage(e)); NULL })
  session <- attempt(function() {
    x <- matrix(readBin(placed$matrix, "double", problem$rows * problem$features, endian = "little"), problem$rows)
    y <- readBin(placed$labels, "double", problem$rows, endian = "little")
    start <- Sys.time()
    opened <- open_session(given[1], x, y, problem)
    say(version = opened$version, seconds = as.numeric(Sys.time() - start, units = "secs"))
    opened
  })
  input <- file("stdin", "r")
  while (!is.null(session) && length(line <- readLines(input, n = 1)) > 0) {
    question <- fromJSON(line)
    attempt(function() {
      start <- Sys.time()
      theta <- session$fit(question$fit)
      elapsed <- as.numeric(Sys.time() - start, units = "secs")
      say(seconds = elapsed, theta = I(as.numeric(theta)))
    })
  }
}
