// One hill; its right side is higher.
const given = Object.fromEntries(process.argv.slice(2).map((arg) => arg.split('=')));
const distance = (Number(given.x) - 2) ** 2 + (Number(given.y) - 1) ** 2;
console.log(`METRIC height=${3 - distance / 10 + (given.side === 'right' ? 1 : 0)}`);
