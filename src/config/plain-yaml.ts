// Other modules load this one on demand. A package of CommonJS that a bundle loads on demand by itself has no named exports.
export { parse, stringify } from 'yaml';
