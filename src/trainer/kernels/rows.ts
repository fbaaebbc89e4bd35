import { madd } from './madd';

/** An entry of a list: the address of a row of floats, and its factor. */
export const ENTRY_BYTES: usize = 8;

/**
 * out[k] += the sum over the `count` entries of scale * row[k], for k below `length`; `shift` bytes are added to each
 * row's address.
 *
 * The sums stay in registers during the walk over the list. Eight of them run in parallel, because each must wait for its
 * previous step.
 */
export function sumScaledRows(out: usize, length: i32, list: usize, count: i32, shift: usize): void {
  const end = list + <usize>count * ENTRY_BYTES;
  let k = 0;
  for (; k + 32 <= length; k += 32) {
    const to = out + ((<usize>k) << 2);
    const from = shift + ((<usize>k) << 2);
    let a = v128.load(to, 0);
    let b = v128.load(to, 16);
    let c = v128.load(to, 32);
    let d = v128.load(to, 48);
    let e = v128.load(to, 64);
    let f = v128.load(to, 80);
    let g = v128.load(to, 96);
    let h = v128.load(to, 112);
    for (let entry = list; entry < end; entry += ENTRY_BYTES) {
      const row = <usize>load<u32>(entry) + from;
      const scale = v128.load32_splat(entry, 4);
      a = madd(scale, v128.load(row, 0), a);
      b = madd(scale, v128.load(row, 16), b);
      c = madd(scale, v128.load(row, 32), c);
      d = madd(scale, v128.load(row, 48), d);
      e = madd(scale, v128.load(row, 64), e);
      f = madd(scale, v128.load(row, 80), f);
      g = madd(scale, v128.load(row, 96), g);
      h = madd(scale, v128.load(row, 112), h);
    }
    v128.store(to, a, 0);
    v128.store(to, b, 16);
    v128.store(to, c, 32);
    v128.store(to, d, 48);
    v128.store(to, e, 64);
    v128.store(to, f, 80);
    v128.store(to, g, 96);
    v128.store(to, h, 112);
  }
  for (; k + 16 <= length; k += 16) {
    const to = out + ((<usize>k) << 2);
    const from = shift + ((<usize>k) << 2);
    let a = v128.load(to, 0);
    let b = v128.load(to, 16);
    let c = v128.load(to, 32);
    let d = v128.load(to, 48);
    for (let entry = list; entry < end; entry += ENTRY_BYTES) {
      const row = <usize>load<u32>(entry) + from;
      const scale = v128.load32_splat(entry, 4);
      a = madd(scale, v128.load(row, 0), a);
      b = madd(scale, v128.load(row, 16), b);
      c = madd(scale, v128.load(row, 32), c);
      d = madd(scale, v128.load(row, 48), d);
    }
    v128.store(to, a, 0);
    v128.store(to, b, 16);
    v128.store(to, c, 32);
    v128.store(to, d, 48);
  }
  for (; k + 4 <= length; k += 4) {
    const to = out + ((<usize>k) << 2);
    const from = shift + ((<usize>k) << 2);
    let a = v128.load(to);
    for (let entry = list; entry < end; entry += ENTRY_BYTES) {
      a = madd(v128.load32_splat(entry, 4), v128.load(<usize>load<u32>(entry) + from), a);
    }
    v128.store(to, a);
  }
  for (; k < length; k++) {
    const from = shift + ((<usize>k) << 2);
    let a: f32 = 0;
    for (let entry = list; entry < end; entry += ENTRY_BYTES) {
      a += load<f32>(entry, 4) * load<f32>(<usize>load<u32>(entry) + from);
    }
    const to = out + ((<usize>k) << 2);
    store<f32>(to, load<f32>(to) + a);
  }
}

/** to[k] += scale * from[k], for k below `length`. */
export function addScaledRow(to: usize, from: usize, length: i32, scale: f32): void {
  const scales = f32x4.splat(scale);
  let k = 0;
  for (; k + 16 <= length; k += 16) {
    v128.store(to, madd(scales, v128.load(from, 0), v128.load(to, 0)), 0);
    v128.store(to, madd(scales, v128.load(from, 16), v128.load(to, 16)), 16);
    v128.store(to, madd(scales, v128.load(from, 32), v128.load(to, 32)), 32);
    v128.store(to, madd(scales, v128.load(from, 48), v128.load(to, 48)), 48);
    to += 64;
    from += 64;
  }
  for (; k + 4 <= length; k += 4) {
    v128.store(to, madd(scales, v128.load(from), v128.load(to)));
    to += 16;
    from += 16;
  }
  for (; k < length; k++) {
    store<f32>(to, load<f32>(to) + scale * load<f32>(from));
    to += 4;
    from += 4;
  }
}
