/**
 * Returns the first `count` primitive polynomials over GF(2), by degree and then by coefficients, as integers whose bits
 * are the coefficients: 0b1011 is x^3 + x + 1. Joe and Kuo (2008) assign them to dimensions in this order.
 */
export function primitivePolynomials(count: number): number[] {
  const found: number[] = [];
  for (let degree = 1; found.length < count; degree++) {
    const order = 2 ** degree - 1;
    const divisors = primeFactors(order).map((prime) => order / prime);
    // The constant term is never 0, or x would divide the polynomial.
    for (let p = 2 ** degree + 1; p < 2 ** (degree + 1) && found.length < count; p += 2) {
      if (isPrimitive(p, degree, order, divisors)) found.push(p);
    }
  }
  return found;
}

/** Whether the powers of x modulo p reach all 2^degree - 1 nonzero polynomials. */
function isPrimitive(p: number, degree: number, order: number, divisors: readonly number[]): boolean {
  return powerOfX(order, p, degree) === 1 && divisors.every((d) => powerOfX(d, p, degree) !== 1);
}

/** Returns x^exponent modulo p, by squaring. */
function powerOfX(exponent: number, p: number, degree: number): number {
  let result = 1;
  // x itself; modulo x + 1 it is 1.
  let base = degree === 1 ? 1 : 2;
  for (let e = exponent; e > 0; e = Math.floor(e / 2)) {
    if (e % 2 === 1) result = multiply(result, base, p, degree);
    base = multiply(base, base, p, degree);
  }
  return result;
}

function multiply(a: number, b: number, p: number, degree: number): number {
  let product = 0;
  for (let [x, y] = [a, b]; y > 0; y >>>= 1) {
    if (y & 1) product ^= x;
    x <<= 1;
    if (x >>> degree) x ^= p;
  }
  return product;
}

function primeFactors(n: number): number[] {
  const factors: number[] = [];
  let rest = n;
  for (let d = 3; d * d <= rest; d += 2) {
    if (rest % d === 0) factors.push(d);
    while (rest % d === 0) rest /= d;
  }
  return rest > 1 ? [...factors, rest] : factors;
}
