/**
 * Returns P(|T| >= t) for Student's t with these degrees of freedom, which need not be whole: the regularized incomplete
 * beta function at df / (df + t^2) (Abramowitz and Stegun, 26.7.1 and 26.5.8). 1 for t = 0, 0 for an infinite t.
 */
export function twoSidedT(t: number, df: number): number {
  if (!(df > 0) || Number.isNaN(t)) return Number.NaN;
  if (!Number.isFinite(t)) return 0;
  const square = t * t;
  return incompleteBeta({ x: df / (df + square), rest: square / (df + square) }, df / 2, 0.5);
}

/**
 * I_x(a, b): by the continued fraction where it converges fast, else by the symmetry I_x(a, b) = 1 - I_(1-x)(b, a). `rest`:
 * 1 - x, which has no digits left when it is computed from an x near 1.
 */
function incompleteBeta({ x, rest }: { x: number; rest: number }, a: number, b: number): number {
  if (x <= 0 || rest <= 0) return x <= 0 ? 0 : 1;
  const logX = x < 0.5 ? Math.log(x) : Math.log1p(-rest);
  const front = Math.exp(a * logX + b * Math.log(rest) + logGamma(a + b) - logGamma(a) - logGamma(b));
  if (x < (a + 1) / (a + b + 2)) return (front * fraction(x, a, b)) / a;
  return 1 - (front * fraction(rest, b, a)) / b;
}

const MOST_TERMS = 500;
/** Instead of a zero, by which the method would divide. */
const TINY = 1e-300;

/** The continued fraction of the incomplete beta function, by Lentz's method (1976) as Thompson and Barnett changed it. */
function fraction(x: number, a: number, b: number): number {
  const away = (value: number) => (Math.abs(value) < TINY ? TINY : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m <= MOST_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    let change = 1;
    for (const term of [even, odd]) {
      d = 1 / away(1 + term * d);
      c = away(1 + term / c);
      change = c * d;
      value *= change;
    }
    if (Math.abs(change - 1) < 1e-15) break;
  }
  return value;
}

/** Of Lanczos (1964), g = 7, with the coefficients of Godfrey; 15 digits for x > 0. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const sum = LANCZOS.reduce((total, each, k) => total + (k === 0 ? each : each / (x - 1 + k)), 0);
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}
