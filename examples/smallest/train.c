/* gcc -o train train.c; called with rate=0.1. */
#include <stdio.h>
#include <stdlib.h>

int main(int count, char **arguments) {
  double rate = count > 1 ? atof(arguments[1] + sizeof "rate=" - 1) : 0, x = 1;
  for (int epoch = 1; epoch <= 5; epoch++) {
    x -= rate * 2 * x;
    printf("METRIC epoch=%d loss=%.9g\n", epoch, x * x);
    fflush(stdout);
  }
}
