const mantissa_bits = 52n;
const exponent_bias = 1075n;
/** Below it neighbouring doubles are less than 1 apart, so the product rounds to the sum. */
const exact_below = 2 ** 51;

/**
 * average × count, rounded once: the sum that the average was made of. A double has 53 bits, the sum may have more, so
 * the product is taken in whole numbers. Nothing negative is counted.
 */
export function timesCount(average: number, count: bigint): bigint {
  if (!(average > 0) || count <= 0n) return 0n;
  const near = average * Number(count);
  if (near < exact_below) return BigInt(Math.round(near));
  const { mantissa, exponent } = parts(average);
  const product = mantissa * count;
  if (exponent >= 0n) return product << exponent;
  return (product + (1n << (-exponent - 1n))) >> -exponent;
}

/** value = mantissa · 2^exponent, exactly. */
function parts(value: number): { readonly mantissa: bigint; readonly exponent: bigint } {
  const bits = new BigUint64Array(new Float64Array([value]).buffer)[0] ?? 0n;
  const fraction = bits & ((1n << mantissa_bits) - 1n);
  const biased = (bits >> mantissa_bits) & 0x7ffn;
  if (biased === 0n) return { mantissa: fraction, exponent: 1n - exponent_bias };
  return { mantissa: fraction | (1n << mantissa_bits), exponent: biased - exponent_bias };
}
