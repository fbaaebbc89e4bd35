# Called with rate=0.1.
rate <- as.numeric(sub("rate=", "", commandArgs(trailingOnly = TRUE)[1]))
x <- 1
for (epoch in 1:5) {
  x <- x - rate * 2 * x
  cat(sprintf("METRIC epoch=%d loss=%.9g\n", epoch, x * x))
  flush(stdout())
}
