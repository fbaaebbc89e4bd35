import {
  batch,
  filterHeight,
  filterWidth,
  height,
  inputs,
  outHeight,
  outWidth,
  paddedHeight,
  paddedWidth,
  padLeft,
  padTop,
  strideHeight,
  strideWidth,
  width,
} from './shape';

/**
 * Computes the gradient of max-pooling: each cell of dx is the sum of the gradients dy of the windows in which it is the
 * first largest cell. Padding never is.
 */
export function maxPoolGradient(x: usize, dy: usize, dx: usize): void {
  const overlapping = strideHeight < filterHeight || strideWidth < filterWidth;
  const padded = paddedHeight > height || paddedWidth > width;
  if (overlapping || padded) routeAnyWindows(x, dy, dx);
  else routeSeparateWindows(x, dy, dx);
}

function routeSeparateWindows(x: usize, dy: usize, dx: usize): void {
  const pixel = (<usize>inputs) << 2;
  const line = pixel * <usize>width;
  const tiled =
    strideHeight === filterHeight &&
    strideWidth === filterWidth &&
    outHeight * filterHeight === height &&
    outWidth * filterWidth === width;
  // Vectors write every cell of a window; single channels only the largest.
  if (!tiled || inputs % 4 !== 0) memory.fill(dx, 0, line * <usize>(height * batch));
  for (let n = 0; n < batch; n++) {
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) {
        const first = <usize>(n * height + oy * strideHeight) * line + <usize>(ox * strideWidth) * pixel;
        let c = 0;
        for (; c + 4 <= inputs; c += 4) {
          routeFour(x + first + ((<usize>c) << 2), dy, dx + first + ((<usize>c) << 2), line, pixel);
          dy += 16;
        }
        for (; c < inputs; c++) {
          const shift = first + ((<usize>c) << 2);
          const winner = firstGreatest(x + shift, line, pixel, 0, filterHeight, 0, filterWidth);
          store<f32>(dx + shift + winner, load<f32>(dy));
          dy += 4;
        }
      }
    }
  }
}

/** Writes four channels of one window. */
function routeFour(x: usize, dy: usize, dx: usize, line: usize, pixel: usize): void {
  let best = v128.load(x);
  let winner = i32x4.splat(0);
  let cell = 0;
  for (let i = 0; i < filterHeight; i++) {
    let at = x + <usize>i * line;
    for (let j = 0; j < filterWidth; j++) {
      const value = v128.load(at);
      const greater = f32x4.gt(value, best);
      best = v128.bitselect(value, best, greater);
      winner = v128.bitselect(i32x4.splat(cell), winner, greater);
      cell++;
      at += pixel;
    }
  }
  const gradient = v128.load(dy);
  cell = 0;
  for (let i = 0; i < filterHeight; i++) {
    let at = dx + <usize>i * line;
    for (let j = 0; j < filterWidth; j++) {
      v128.store(at, v128.and(gradient, i32x4.eq(winner, i32x4.splat(cell))));
      cell++;
      at += pixel;
    }
  }
}

/** For windows that overlap or reach into the padding: one cell at a time. */
function routeAnyWindows(x: usize, dy: usize, dx: usize): void {
  const pixel = (<usize>inputs) << 2;
  const line = pixel * <usize>width;
  memory.fill(dx, 0, line * <usize>(height * batch));
  for (let n = 0; n < batch; n++) {
    const image = <usize>(n * height) * line;
    for (let oy = 0; oy < outHeight; oy++) {
      const top = max(oy * strideHeight - padTop, 0);
      const bottom = min(oy * strideHeight - padTop + filterHeight, height);
      for (let ox = 0; ox < outWidth; ox++) {
        const left = max(ox * strideWidth - padLeft, 0);
        const right = min(ox * strideWidth - padLeft + filterWidth, width);
        // A window of padding alone has no largest cell, and no cell of the image is at its start.
        if (top >= bottom || left >= right) {
          dy += pixel;
          continue;
        }
        for (let c = 0; c < inputs; c++) {
          const shift = image + ((<usize>c) << 2);
          const winner = firstGreatest(x + shift, line, pixel, top, bottom, left, right);
          const to = dx + shift + winner;
          store<f32>(to, load<f32>(to) + load<f32>(dy));
          dy += 4;
        }
      }
    }
  }
}

/** Returns the offset in bytes from `x` of the first largest cell of these rows and columns. */
function firstGreatest(
  x: usize,
  line: usize,
  pixel: usize,
  top: i32,
  bottom: i32,
  left: i32,
  right: i32,
): usize {
  let winner = <usize>top * line + <usize>left * pixel;
  let best = load<f32>(x + winner);
  for (let i = top; i < bottom; i++) {
    for (let j = left; j < right; j++) {
      const at = <usize>i * line + <usize>j * pixel;
      const value = load<f32>(x + at);
      if (value > best) {
        best = value;
        winner = at;
      }
    }
  }
  return winner;
}
