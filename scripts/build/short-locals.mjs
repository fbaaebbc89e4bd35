// Makes a bundled file smaller: what is local to a function gets a short name. The names of modules, members and what is
// exported stay, so that a stack trace names functions as src does. esbuild is loaded when it is needed: without it, the build says so.

/** Where a function of a module calls eval, every name that it could mean stays: those of the module. Nothing calls it. */
const KEEP = 'function keepModuleNames(){eval("")}';
/** The same at the end, where a long line may be broken. */
const KEPT = /\s*function\s+keepModuleNames\(\s*\)\s*\{\s*eval\(\s*""\s*\);?\s*\}\s*$/;

/** Returns the code, and its source map (JSON) to the sources of the given one. */
export async function shortenLocals(code, map, options) {
  const base64 = Buffer.from(map).toString('base64');
  const input = `${code}\n${KEEP}\n//# sourceMappingURL=data:application/json;base64,${base64}`;
  const { transform } = await import('esbuild');
  const made = await transform(input, {
    minify: true,
    sourcemap: 'external',
    sourcesContent: false,
    // The call would be warned of.
    logLevel: 'silent',
    ...options,
  });
  if (!KEPT.test(made.code))
    throw new Error(`expected ${KEEP} at the end of the code, got ${made.code.slice(-80)}`);
  return { code: made.code.replace(KEPT, '\n'), map: made.map };
}

/** Returns the code of a package with short names for all but its exports. */
export async function shortenAll(code) {
  const { transform } = await import('esbuild');
  const made = await transform(code, { minifyIdentifiers: true, format: 'esm', logLevel: 'silent' });
  return made.code;
}
