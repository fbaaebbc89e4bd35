// The program that is to be fast: which two of many measurements are most alike. Some sensors gave no value.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static float distance(const float *a, const float *b, int size) {
  float sum = 0;
  for (int k = 0; k < size; k++) sum += (a[k] - b[k]) * (a[k] - b[k]);
  return sum;
}

int main(int argc, char **argv) {
  int rows = argc > 1 ? atoi(argv[1]) : 500, size = argc > 2 ? atoi(argv[2]) : 300, gaps = 0;
  float *data = malloc(sizeof(float) * rows * size);
  unsigned state = 1;
  for (int k = 0; k < rows * size; k++) {
    state = state * 1664525u + 1013904223u;
    data[k] = state >> 24 == 0 ? NAN : (float)(state >> 8) / (1 << 24);
    if (isnan(data[k])) {
      data[k] = 0.5f;
      gaps++;
    }
  }
  int first = 0, second = 1;
  float least = INFINITY;
  for (int i = 0; i < rows; i++)
    for (int j = i + 1; j < rows; j++) {
      float d = distance(data + i * size, data + j * size, size);
      if (d < least) least = d, first = i, second = j;
    }
  printf("%d gaps; most alike: %d and %d, distance %.2f\n", gaps, first, second, sqrt(least));
  free(data);
}
