/** `npm run fuzz [first seed]`: files without end; ends at the first that is read wrongly. */
import { fuzz } from './fuzz.ts';

for (let seed = Number(process.argv[2] ?? Date.now() % 2 ** 31); ; seed++) {
  await fuzz(seed);
  if (seed % 1000 === 0) console.log(`up to seed ${seed}`);
}
