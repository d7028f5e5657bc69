import { measureCrowd } from './durable.ts';

// A process of its own: what it weighs is what a server weighs, not what the other benchmarks left behind.
process.stdout.write(JSON.stringify(await measureCrowd(process.argv[2] ?? '')));
