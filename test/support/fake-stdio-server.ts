import type { Orchestrator } from '../../src/core/orchestrator.ts';
import type { Telemetry } from '../../src/core/ports/telemetry.ts';
import { createMcpFace } from '../../src/surfaces/mcp/face.ts';
import { serveStdio } from '../../src/surfaces/mcp/stdio.ts';
import { fakeOrchestrator } from './fake-orchestrator.ts';

// A server process whose orchestrator is a fake one. SIGUSR2 releases calls that wait, SIGTERM ends the connection; a line on stderr tells each one that does.
const fake = fakeOrchestrator();
const telemetry: Telemetry = {
  log: (level, event, fields) => process.stderr.write(`${JSON.stringify({ level, event, ...fields })}\n`),
};
const orchestrator: Orchestrator = {
  ...fake.orchestrator,
  advance: async (...given) => {
    process.stderr.write(`${JSON.stringify({ event: 'advance', status: given[1].report.status })}\n`);
    return await fake.orchestrator.advance(...given);
  },
};
process.on('SIGUSR2', () => fake.release());
const caller = { owner: 'local' };
const { build, short } = createMcpFace({ orchestrator, version: '1.2.3', telemetry });
const connection = serveStdio({
  build: () => build(caller),
  ...(short && { short: { path: short, caller } }),
  telemetry,
  onDefinitionsChanged: (callback) => fake.orchestrator.onWorkflowsChanged(callback),
});
process.on('SIGTERM', () => {
  void connection.close();
  process.stderr.write(`${JSON.stringify({ event: 'closing' })}\n`);
});
// As a careless dependency would.
console.log('this must not reach the protocol');
await connection.closed;
process.stderr.write(`${JSON.stringify({ event: 'closed' })}\n`);
process.removeAllListeners('SIGUSR2');
