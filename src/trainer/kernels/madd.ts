/**
 * Returns a * b + c, lane by lane. A build with relaxed SIMD compiles it to one instruction where the processor has one,
 * which rounds once; otherwise it rounds twice.
 */
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}
