import { startHostileHttp } from '../../test/support/hostile-server.ts';
import type { HostileScript } from '../../test/support/hostile-server.ts';

// A process of its own: what floods must not hold up who measures.
const { url } = await startHostileHttp(JSON.parse(process.argv[2] ?? '{}') as HostileScript);
process.stdout.write(`${url}\n`);
